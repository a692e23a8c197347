import Glibc
import Kernel
import Trace
import WasixABI

/// Where a `subscription` has its fields: snapshot 0 has them elsewhere (WasixABI.docc/SnapshotZero).
protocol SubscriptionForm {
    static var size: Int { get }
    static var tag: Int { get }
    static var clock: Int { get }
    static var timeout: Int { get }
    static var flags: Int { get }
    static var fd: Int { get }
}

extension SubscriptionLayout: SubscriptionForm {}
extension SubscriptionUnstableLayout: SubscriptionForm {}

/// `poll_oneoff` (WasixABI.docc/PollOneoff): level semantics over descriptors of every kind and any number of clocks.
enum PollCalls {
    static let bindings = [
        CallBinding(.pollOneoff) { call, thread throws(Errno) in
            try pollOneoff(call, thread, SubscriptionLayout.self)
        },
        CallBinding(.pollOneoffUnstable) { call, thread throws(Errno) in
            try pollOneoff(call, thread, SubscriptionUnstableLayout.self)
        },
    ]

    /// Two subscriptions, reading and writing, for as many descriptors as can be open.
    private static let mostSubscriptions = UInt64(FdTable.limit) * 2

    /// `poll_oneoff(in, out, nsubscriptions, nevents)`
    private static func pollOneoff<Form: SubscriptionForm>(
        _ call: Call, _ thread: GuestThread, _ form: Form.Type
    ) throws(Errno) {
        let memory = thread.memory
        let count = call.size(2)
        guard count > 0, count <= mostSubscriptions else { throw .inval }
        let input = UnsafeRawPointer(try memory.range(call.pointer(0), count &* UInt64(Form.size)))
        let output = try memory.range(call.pointer(1), count &* UInt64(EventLayout.size))
        _ = try memory.range(call.pointer(3), call.isWide ? 8 : 4)

        let storage = thread.pollScratch(Int(count))
        let kernel = thread.kernel
        kernel.lock()
        // All are read before anything is written: `out` may overlap `in`.
        guard let deadline = subscribe(storage.entries, Int(count), input, thread, form) else {
            kernel.unlock()
            throw .inval
        }
        var set = PollSet(storage, count: Int(count))
        let end = set.wait(until: deadline, thread)
        let written = end == .interrupted ? 0 : report(storage.entries, Int(count), at: kernel.clock.now(), to: output)
        set.release()
        kernel.unlock()
        guard end != .interrupted else { throw .intr }
        try memory.storeSize(UInt64(written), at: call.pointer(3), call)
    }

    /// Reads the subscriptions and looks up what they name. Lock held.
    /// - Returns: when to stop waiting for descriptors; nil when a subscription is of no known kind.
    private static func subscribe<Form: SubscriptionForm>(
        _ entries: UnsafeMutablePointer<PollEntry>, _ count: Int, _ input: UnsafeRawPointer, _ thread: GuestThread,
        _ form: Form.Type
    ) -> UInt64? {
        var deadline = UInt64.max
        for index in 0..<count {
            let raw = input + index * Form.size
            let userData = raw.loadUnaligned(as: UInt64.self)
            let entry: PollEntry
            switch EventType(rawValue: raw.load(fromByteOffset: Form.tag, as: UInt8.self)) {
            case .clock: entry = clock(raw, userData, thread, form)
            case .fdRead: entry = descriptor(fd(raw, form), userData, .in, thread)
            case .fdWrite: entry = descriptor(fd(raw, form), userData, .out, thread)
            default: return nil
            }
            (entries + index).initialize(to: entry)
            deadline = min(deadline, entry.failure == nil ? entry.deadline : 0)
        }
        return deadline
    }

    @inline(__always)
    private static func fd<Form: SubscriptionForm>(_ raw: UnsafeRawPointer, _ form: Form.Type) -> FdNumber {
        FdNumber(rawValue: raw.loadUnaligned(fromByteOffset: Form.fd, as: UInt32.self))
    }

