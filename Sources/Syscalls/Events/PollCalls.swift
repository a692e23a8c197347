import Glibc
import Kernel
import Trace
import WasixABI

/// Where a `subscription` has its fields; snapshot 0 has another one (ABI 1.16).
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

/// `poll_oneoff` (ABI 3.8): level semantics over descriptors of every kind and any number of clocks.
enum PollCalls {
    static let bindings = [
        CallBinding(.pollOneoff) { call, thread throws(Errno) in
            try pollOneoff(call, thread, SubscriptionLayout.self)
        },
        CallBinding(.pollOneoffUnstable) { call, thread throws(Errno) in
            try pollOneoff(call, thread, SubscriptionUnstableLayout.self)
        },
    ]

    /// As many subscriptions as descriptors can be open, twice.
    private static let mostSubscriptions = UInt64(FdTable.limit) * 2

    private enum Outcome {
        case notFired
        case clock(Errno)
        case refused(Errno)
        /// Index into the poll set.
        case descriptor(Int)
    }

    private struct Subscription {
        let userData: UInt64
        let type: EventType
        var outcome: Outcome
        /// CLOCK_MONOTONIC nanoseconds, clocks only.
        var deadline: UInt64 = .max
    }

    /// `poll_oneoff(in, out, nsubscriptions, nevents)`
    private static func pollOneoff<Form: SubscriptionForm>(
        _ call: Call, _ thread: GuestThread, _ form: Form.Type
    ) throws(Errno) {
        let process = thread.process
        let memory = process.memory
        let count = call.size(2)
        guard count > 0, count <= mostSubscriptions else { throw .inval }
        let input = try memory.range(call.pointer(0), count &* UInt64(Form.size))
        _ = try memory.range(call.pointer(1), count &* UInt64(EventLayout.size))
        _ = try memory.range(call.pointer(3), call.isWide ? 8 : 4)

        // All are read before anything is written: `out` may overlap `in`.
        var failure: Errno?
        let written = withUnsafeTemporaryAllocation(of: Subscription.self, capacity: Int(count)) { buffer -> Int in
            for index in 0..<Int(count) {
                let raw = input + index * Form.size
                guard let subscription = read(UnsafeRawPointer(raw), process, form) else {
                    failure = .inval
                    return 0
                }
                (buffer.baseAddress! + index).initialize(to: subscription)
            }
            let kernel = process.kernel
            kernel.lock()
            let (set, deadline) = subscribe(buffer, UnsafeRawPointer(input), thread, form)
            // Held until the report is written: it asks them what they have.
            set.hold()
            defer {
                set.release()
                kernel.unlock()
            }
            if set.wait(until: deadline, thread) == .interrupted {
                failure = .intr
                return 0
            }
            return report(buffer, set.storage, to: call, memory)
        }
        if let failure { throw failure }
        try memory.storeSize(UInt64(written), at: call.pointer(3), call)
    }

    private static func read<Form: SubscriptionForm>(
        _ raw: UnsafeRawPointer, _ process: GuestProcess, _ form: Form.Type
    ) -> Subscription? {
        let userData = raw.loadUnaligned(as: UInt64.self)
        let type = EventType(rawValue: raw.load(fromByteOffset: Form.tag, as: UInt8.self))
        switch type {
        case .clock:
            let (deadline, failure) = clockDeadline(raw, process, form)
            return Subscription(
                userData: userData, type: type, outcome: failure.map { .clock($0) } ?? .notFired, deadline: deadline)
        case .fdRead, .fdWrite:
            return Subscription(userData: userData, type: type, outcome: .notFired)
        default:
            return nil
        }
    }

    private static func clockDeadline<Form: SubscriptionForm>(
        _ raw: UnsafeRawPointer, _ process: GuestProcess, _ form: Form.Type
    ) -> (UInt64, Errno?) {
        let clock = raw.loadUnaligned(fromByteOffset: Form.clock, as: UInt32.self)
        let timeout = raw.loadUnaligned(fromByteOffset: Form.timeout, as: UInt64.self)
        let flags = raw.loadUnaligned(fromByteOffset: Form.flags, as: UInt16.self)
        guard clock <= 3 else { return (0, .inval) }
        guard clock <= 1 else { return (0, .notsup) }
        guard flags & 1 != 0 else { return (Deadline.after(timeout), nil) }
        let offset = process.clockOffsets[Int(clock)]
        let now = Deadline.now(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC)
        let wanted = UInt64(bitPattern: Int64(bitPattern: timeout) &- offset)
        guard wanted > now else { return (0, nil) }
        return (Deadline.after(wanted - now), nil)
    }

