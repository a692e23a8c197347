import CLinux
import Trace
import WasixABI

/// Stacks that are kept for later: of a call that took a part of what an edge-triggered registration had reported, because
/// when nothing more comes that is the place to mend; of those that take descriptors; and of calls whose records shall have
/// theirs, because somebody asked for them or because they failed as calls of a right program seldom do. Kept only while
/// somebody listens.
extension GuestThread {
    /// Ticks between two looks at a thread's stack for this: a loop that reads in small pieces is not slowed down.
    private static let pause: UInt64 = 1 << 21

    /// Notes, for the end of the call, that it has taken something out of `file` and left something. Lock held.
    @inline(__always)
    public func noteRead(_ result: IoResult, of vectors: IoVectors, from file: OpenFile) {
        guard channelReference != nil, result.count > 0, file.watchers != nil else { return }
        noteLeft(result, vectors, file)
    }

    private func noteLeft(_ result: IoResult, _ vectors: IoVectors, _ file: OpenFile) {
        kernel.assertLocked()
        // What is left in a socket of the host is not known here; a read that was filled may have left something.
        let isLeft = file.isHostBacked ? result.count == vectors.total : file.peekReadiness().contains(.in)
        guard isLeft, file.isWatchedForEdges else { return }
        unreadObject = file.id
    }

    /// Notes, for the end of the call, that it has taken a connection from `listener` and may have left others. Lock held.
    func noteAccepted(from listener: OpenFile) {
        kernel.assertLocked()
        guard channelReference != nil, listener.isWatchedForEdges else { return }
        unreadObject = listener.id
    }

    /// Keeps the stack of the call that left something behind. Called at the end of a traced call, no lock held.
    public func keepShortRead() {
        let object = unreadObject
        unreadObject = .none
        guard let frames = spareStack() else { return }
        kernel.locked { kernel.keepShortRead(frames, of: object) }
    }

    /// Keeps the stack of a call that took the descriptor number `fd`: of numbers that grow, each sixteenth. Called at the end
    /// of a traced call, no lock held.
    public func keepOpening(_ call: CallID, _ fd: FdNumber) {
        guard let frames = spareStack() else { return }
        let opening = DescriptorOpening(call: call, thread: id, fd: fd, at: cl_monotonic_ns(), frames: frames)
        kernel.locked { kernel.keepOpening(opening) }
    }

    /// The stack of the call in progress, as `StackBytes`: good until the thread's next call. Called at the end of a traced
    /// call, no lock held.
    public func stackOfCall() -> UnsafeRawBufferPointer {
        guard let runner = image.runner else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let bytes = StackBytes.of(runner.named(runner.stack(of: self)))
        if bytes.count > stackScratch.count {
            stackScratch.deallocate()
            stackScratch = .allocate(byteCount: bytes.count, alignment: 8)
        }
        stackScratch.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(rebasing: stackScratch[..<bytes.count])
    }

    /// Whether a number is one of those that `keepOpening` is for.
    @inline(__always)
    public static func isWorthAStack(_ fd: UInt32) -> Bool { fd >= 32 && fd & 15 == 0 }

    /// Whether a call that failed so is a fault by itself, and its stack worth keeping: of many in a row that of the first.
    /// What AGAIN and its like say is no fault.
    public func isFault(_ call: UInt16, _ errno: Errno) -> Bool {
        guard
            errno == .badf || errno == .nosys || errno == .notsup
                || (call == CallID.epollCtl.rawValue && errno != .intr)
        else {
            return false
        }
        return takeTurn()
    }

    /// The stack, unless the last one was looked at just before.
    private func spareStack() -> [GuestFrame]? {
        guard let runner = image.runner, takeTurn() else { return nil }
        return runner.stack(of: self)
    }

    private func takeTurn() -> Bool {
        let now = TickClock.now()
        guard now > lastKeptStack &+ Self.pause else { return false }
        lastKeptStack = now
        return true
    }
}

extension OpenFile {
    /// Lock held.
    fileprivate final var isWatchedForEdges: Bool {
        assertLocked()
        var current = watchers
        while let item = current {
            if item.pointee.isEdge { return true }
            current = item.pointee.nextWatcher
        }
        return false
    }
}
