import Trace
import WasixABI

/// Memory that a call uses and that the next one finds again; on the thread itself.
extension GuestThread {
    /// Room for more events or subscriptions than this is given back after the call.
    @usableFromInline static var keptScratch: Int { 4096 }

    /// Room for `count` delivered events, until `trimScratch`.
    @inlinable
    public func eventScratch(_ count: Int) -> UnsafeMutablePointer<DeliveredEvent> {
        if count > eventCapacity { resizeEvents(count) }
        return events
    }

    /// Keeps, for the call's record, which registrations the first events in the scratch memory are about. The record
    /// needs the numbers as they were in the call: soon they may stand for others.
    public func noteReported(_ count: Int) {
        guard channelReference != nil else { return }
        let kept = min(count, PayloadChunk.mostReported)
        for index in 0..<kept { reportedItems[index] = ReportedItem(fd: events[index].fd, edge: events[index].edge) }
        frame.pointee.reportedCount = UInt32(kept)
    }

    /// Notes why the sandbox refuses the call in progress, where the errno does not say it. There is room for one note:
    /// the refusal ends the call, so the thread makes no other call before this one's record is written.
    public func note(_ note: CallNote) {
        noteScratch.initialize(to: note)
        frame.pointee.isNoted = true
    }

    /// What was noted for the call whose frame this is: the one in progress, or the last that ended. Nil for no note.
    public func refusalNote(of frame: CallFrame) -> UnsafePointer<CallNote>? {
        frame.isNoted ? UnsafePointer(noteScratch) : nil
    }

    @usableFromInline func resizeEvents(_ count: Int) {
        events.deallocate()
        events = .allocate(capacity: count)
        eventCapacity = count
    }

    /// The call is done with its scratch memory: an unusually large one is not kept.
    @inlinable
    public func trimScratch() { if eventCapacity > Self.keptScratch { resizeEvents(64) } }

    /// Room for a `poll_oneoff` of `count` subscriptions, kept for the next one unless it is unusually large.
    public func pollScratch(_ count: Int) -> PollStorage {
        if let pollStorage, pollStorage.capacity >= count { return pollStorage }
        let made = PollStorage(capacity: count, thread: self)
        if count <= Self.keptScratch { pollStorage = made }
        return made
    }
}
