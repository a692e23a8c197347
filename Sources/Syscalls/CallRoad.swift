import Kernel
import Trace
import WasixABI

/// What happens in every call: a frame is made, the row's body runs, a record is written when somebody listens, and the
/// result is stored. Runs on the guest's thread, without the kernel lock.
public enum CallRoad {
    /// Makes the call and writes its result into the first slot.
    /// - Parameter slots: the engine's, 16 bytes each: arguments now, the result afterwards.
    /// - Returns: whether the guest goes on; else its code must be left.
    @inline(__always)
    public static func enter(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        if !thread.pendingInterrupts.isDisjoint(with: .beforeCalls), !mayEnter(site, thread, slots) { return false }
        var frame = CallFrame(call: site.id, isWide: site.isWide, arguments: slots, outer: thread.frame)
        // Nothing of variable length is written into the frame, so the compiler's stack protection is not needed here.
        return _withUnprotectedUnsafeMutablePointer(to: &frame) { frame in
            let errno = answer(site, thread, slots, frame)
            return leave(site, thread, frame, errno, slots)
        }
    }

    /// Whether a thread that has something to see to still makes the call.
    @inline(never)
    private static func mayEnter(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafePointer<UInt64>
    ) -> Bool {
        // On its way back to a call: no other code of the guest may run.
        if thread.pendingInterrupts.contains(.rewinding) { return true }
        if thread.pendingInterrupts.contains(.pause) { pause(before: site, thread, slots) }
        thread.followFunctions()
        // A signal that came while the guest computed does not interrupt the call that follows.
        thread.deliverSignals()
        return !thread.mustLeave
    }

    /// Lets whoever paused the guest see the call before it is made.
    private static func pause(before site: CallSite, _ thread: GuestThread, _ slots: UnsafePointer<UInt64>) {
        let outer = thread.frame
        var frame = CallFrame(call: site.id, isWide: site.isWide, arguments: slots, outer: outer)
        withUnsafeMutablePointer(to: &frame) {
            thread.frame = $0
            thread.pause(.beforeCall)
            thread.frame = outer
        }
    }

    /// Runs the call and, when somebody listens, writes its record.
    @inline(__always)
    static func answer(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafePointer<UInt64>,
        _ frame: UnsafeMutablePointer<CallFrame>
    ) -> Errno {
        let outer = thread.frame
        thread.frame = frame
        defer { thread.frame = outer }
        guard let channel = thread.channelReference else { return run(site, thread, slots) }
        return channel._withUnsafeGuaranteedRef { traced(site, thread, slots, frame, $0) }
    }

    @inline(__always)
    private static func run(_ site: CallSite, _ thread: GuestThread, _ slots: UnsafePointer<UInt64>) -> Errno {
        do throws(Errno) {
            try site.body(Call(slots: slots, isWide: site.isWide), thread)
            return .success
        } catch {
            return error
        }
    }

    /// Writes the result and decides whether the guest goes on.
    @inline(__always)
    private static func leave(
        _ site: CallSite, _ thread: GuestThread, _ frame: UnsafeMutablePointer<CallFrame>, _ errno: Errno,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        if errno == .pipe, site.canBreakPipe {
            thread.raiseBrokenPipe(FdNumber(rawValue: UInt32(truncatingIfNeeded: slots[0])))
        }
        switch site.result {
        case .errno:
            slots[0] = UInt64(errno.rawValue)
        case .numberOrError:
            let failure = UInt32(bitPattern: -Int32(errno.rawValue))
            slots[0] = UInt64(errno == .success ? frame.pointee.number : failure)
        case .none, .never:
            break
        }
        var pending = thread.pendingInterrupts
        if !pending.isEmpty {
            // On its way out of its code, the guest can run no other; the result is not looked at.
            if pending.contains(.unwinding) { return true }
            if pending.contains(.pause) {
                thread.pause(.afterCall, of: CallID(rawValue: site.id))
                pending = thread.pendingInterrupts
            }
            if pending.contains(.link) { thread.catchUpWithLinking() }
            if pending.contains(.failing) { return false }
            thread.followFunctions()
            if !pending.isDisjoint(with: .requests) { thread.serveRequestsBetweenCalls() }
            // The handler has run when the guest sees the result of the call that it interrupted.
            if !pending.isDisjoint(with: .signals) { thread.deliverSignals() }
            // The process may have ended meanwhile.
            pending = thread.pendingInterrupts
        }
        return pending.isDisjoint(with: [.ending, .jumping, .failing]) && !thread.wantsExit
    }

