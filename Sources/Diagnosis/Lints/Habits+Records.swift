import Decode
import Model
import Trace
import WasixABI

extension Habits {
    /// Nanoseconds: a tick of a loop, or another call than its wait, that takes longer is slow.
    private static let slowTick: UInt64 = 50_000_000
    static let longBlock: UInt64 = 10_000_000
    /// A sleep that is shorter is one of a loop that asks again and again.
    private static let shortSleep: UInt64 = 5_000_000
    /// A wait that is shorter only asks.
    private static let shortWait: UInt64 = 1_000_000
    static let mostKept = 64

    /// Entries that are looked at between two states. Of more the newest are: they stand for the others in what is counted,
    /// and what depends on each of them is not known.
    private static let mostEntries: UInt64 = 4_000

    /// Takes the entries that came since the last state.
    mutating func learn(_ model: ModelState, from first: UInt64, lost: Bool) {
        let kept = model.trace.range
        let begin = max(first, kept.lowerBound)
        let count = kept.upperBound > begin ? kept.upperBound - begin : 0
        let taken = min(count, Self.mostEntries)
        hasLost = lost || taken < count
        weight = taken == 0 ? 1 : Double(count) / Double(taken)
        if model.pace != .free || !model.pausedProcesses.isEmpty { pausedUntil = model.now }
        if taken < count { for id in threads.keys { threads[id]!.loseTrack() } }
        if hasLost { forgetRegistrations() }
        for sequence in (kept.upperBound - taken)..<kept.upperBound {
            guard let entry = model.trace[sequence] else { continue }
            take(entry, model.time)
        }
        if hasLost { forgetWhatMayBeOver() }
        if pausedUntil == model.now { for id in threads.keys { threads[id]!.loseTrack() } }
        for id in threads.keys { threads[id]!.roll(at: model.now) }
        if objects.count > Self.limit { objects.removeAll() }
        if registered.count > Self.limit { registered.removeAll() }
        if makers.count > Self.limit { makers.removeAll() }
        if passedOver.count > Self.limit { passedOver.removeAll() }
        if threads.count > 256 {
            let alive = Set(model.threads.lazy.filter { $0.thread.state != .ended }.map(\.id))
            threads = threads.filter { alive.contains($0.key) }
        }
    }

    /// What holds until the next call on the description: that call may be among the records that were lost.
    private mutating func forgetWhatMayBeOver() {
        for object in objects.keys {
            objects[object]!.again = nil
            objects[object]!.shortWrite = nil
        }
    }

    /// A number may have been registered for something else since, and a call that failed been made good.
    private mutating func forgetRegistrations() {
        registered.removeAll()
        failedControls.removeAll()
    }

    private mutating func take(_ entry: TraceEntry, _ time: TraceTime) {
        if entry.kind == .gap {
            threads[entry.thread]?.loseTrack()
            forgetRegistrations()
        }
        guard let call = entry.call else { return }
        let record = entry.record
        guard record.flags & TraceRecord.Flags.unfinished == 0 else { return }
        let moment = ObjectHabits.Moment(
            thread: entry.thread, at: time.monotonic(record.start &+ record.duration), entry: entry.sequence)
        if record.flags & TraceRecord.Flags.hasChanges != 0 { takeChanges(entry, moment) }
        if !offences.isEmpty { takeStack(entry, call, time) }
        if record.errno == Errno.nosys.rawValue || record.errno == Errno.notsup.rawValue { refused[call] = moment }
        var habits = threads[entry.thread] ?? ThreadHabits()
        defer { threads[entry.thread] = habits }
        switch call {
        case .epollWait: takeWait(entry, time, moment, &habits)
        case .epollCtl: takeControl(entry, moment)
        case .pollOneoff, .pollOneoffUnstable: takePoll(call, entry, time, &habits)
        case .futexWake, .futexWakeAll, .atomicNotify: takeWake(call, entry, moment)
        case .threadSleep:
            if time.duration(of: record) < Self.shortSleep {
                habits.shortSleeps.count(weight)
                habits.dozing = call
            }
            noteSleep(call, entry, time, moment, &habits)
        case .clockTimeGet, .schedYield: break
        default:
            habits.work.count(weight)
            takeOther(call, entry, time, moment, &habits)
        }
        if call.waitsForWord {
            if sleptOn.count > Self.limit { sleptOn.removeAll() }
            let address = record.wordAddress
            sleptOn.insert(address)
            if record.errno == 0, record.flags & TraceRecord.Flags.waited != 0 {
                users.noteAcquired(address, by: entry)
            }
        }
    }

