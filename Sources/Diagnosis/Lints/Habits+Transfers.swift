import Decode
import Model
import Trace
import WasixABI

/// What is learnt from calls on single descriptors: reads, writes, and numbers that were meant for something else.
extension Habits {
    mutating func takeOther(
        _ call: CallID, _ entry: TraceEntry, _ time: TraceTime, _ moment: ObjectHabits.Moment,
        _ habits: inout ThreadHabits
    ) {
        let record = entry.record
        noteSleep(call, entry, time, moment, &habits)
        let object = ObjectID(rawValue: record.objects.0)
        checkNumber(call, entry, object, moment, &habits)
        if call == .fdClose {
            let fd = FdNumber(rawValue: record.words.0)
            failedControls.removeAll { $0.key.fd == fd || $0.key.instance == object }
        }
        guard object != .none else { return }
        var facts = objects[object] ?? ObjectHabits()
        if facts.touches == 0 { facts.firstTouch = entry.sequence }
        facts.touches += 1
        facts.lastTouch = entry.sequence
        switch call {
        case .fdRead, .sockRecv, .sockRecvFrom, .sockAccept, .sockAcceptV2, .sockAcceptWasix:
            takeRead(call, entry, object, moment, &habits, &facts)
        case .fdWrite, .sockSend, .sockSendTo: takeWrite(entry, object, moment, &facts)
        case .fdClose: facts = ObjectHabits()
        default: break
        }
        objects[object] = facts
    }

    private mutating func takeRead(
        _ call: CallID, _ entry: TraceEntry, _ object: ObjectID, _ moment: ObjectHabits.Moment,
        _ habits: inout ThreadHabits,
        _ facts: inout ObjectHabits
    ) {
        let record = entry.record
        let fd = FdNumber(rawValue: record.words.0)
        let isFirst = habits.reported.contains(fd)
        if isFirst { habits.reported.removeAll { $0 == fd } }
        facts.lastRead = moment
        if record.errno == Errno.again.rawValue {
            facts.again = moment
            guard isFirst else { return }
            facts.lastInVain = (entry.thread, call)
            let hasOtherTaken =
                facts.lastTaker != nil && facts.lastTaker != entry.thread
                && facts.lastTaken &+ 5_000_000 > habits.waitEnd
            if hasOtherTaken { facts.raced += 1 } else { facts.spurious += 1 }
            return
        }
        facts.again = nil
        guard record.errno == 0 else { return }
        users.noteRead(object, by: entry)
        facts.lastTaker = entry.thread
        facts.lastTaken = moment.at
        if isFirst { facts.useful += 1 }
    }

    private mutating func takeWrite(
        _ entry: TraceEntry, _ object: ObjectID, _ moment: ObjectHabits.Moment, _ facts: inout ObjectHabits
    ) {
        facts.shortWrite = nil
        guard entry.record.errno == 0 else { return }
        facts.lastWrite = moment
        users.noteWrite(object, by: entry)
        entry.withPayload { payload in
            guard let fields = CallFields(entry.record, payload: payload), let asked = fields.offeredBytes,
                let taken = fields.returned, taken < asked
            else { return }
            facts.shortWrite = .init(moment: moment, asked: asked, taken: taken)
        }
    }

    /// A number that the last wait reported, used while it stands for something else than what was registered.
    private mutating func checkNumber(
        _ call: CallID, _ entry: TraceEntry, _ object: ObjectID, _ moment: ObjectHabits.Moment,
        _ habits: inout ThreadHabits
    ) {
        guard !habits.reported.isEmpty else { return }
        if call.makesDescriptors {
            // From here on the number is meant.
            entry.withPayload { payload in
                guard let fields = CallFields(entry.record, payload: payload) else { return }
                let made = fields.descriptors.filter { $0 != fields.fd }
                habits.reported.removeAll { made.contains($0) }
            }
        }
        guard call.spec.arguments.first?.kind == .fd else { return }
        let fd = FdNumber(rawValue: entry.record.words.0)
        guard habits.reported.contains(fd) else { return }
        let isGone = entry.record.errno == Errno.badf.rawValue
        let made = registered[RegistrationKey(instance: habits.instance, fd: fd)]
        guard isGone || (object != .none && made != nil && made != object) else { return }
        habits.reported.removeAll { $0 == fd }
        staleUses.append(
            StaleUse(
                fd: fd, thread: entry.thread, call: call, errno: Errno(rawValue: entry.record.errno), at: moment.at,
                entry: entry.sequence, delivery: habits.waitEntry))
        if staleUses.count > Self.mostKept { staleUses.removeFirst() }
    }
}

extension CallID {
    /// It answers descriptor numbers.
    fileprivate var makesDescriptors: Bool {
        switch self {
        case .fdDup, .fdDup2, .fdPipe, .fdEvent, .epollCreate, .pathOpen, .sockOpen, .sockPair, .sockAccept,
            .sockAcceptV2,
            .sockAcceptWasix:
            true
        default: false
        }
    }
}
