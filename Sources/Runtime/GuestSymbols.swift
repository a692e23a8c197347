import Symbols
import Synchronization
import Trace

/// Gives the functions on guest stacks their names and places in the source. What was found is kept: waits happen in few
/// places.
final class GuestSymbols: Sendable {
    /// Frames that are kept.
    private static let limit = 4096

    private let table: SymbolTable
    private let known = Mutex<[Int: GuestFrame]>([:])

    init(module: [UInt8]) { table = SymbolTable(module: module) }

    /// Names the frames of all stacks in the snapshot.
    func name(_ snapshot: inout KernelSnapshot) {
        for index in snapshot.threads.indices where !snapshot.threads[index].stack.isEmpty {
            snapshot.threads[index].stack = snapshot.threads[index].stack.map { named($0) }
        }
        for index in snapshot.openings.indices {
            snapshot.openings[index].frames = snapshot.openings[index].frames.map { named($0) }
        }
        for epoll in snapshot.epolls.indices {
            for item in snapshot.epolls[epoll].items.indices where !snapshot.epolls[epoll].items[item].shortRead.isEmpty
            {
                let frames = snapshot.epolls[epoll].items[item].shortRead
                snapshot.epolls[epoll].items[item].shortRead = frames.map { named($0) }
            }
        }
    }

    /// With what the frame's function is called in the source, and where in it the frame stands.
    func named(_ frame: GuestFrame) -> GuestFrame {
        guard let offset = frame.moduleOffset else { return found(frame) }
        if let known = known.withLock({ $0[offset] }) { return known }
        let found = found(frame)
        known.withLock {
            if $0.count >= Self.limit { $0.removeAll() }
            $0[offset] = found
        }
        return found
    }

    private func found(_ frame: GuestFrame) -> GuestFrame {
        var named = frame
        named.function = GuestText.short(Demangler.name(frame.function))
        if let place = frame.moduleOffset.flatMap({ table.line(atModuleOffset: $0) }) {
            named.file = place.file
            named.line = place.line
        }
        return named
    }
}