    // MARK: waits

    private mutating func takeWait(
        _ entry: TraceEntry, _ time: TraceTime, _ moment: ObjectHabits.Moment, _ habits: inout ThreadHabits
    ) {
        let record = entry.record
        guard record.errno == 0 || record.errno == Errno.intr.rawValue else { return }
        let begin = time.monotonic(record.start)
        if habits.waits > 1, begin > habits.waitEnd {
            let tick = begin &- habits.waitEnd
            let busy = tick > habits.asleep ? tick &- habits.asleep : 0
            if busy > Self.slowTick {
                habits.slowTicks += 1
                if busy > habits.slowest?.nanoseconds ?? 0 {
                    habits.slowest = .init(nanoseconds: busy, call: nil, at: begin, entry: habits.waitEntry)
                }
            }
        }
        if habits.waits > 0, let sleep = habits.longestSleep, sleep.nanoseconds > Self.longBlock {
            habits.blocks += 1
            if sleep.nanoseconds > habits.longestBlock?.nanoseconds ?? 0 { habits.longestBlock = sleep }
        }
        let instance = ObjectID(rawValue: record.objects.0)
        for index in failedControls.indices
        where failedControls[index].thread == entry.thread && failedControls[index].key.instance == instance {
            failedControls[index].wentOn = true
        }
        habits.asleep = 0
        habits.longestSleep = nil
        habits.waits += 1
        habits.waitEnd = moment.at
        habits.waitEntry = entry.sequence
        habits.instance = instance
        habits.reported = []
        if record.errno == Errno.intr.rawValue { habits.interrupted.count(weight) }
        entry.withPayload { payload in
            guard let fields = CallFields(record, payload: payload) else { return }
            let count = fields.returned ?? 0
            let timeout = fields.timeout ?? .max
            if count > 0 {
                habits.usefulPolls.count(weight)
            } else if timeout < Self.shortWait {
                habits.emptyPolls.count(weight)
                habits.asking = .epollWait
            }
            let most = fields.number("maxevents") ?? 0
            habits.fullWaits = count > 0 && count == most && (most == habits.mostEvents) ? habits.fullWaits + 1 : 0
            habits.mostEvents = most
            if count > 0 { habits.reported = fields.reportedEvents.compactMap(\.fd) }
        }
    }

    private mutating func takePoll(
        _ call: CallID, _ entry: TraceEntry, _ time: TraceTime, _ habits: inout ThreadHabits
    ) {
        let record = entry.record
        entry.withPayload { payload in
            guard let fields = CallFields(record, payload: payload) else { return }
            let count = fields.polledCount ?? 0
            if count > 64 {
                habits.largePolls.count(weight)
                habits.polled = count
                habits.asking = call
            }
            let polled = fields.polled ?? []
            let took = time.duration(of: record)
            if count > 0, polled.isEmpty, fields.polled != nil {
                if took < Self.shortSleep {
                    habits.shortSleeps.count(weight)
                    habits.dozing = call
                }
            } else if took < Self.shortWait, record.flags & TraceRecord.Flags.waited == 0 {
                if (fields.number("nevents") ?? 0) > 0 {
                    habits.usefulPolls.count(weight)
                } else {
                    habits.emptyPolls.count(weight)
                    habits.asking = call
                }
            }
        }
    }

