import Model
import Trace
import WasixABI

/// What can be tried with the selected item of an explanation, always under the same numbers.
package struct WhatIfOffer: Sendable, Equatable {
    package enum Effect: Sendable, Equatable {
        /// Changes the guest: to be asked for first.
        case change(WhatIf, question: String)
        /// What would have been, without touching the guest.
        case said(String)
        /// Why it cannot be done.
        case impossible(String)
    }

    package let number: Int
    /// A few words.
    package let label: String
    package let effect: Effect

    package var isPossible: Bool {
        if case .impossible = effect { false } else { true }
    }

    /// - Parameters:
    ///   - kind: of the item's object; nil when it is closed.
    ///   - thread: that made the wait, and whether it waits now.
    package static func all(
        _ explanation: WaitExplanation, _ row: WaitExplanation.Row?, kind: ObjectKind?,
        thread: (id: ThreadID, waits: Bool)?
    ) -> [WhatIfOffer] {
        var offers = row.map { ofItem($0, kind: kind) } ?? []
        if explanation.rows.contains(where: { $0.mark == .stopped }) { offers.append(ofRoom(explanation)) }
        if let thread {
            let name = "T\(thread.id.rawValue)"
            let effect: Effect =
                thread.waits
                ? .change(.interrupt(thread.id), question: "End the wait of \(name) with EINTR")
                : .impossible("\(name) does not wait now")
            offers.append(WhatIfOffer(number: 5, label: "EINTR \(name)", effect: effect))
        }
        return offers.sorted { $0.number < $1.number }
    }

    private static func ofItem(_ row: WaitExplanation.Row, kind: ObjectKind?) -> [WhatIfOffer] {
        let fd = row.item.fd.rawValue
        let target = WhatIf.Target(instance: row.id.epoll, object: row.id.object, fd: row.item.fd)
        let mode = row.item.isEdge ? "LT" : "ET"
        func effect(_ action: WhatIf, _ question: String, unless why: String?) -> Effect {
            if kind == nil { return .impossible("fd \(fd) is closed") }
            return why.map { .impossible($0) } ?? .change(action, question: question)
        }
        return [
            WhatIfOffer(
                number: 1, label: kind == .eventCounter ? "+1 on \(fd)" : "+1 byte on \(fd)",
                effect: effect(
                    .oneMore(target), "Give fd \(fd) one more \(kind == .eventCounter ? "count" : "byte")",
                    unless: kind.flatMap { noByte($0) })),
            WhatIfOffer(
                number: 2, label: "make \(fd) \(mode)",
                effect: effect(
                    .trigger(target, isEdge: !row.item.isEdge),
                    "Make fd \(fd) \(row.item.isEdge ? "level" : "edge")-triggered by EPOLL_CTL_MOD", unless: nil)),
            WhatIfOffer(
                number: 3, label: "MOD \(fd)",
                effect: effect(.rearm(target), "Arm fd \(fd) anew by EPOLL_CTL_MOD", unless: nil)),
            WhatIfOffer(
                number: 6, label: "short read",
                effect: effect(
                    .shortRead(target, most: 1), "Let the next read of fd \(fd) get one byte at most",
                    unless: kind.flatMap { noShortRead($0) })),
        ]
    }

    private static func noByte(_ kind: ObjectKind) -> String? {
        switch kind {
        case .pipeRead, .socketPair, .eventCounter: nil
        case .pipeWrite: "a pipe's write end has nothing to read"
        case .epoll: "an epoll instance has no bytes: give one to what it watches"
        case .file, .directory, .terminal, .hostPipe, .device, .tcp, .tcpListener, .udp, .unixSocket, .unixListener,
            .unixDatagram:
            "what comes there comes from outside the guest"
        }
    }

    private static func noShortRead(_ kind: ObjectKind) -> String? {
        switch kind {
        case .eventCounter: "an eventfd is read whole, or not at all"
        case .pipeWrite, .epoll, .tcpListener, .unixListener: "nobody reads from it"
        case .udp, .unixDatagram: "a short read would lose the rest of the datagram"
        case .file, .directory, .terminal, .hostPipe, .device, .pipeRead, .socketPair, .tcp, .unixSocket: nil
        }
    }

    private static let room = 64

    /// The array is the guest's own memory, so only what would have come is said.
    private static func ofRoom(_ explanation: WaitExplanation) -> WhatIfOffer {
        let numbers = explanation.returned(withRoomFor: room)
        let shown = numbers.prefix(16).map { String($0.rawValue) }.joined(separator: " ")
        let rest = numbers.count > 16 ? " +\(numbers.count - 16)" : ""
        return WhatIfOffer(
            number: 4, label: "max = \(room)",
            effect: .said("with max \(room) it would have returned {\(shown)\(rest)}; the array is the guest's memory"))
    }
}