    /// Looks up what the subscriptions name. Lock held.
    /// - Returns: the descriptors among them, and when to stop waiting for those.
    private static func subscribe<Form: SubscriptionForm>(
        _ subscriptions: UnsafeMutableBufferPointer<Subscription>, _ input: UnsafeRawPointer, _ thread: GuestThread,
        _ form: Form.Type
    ) -> (PollSet, deadline: UInt64) {
        let storage = thread.pollScratch(subscriptions.count)
        var entries = 0
        var deadline = UInt64.max
        for index in subscriptions.indices {
            switch (subscriptions[index].type, subscriptions[index].outcome) {
            case (.clock, .notFired): deadline = min(deadline, subscriptions[index].deadline)
            case (.clock, _): deadline = 0
            default:
                let raw = input + index * Form.size
                let fd = FdNumber(rawValue: raw.loadUnaligned(fromByteOffset: Form.fd, as: UInt32.self))
                let (entry, failure) = subscribe(fd, subscriptions[index].type, thread)
                if let failure {
                    subscriptions[index].outcome = .refused(failure)
                    deadline = 0
                } else {
                    storage.entries[entries] = entry
                    subscriptions[index].outcome = .descriptor(entries)
                    entries += 1
                }
            }
        }
        return (PollSet(storage, count: entries, kernel: thread.kernel), deadline)
    }

    private static func subscribe(
        _ fd: FdNumber, _ type: EventType, _ thread: GuestThread
    ) -> (PollEntry, Errno?) {
        let none = PollEntry(file: nil, interest: [])
        guard let file = thread.descriptors.file(fd, thread),
            let slot = thread.descriptors.slot(fd)
        else { return (none, .badf) }
        guard slot.pointee.rights.contains(.pollFdReadwrite) else { return (none, .notcapable) }
        return (PollEntry(file: file, interest: type == .fdRead ? .in : .out), nil)
    }

    /// Writes an event for each subscription that fired, in their order. Lock held.
    private static func report(
        _ subscriptions: UnsafeMutableBufferPointer<Subscription>, _ storage: PollStorage, to call: Call,
        _ memory: GuestMemory
    ) -> Int {
        let now = Deadline.now()
        var written = 0
        for subscription in subscriptions {
            guard let event = event(subscription, storage, now),
                let raw = try? memory.range(call.pointer(1) + written * EventLayout.size, UInt64(EventLayout.size))
            else { continue }
            raw.initializeMemory(as: UInt8.self, repeating: 0, count: EventLayout.size)
            raw.storeBytes(of: subscription.userData, as: UInt64.self)
            raw.storeBytes(of: event.error.rawValue, toByteOffset: EventLayout.error, as: UInt16.self)
            raw.storeBytes(of: subscription.type.rawValue, toByteOffset: EventLayout.type, as: UInt8.self)
            raw.storeBytes(of: event.bytes, toByteOffset: EventLayout.byteCount, as: UInt64.self)
            raw.storeBytes(of: event.flags.rawValue, toByteOffset: EventLayout.flags, as: UInt16.self)
            written += 1
        }
        return written
    }

    private struct Event {
        var error: Errno = .success
        var bytes: UInt64 = 0
        var flags: EventRwFlags = []
    }

    private static func event(_ subscription: Subscription, _ storage: PollStorage, _ now: UInt64) -> Event? {
        switch subscription.outcome {
        case .notFired:
            return subscription.type == .clock && subscription.deadline <= now ? Event() : nil
        case .clock(let error), .refused(let error):
            return Event(error: error)
        case .descriptor(let index):
            let entry = storage.entries[index]
            guard !entry.found.isEmpty, let file = entry.file else { return nil }
            return file._withUnsafeGuaranteedRef { describe(entry, $0) }
        }
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