    mutating func noteSleep(
        _ call: CallID, _ entry: TraceEntry, _ time: TraceTime, _ moment: ObjectHabits.Moment,
        _ habits: inout ThreadHabits
    ) {
        guard entry.record.flags & TraceRecord.Flags.waited != 0, habits.waits > 0,
            time.monotonic(entry.record.start) >= pausedUntil
        else { return }
        let took = time.duration(of: entry.record)
        habits.asleep &+= took
        if took > habits.longestSleep?.nanoseconds ?? 0 {
            habits.longestSleep = .init(nanoseconds: took, call: call, at: moment.at, entry: entry.sequence)
        }
    }

    // MARK: registrations and wake-ups

    private mutating func takeChanges(_ entry: TraceEntry, _ moment: ObjectHabits.Moment) {
        entry.withPayload { payload in
            for change in CallFields(entry.record, payload: payload)?.changes ?? [] {
                let key = RegistrationKey(
                    instance: ObjectID(rawValue: change.instance), fd: FdNumber(rawValue: change.fd))
                if change.isEdge {
                    makers[key] = change.kind == .edge ? EdgeMaker(edge: change.edge, moment: moment) : nil
                } else if change.kind == .passedOver, !change.isUncertain, change.reason == .edgeSpent {
                    passedOver[key] = moment
                }
            }
        }
    }

    private mutating func takeControl(_ entry: TraceEntry, _ moment: ObjectHabits.Moment) {
        let record = entry.record
        entry.withPayload { payload in
            guard let fields = CallFields(record, payload: payload), let value = fields.value(2) else { return }
            let fd = FdNumber(rawValue: UInt32(truncatingIfNeeded: value))
            let key = RegistrationKey(instance: ObjectID(rawValue: record.objects.0), fd: fd)
            failedControls.removeAll { $0.key == key }
            rewritten.removeAll { $0.key == key }
            guard fields.succeeded else {
                // What was to be deleted is gone, as it was meant to be.
                guard fields.value(1) != UInt64(EpollOp.delete.rawValue) else { return }
                failedControls.append(
                    FailedControl(
                        key: key, thread: entry.thread, errno: Errno(rawValue: record.errno), at: moment.at,
                        entry: entry.sequence))
                if failedControls.count > Self.mostKept { failedControls.removeFirst() }
                return
            }
            guard let registration = fields.registration else {
                registered[key] = nil
                return
            }
            registered[key] = ObjectID(rawValue: record.objects.1)
            let isChanged =
                registration.data != 0 && (registration.data & 0xffff_ffff == 0 || registration.data >> 32 != 0)
            if isChanged, registration.isLibcShaped(for: fd), rewritten.count < Self.mostKept {
                rewritten.append(Rewritten(key: key, data: registration.data, at: moment.at, entry: entry.sequence))
            }
        }
    }

    private mutating func takeWake(_ call: CallID, _ entry: TraceEntry, _ moment: ObjectHabits.Moment) {
        let address = entry.record.wordAddress
        users.noteWake(address, by: entry)
        guard entry.record.errno == 0, entry.record.result == 0 else {
            emptyWakes.removeAll { $0.address == address }
            return
        }
        var wake = EmptyWake(
            address: address, call: call, thread: entry.thread, first: moment.at, at: moment.at, entry: entry.sequence)
        if let index = emptyWakes.firstIndex(where: { $0.address == address && $0.thread == entry.thread }) {
            let before = emptyWakes.remove(at: index)
            wake.first = before.first
            wake.count = before.count + 1
        }
        emptyWakes.append(wake)
        if emptyWakes.count > Self.mostKept { emptyWakes.removeFirst() }
    }
}

extension ThreadHabits {
    /// Calls of this thread are missing from here on: what is measured from its last wait is not known.
    mutating func loseTrack() {
        waitEnd = .max
        reported = []
        asleep = 0
        longestSleep = nil
        fullWaits = 0
    }

    mutating func roll(at now: UInt64) {
        emptyPolls.roll(at: now)
        usefulPolls.roll(at: now)
        largePolls.roll(at: now)
        shortSleeps.roll(at: now)
        interrupted.roll(at: now)
        work.roll(at: now)
    }
}
