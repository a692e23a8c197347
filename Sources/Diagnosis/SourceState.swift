import Model
import Trace
import WasixABI

/// How a thing that a thread waits for is now: what keeps the wait from ending.
package struct SourceState: Sendable, Equatable {
    /// `FULL`, `empty`, `16 unread, EDGE 5 SPENT`; empty where nothing is known.
    package var text = ""
    /// How full the queue is that the thread wants to read from or write to.
    package var fill: QueueLevel?
    package var tone = Tone.plain

    package init(_ source: WaitGraph.Source, of node: WaitGraph.Node, _ model: ModelState) {
        if let row = Self.item(source, node, model) {
            let verdict = ItemVerdict(row, at: model.now)
            let unread = row.unread.flatMap { $0 > 0 ? "\($0) unread, " : nil } ?? ""
            text = unread + verdict.longText
            tone = verdict.tone
            return
        }
        switch source.kind {
        case .channel(let object): take(object, isWrite: Self.isWrite(node.thread.call), model)
        case .word:
            if node.thread.words.count > 1, !node.thread.isWide { text = "\(node.thread.words[1]) when it slept" }
        case .thread, .process, .outside, .nothing: break
        }
    }

    /// The registration through which the thread would hear of it.
    private static func item(_ source: WaitGraph.Source, _ node: WaitGraph.Node, _ model: ModelState) -> ItemRow? {
        guard node.thread.call == .epollWait, let fd = source.fd else { return nil }
        let instance = model.epolls.first { $0.id == node.thread.objects.0 && !$0.mark.isClosed }
        return instance?.items.first { $0.item.fd == fd && !$0.mark.isClosed }
    }

    private mutating func take(_ object: ObjectID, isWrite: Bool, _ model: ModelState) {
        func descriptor(_ object: ObjectID) -> DescriptorSnapshot? {
            model.descriptors.first { $0.descriptor.object == object && !$0.mark.isClosed }?.descriptor
        }
        guard let own = descriptor(object) else { return }
        switch own.detail {
        case .counter(let value):
            text = "count \(value)"
        case .channel(_, let peer):
            // A pair has a queue for each way: what is written waits at the other end.
            fill = isWrite && own.kind == .socketPair ? descriptor(peer)?.queue : own.queue
            guard let fill else { return }
            text = fill.used == 0 ? "empty" : isWrite ? "FULL" : "\(fill.used) there"
            if isWrite, fill.used > 0 { tone = .attention }
        default: break
        }
    }

    private static func isWrite(_ call: CallID?) -> Bool {
        switch call {
        case .fdWrite, .sockSend, .sockSendTo, .sockSendFile: true
        default: false
        }
    }
}

extension WaitGraph.Node {
    /// Of several things that the thread waits for the one that tells most, what nobody will hear of, and how many others
    /// there are; nil where it waits for nothing but its time.
    package func mainSource(_ model: ModelState) -> (source: WaitGraph.Source, others: Int)? {
        if let unheard = unheard(model) { return unheard }
        let source = sources.first { SourceState($0, of: self, model).tone == .attention } ?? sources.first
        return source.map { ($0, sources.count - 1) }
    }

    private func unheard(_ model: ModelState) -> (source: WaitGraph.Source, others: Int)? {
        guard thread.call == .epollWait, let instance = model.epolls.first(where: { $0.id == thread.objects.0 }) else {
            return nil
        }
        let items = instance.items.filter { !$0.mark.isClosed }
        guard let row = items.first(where: { ItemVerdict($0, at: model.now).isSilenced }) else { return nil }
        let item = row.item
        let name = "fd \(item.fd.rawValue) \(model.names[item.object] ?? item.kind.name)"
        let source =
            sources.first { $0.fd == item.fd && $0.kind != .outside }
            ?? WaitGraph.Source(kind: .outside, name: name, fd: item.fd, wakers: [], isKnown: true)
        return (source, items.count - 1)
    }
}
