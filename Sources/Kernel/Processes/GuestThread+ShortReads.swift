import Trace
import WasixABI

/// Where a guest's code took a part of what an edge-triggered registration had reported: when nothing more comes, that is the
/// place to mend. Kept only while somebody listens.
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

    /// Keeps the stack of the call that left something behind. Called at the end of a traced call, no lock held.
    public func keepShortRead() {
        let object = unreadObject
        unreadObject = .none
        let now = TickClock.now()
        guard now > lastShortRead &+ Self.pause, let runner = process.runner else { return }
        lastShortRead = now
        let frames = runner.stack(of: self)
        kernel.locked { kernel.keepShortRead(frames, of: object) }
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
