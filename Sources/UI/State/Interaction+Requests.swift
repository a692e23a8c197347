import Diagnosis
import Model
import Terminal
import Trace

extension Interaction {
    mutating func cyclePane(_ step: Int) {
        let panes = Pane.main
        guard view.trail.isEmpty, let index = panes.firstIndex(of: view.focus) else {
            view.show(.fds)
            return
        }
        view.show(panes[(index + step + panes.count) % panes.count])
    }

    /// Pane 2 asked for again shows the next epoll instance.
    mutating func focus(_ pane: Pane, _ model: ModelState) {
        if pane == .epoll, view.focus == .epoll, !model.epolls.isEmpty {
            let id = view.epoll ?? view.busiestEpoll
            let shown = model.epolls.firstIndex { $0.id == id } ?? 0
            view.epoll = model.epolls[(shown + 1) % model.epolls.count].id
        }
        view.show(pane)
    }

    /// Enter: one level deeper.
    mutating func open(_ state: ExaminedState) {
        let model = state.model
        guard !Panes.documents.contains(view.focus) else { return openTarget(state) }
        guard let cursor = view[list: view.focus].cursor else {
            view.message = "there is nothing to open"
            return
        }
        switch cursor {
        case .descriptor(let id):
            if model.epolls.contains(where: { $0.id == id.object }), view.trail.isEmpty {
                view.epoll = id.object
                view.show(.epoll)
            } else {
                push(object: id.object, model)
            }
        case .item(let id): push(object: id.object, model)
        case .thread(let id): push(.thread(id), name: "T\(id.rawValue)")
        case .call(let id): push(.call(id), name: id.spec.name)
        case .process(let id): push(.process(id), name: "P\(id.rawValue)")
        case .finding(let id): why(id, state)
        case .spot: return
        case .number(let number):
            let history = view.focus == .ready ? model.waits : model.trace
            guard let entry = history[number] else { return }
            if entry.kind == .call {
                push(eventLevel(entry))
            } else {
                view.message = "this line is no call"
            }
        }
    }

    mutating func push(object: ObjectID, _ model: ModelState) {
        let fds = model.descriptors.filter { $0.descriptor.object == object }.map { $0.descriptor.fd.rawValue }
        let name = model.names[object].map(Sanitizer.clean) ?? "object \(object.rawValue)"
        if case .object(object) = view.trail.last?.content { return }
        push(Level(content: .object(object), name: fds.first.map { "\($0) \(name)" } ?? name))
    }

    mutating func push(_ target: HistoryTarget, name: String) {
        guard view.trail.last?.historyTarget != target else { return }
        push(Level(content: .history(target), name: name))
    }

    mutating func push(_ level: Level) { view.trail.append(level) }

    /// Esc leaves the innermost mode first.
    mutating func back() {
        if !view[list: view.focus].filter.isEmpty {
            view[list: view.focus].filter = ""
        } else if view.trail.isEmpty, view.focus == .trace, view.clearedBefore > 0 {
            view.clearedBefore = 0
        } else if !view.trail.isEmpty {
            view.trail.removeLast()
        } else if view.isZoomed {
            view.isZoomed = false
        } else if !view.focus.isOnMainScreen {
            view.show(.fds)
        } else {
            view.escape = .nothingToLeave
            view.message = "nothing to leave here; q quits, a digit right after Esc is a function key"
        }
    }

    mutating func quit(_ live: ExaminedState) -> [Reaction] {
        if !view.trail.isEmpty {
            view.trail.removeLast()
        } else if view.focus == .lesson {
            return [.quit]
        } else if !view.focus.isOnMainScreen {
            view.show(.fds)
        } else if live.model.guest.hasEnded {
            return [.quit]
        } else {
            view.prompt = .confirmQuit
        }
        return []
    }

    mutating func changeSort(_ step: Int) {
        let names = Panes[view.focus].traits?.sortNames ?? []
        guard !names.isEmpty else { return }
        let sort = view[list: view.focus].sort ?? 0
        self.sort(by: (sort + step + names.count) % names.count)
    }

    mutating func sort(by index: Int) {
        view[list: view.focus].sort = index
        view[list: view.focus].heldOrder = nil
    }

    mutating func toggleFollow(_ model: ModelState) {
        view[list: view.focus].isFollowing.toggle()
    }

    mutating func startTyping(_ model: ModelState) {
        if !view.canType {
            view.message = "there is no guest to type to"
        } else if model.guest.hasEnded {
            view.message = "the guest has ended"
        } else {
            view.prompt = .input(LineEditor())
        }
    }
}
