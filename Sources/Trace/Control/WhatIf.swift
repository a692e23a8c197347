import WasixABI

/// A change of the guest that whoever inspects it makes to see what comes of it. Made by the means of the guest's own calls,
/// and recorded as nobody's but the inspector's.
public enum WhatIf: Hashable, Sendable {
    /// What an action is about: an open file description, by the number that it has in an interest list.
    public struct Target: Hashable, Sendable {
        /// The epoll instance; `.none` where it does not matter.
        public var instance: ObjectID
        public var object: ObjectID
        public var fd: FdNumber

        public init(instance: ObjectID = .none, object: ObjectID, fd: FdNumber) {
            self.instance = instance
            self.object = object
            self.fd = fd
        }
    }

    /// One byte more to read there, as if its peer had written it; for an eventfd 1 more.
    case oneMore(Target)
    /// EPOLL_CTL_MOD with the same mask, edge-triggered or level-triggered from now on.
    case trigger(Target, isEdge: Bool)
    /// EPOLL_CTL_MOD with what is asked for already: arms it and looks anew.
    case rearm(Target)
    /// The next read there gets so many bytes at most, as from a peer that has sent no more yet.
    case shortRead(Target, most: UInt32)
    /// The thread's wait ends with EINTR, as by a signal that is ignored.
    case interrupt(ThreadID)
}

/// What came of it.
public enum WhatIfOutcome: Sendable, Equatable {
    case done
    /// Why it cannot be, in a few words.
    case refused(String)
}

extension WhatIf {
    private enum Code: UInt32 {
        case oneMore = 1, edge, level, rearm, shortRead, interrupt
    }

    private var code: Code {
        switch self {
        case .oneMore: .oneMore
        case .trigger(_, let isEdge): isEdge ? .edge : .level
        case .rearm: .rearm
        case .shortRead: .shortRead
        case .interrupt: .interrupt
        }
    }

    public var target: Target? {
        switch self {
        case .oneMore(let target), .trigger(let target, _), .rearm(let target), .shortRead(let target, _): target
        case .interrupt: nil
        }
    }

    /// The record that tells of it, without its time.
    var record: TraceRecord {
        var record = TraceRecord()
        record.kind = RecordKind.whatIf.rawValue
        record.result = code.rawValue
        if let target {
            record.objects = (target.object.rawValue, target.instance.rawValue)
            record.words.0 = target.fd.rawValue
        }
        switch self {
        case .shortRead(_, let most): record.words.1 = most
        case .interrupt(let thread): record.words.1 = thread.rawValue
        case .oneMore, .trigger, .rearm: break
        }
        return record
    }

    /// What a `.whatIf` record tells; nil for bytes that tell nothing.
    public init?(_ record: TraceRecord) {
        guard record.kind == RecordKind.whatIf.rawValue, let code = Code(rawValue: record.result) else { return nil }
        let target = Target(
            instance: ObjectID(rawValue: record.objects.1), object: ObjectID(rawValue: record.objects.0),
            fd: FdNumber(rawValue: record.words.0))
        switch code {
        case .oneMore: self = .oneMore(target)
        case .edge: self = .trigger(target, isEdge: true)
        case .level: self = .trigger(target, isEdge: false)
        case .rearm: self = .rearm(target)
        case .shortRead: self = .shortRead(target, most: record.words.1)
        case .interrupt: self = .interrupt(ThreadID(rawValue: record.words.1))
        }
    }
}