    /// Someone listens: the call, its record and its counters. Kept apart, so that other calls do not pay for it.
    @inline(never)
    private static func traced(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafePointer<UInt64>,
        _ frame: UnsafeMutablePointer<CallFrame>, _ channel: ThreadChannel
    ) -> Errno {
        if site.beginsWithDescriptor {
            channel.ring.announceNext()
        } else {
            frame.pointee.startTick = TickClock.now()
            channel.ring.announce(frame.pointee.startTick)
        }
        defer { channel.ring.announceNothing() }
        frame.pointee.lookupTick = 1
        channel.changes.begin()
        let errno = run(site, thread, slots)
        channel.changes.end()
        // The record is written when the guest is back in the call.
        if thread.pendingInterrupts.contains(.unwinding) { return errno }
        let end = TickClock.now()
        channel.ring.lastMoment = end
        let start = frame.pointee.startTick != 0 ? frame.pointee.startTick : end
        // A call that the end of its process cut off, or of code that it has run, has no result that anybody sees.
        let isUnfinished = errno == .intr && thread.mustLeave
        let isFailed = errno != .success && !isUnfinished
        // Of a call with a path NOTCAPABLE means that the path leads outside, unless the call has noted another reason.
        if errno == .notcapable, site.namesFile, thread.refusalNote(of: frame.pointee) == nil {
            thread.note(CallNote(.outsideGrants))
        }
        let note = isFailed ? thread.refusalNote(of: frame.pointee) : nil
        let waitTicks = frame.pointee.waitTicks
        channel.counters.add(call: Int(site.id), failed: isFailed, ticks: end &- start, waitTicks: waitTicks)
        // Of a call that could pause the guest there is a record.
        let mayBreak = thread.pendingInterrupts.contains(.pause)
        if channel.options.isLossless || mayBreak { channel.ring.waitForRoom { mayBreak && thread.mustLeave } }
        guard let record = channel.ring.begin(at: start) else { return errno }
        record.pointee.start = start
        record.pointee.duration = end &- start
        let effect = frame.pointee.lookupTick
        if effect > start, effect < end {
            record.pointee.delay = waitTicks != 0 ? (end &- effect) / TraceRecord.waitUnit : effect &- start
        }
        record.pointee.call = site.id
        record.pointee.errno = errno.rawValue
        record.pointee.objects = frame.pointee.objects
        if frame.pointee.usesLinuxDialect { record.pointee.flags |= TraceRecord.Flags.linuxDialect }
        if site.isWide { record.pointee.flags |= TraceRecord.Flags.wide }
        if waitTicks != 0 { record.pointee.flags |= TraceRecord.Flags.waited }
        if isUnfinished { record.pointee.flags |= TraceRecord.Flags.unfinished }
        let keepsStack =
            channel.keepsStack(of: site.id, errno, waitTicks: waitTicks)
            || (isFailed && channel.options.keepsFaults && thread.isFault(site.id, errno))
        site.capture.fill(
            &record.pointee, slots: slots, memory: thread.memory.whole, ring: channel.ring,
            options: channel.options, note: note,
            reported: UnsafeBufferPointer(start: thread.reportedItems, count: Int(frame.pointee.reportedCount)),
            changes: channel.changes.isEmpty ? nil : channel.changes,
            stack: keepsStack ? thread.stackOfCall() : UnsafeRawBufferPointer(start: nil, count: 0))
        if site.result == .numberOrError, !isFailed {
            record.pointee.result = frame.pointee.number
            record.pointee.flags |= TraceRecord.Flags.hasResult
        }
        let opened = site.answersDescriptor && errno == .success ? record.pointee.result : 0
        if mayBreak { thread.lookForBreak(record.pointee, channel.ring.payload(of: record.pointee)) }
        channel.ring.publish()
        if GuestThread.isWorthAStack(opened), let call = CallID(rawValue: site.id) {
            thread.keepOpening(call, FdNumber(rawValue: opened))
        }
        if thread.unreadObject != .none { thread.keepShortRead() }
        return errno
    }
}
