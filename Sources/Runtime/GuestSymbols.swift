import Symbols
import Synchronization
import Trace

/// Gives the functions on guest stacks their names and places in the source. What was found is kept: waits happen in few
/// places.
final class GuestSymbols: Sendable {
    /// Frames that are kept.
    private static let limit = 4096

    private let table: SymbolTable
    private let known = Mutex<[Int: [GuestFrame]]>([:])

    init(module: [UInt8]) { table = SymbolTable(module: module) }

    /// Names the frames of all stacks in the snapshot.
    func name(_ snapshot: inout KernelSnapshot) {
        for index in snapshot.threads.indices where !snapshot.threads[index].stack.isEmpty {
            snapshot.threads[index].stack = snapshot.threads[index].stack.flatMap { named($0) }
        }
        for index in snapshot.openings.indices {
            snapshot.openings[index].frames = snapshot.openings[index].frames.flatMap { named($0) }
        }
        for epoll in snapshot.epolls.indices {
            for item in snapshot.epolls[epoll].items.indices where !snapshot.epolls[epoll].items[item].shortRead.isEmpty
            {
                let frames = snapshot.epolls[epoll].items[item].shortRead
                snapshot.epolls[epoll].items[item].shortRead = frames.flatMap { named($0) }
            }
        }
    }

    /// The frame with what its function is called in the source and where in it it stands; before it a frame for each call
    /// that the compiler has put into it, the innermost first.
    func named(_ frame: GuestFrame) -> [GuestFrame] {
        guard let offset = frame.moduleOffset else { return found(frame) }
        if let known = known.withLock({ $0[offset] }) { return known }
        let found = found(frame)
        known.withLock {
            if $0.count >= Self.limit { $0.removeAll() }
            $0[offset] = found
        }
        return found
    }

    private func found(_ frame: GuestFrame) -> [GuestFrame] {
        var own = frame
        own.function = Self.name(frame.function)
        guard let offset = frame.moduleOffset else { return [own] }
        var place = table.line(atModuleOffset: offset)
        var frames: [GuestFrame] = []
        for call in table.inlinedCalls(atModuleOffset: offset).prefix(Self.mostInlined) {
            frames.append(
                GuestFrame(
                    function: Self.name(call.function), moduleOffset: offset, file: place?.file, line: place?.line))
            place = call.caller
        }
        own.file = place?.file
        own.line = place?.line
        return frames + [own]
    }

    /// Calls inside of one frame that are shown.
    private static let mostInlined = 16

    private static func name(_ raw: String) -> String { GuestText.short(Demangler.name(raw)) }
}