    private static func descriptor(
        _ fd: FdNumber, _ userData: UInt64, _ interest: EpollEvents, _ thread: GuestThread
    ) -> PollEntry {
        guard let file = thread.descriptors.file(fd, thread), let slot = thread.descriptors.slot(fd) else {
            return PollEntry(interest: interest, userData: userData, failure: .badf)
        }
        guard slot.pointee.rights.contains(.pollFdReadwrite) else {
            return PollEntry(interest: interest, userData: userData, failure: .notcapable)
        }
        return PollEntry(file: file, interest: interest, userData: userData)
    }

    private static func clock<Form: SubscriptionForm>(
        _ raw: UnsafeRawPointer, _ userData: UInt64, _ thread: GuestThread, _ form: Form.Type
    ) -> PollEntry {
        let clock = raw.loadUnaligned(fromByteOffset: Form.clock, as: UInt32.self)
        let timeout = raw.loadUnaligned(fromByteOffset: Form.timeout, as: UInt64.self)
        let flags = raw.loadUnaligned(fromByteOffset: Form.flags, as: UInt16.self)
        guard clock <= 1 else {
            return PollEntry(interest: [], userData: userData, failure: clock <= 3 ? .notsup : .inval)
        }
        var deadline = Deadline.after(timeout, thread)
        if flags & 1 != 0 {
            let now = thread.kernel.clock.now(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC)
            let wanted = UInt64(bitPattern: Int64(bitPattern: timeout) &- thread.process.clockOffsets[Int(clock)])
            deadline = wanted > now ? Deadline.after(wanted - now, thread) : 0
        }
        return PollEntry(interest: [], userData: userData, deadline: deadline)
    }

    /// Writes an event for each subscription that fired, in their order. Lock held.
    /// - Returns: how many.
    private static func report(
        _ entries: UnsafeMutablePointer<PollEntry>, _ count: Int, at now: UInt64, to output: UnsafeMutableRawPointer
    ) -> Int {
        var raw = output
        var written = 0
        for index in 0..<count {
            guard let event = event(entries[index], now) else { continue }
            let interest = entries[index].interest
            let type: EventType = interest.isEmpty ? .clock : interest == .in ? .fdRead : .fdWrite
            raw.storeBytes(of: entries[index].userData, as: UInt64.self)
            // The error, the type and the padding behind them in one store.
            let kind = UInt64(event.error.rawValue) | UInt64(type.rawValue) << 16
            raw.storeBytes(of: kind, toByteOffset: EventLayout.error, as: UInt64.self)
            raw.storeBytes(of: event.bytes, toByteOffset: EventLayout.byteCount, as: UInt64.self)
            raw.storeBytes(of: UInt64(event.flags.rawValue), toByteOffset: EventLayout.flags, as: UInt64.self)
            raw += EventLayout.size
            written += 1
        }
        return written
    }

    private struct Event {
        var error: Errno = .success
        var bytes: UInt64 = 0
        var flags: EventRwFlags = []
    }

    @inline(__always)
    private static func event(_ entry: PollEntry, _ now: UInt64) -> Event? {
        if let failure = entry.failure { return Event(error: failure) }
        guard let file = entry.file else { return entry.deadline <= now ? Event() : nil }
        guard !entry.found.isEmpty else { return nil }
        return file._withUnsafeGuaranteedRef { describe(entry, $0) }
    }

    private static func describe(_ entry: PollEntry, _ file: OpenFile) -> Event {
        var event = Event()
        if entry.interest.contains(.in) {
            event.bytes = file.readableCount
            let isEnded = !entry.found.isDisjoint(with: [.hup, .rdhup])
            if entry.found.contains(.hup) || isEnded && event.bytes == 0 { event.flags.insert(.hangup) }
        } else {
            event.bytes = file.writableCount
            if file.kind == .pipeWrite, entry.found.contains(.err) { event.error = .pipe }
            if entry.found.contains(.hup) { event.flags.insert(.hangup) }
        }
        return event
    }
}
