import Trace
import WasixABI

/// What rules say of the files of Unix-domain sockets. No lock needed.
extension GuestThread {
    /// Checks that the guest may reach the socket at a place in its tree, or be reached there: a rule must allow it
    /// under one of the place's names, and none may deny it under any.
    /// - Parameter place: found out only where there are rules.
    func permit(
        _ direction: NetworkDirection, at place: @autoclosure () throws(Errno) -> FileLocation
    ) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try check(policy.verdict(direction, at: try place()), direction, .unix, nil)
    }

    /// Checks that a socket may get from one place to another. The guest must not become able to reach a socket that it
    /// could not reach at the old place, and must not stay reachable where rules do not let it be reached.
    func permitMovingSocket(at old: FileLocation, to new: FileLocation) throws(Errno) {
        let policy = kernel.network
        let reach = policy.verdict(.out, at: old)
        if reach != .allowed, policy.verdict(.out, at: new) == .allowed { try check(reach, .out, .unix, nil) }
        if policy.verdict(.in, at: old) == .allowed { try check(policy.verdict(.in, at: new), .in, .unix, nil) }
    }

    /// As `permitMovingSocket`, for whatever may be in a directory.
    func permitMovingSockets(below old: FileLocation, to new: FileLocation) throws(Errno) {
        if kernel.network.mayAllowMore(.out, below: new, than: old) {
            try check(.noRule, .out, .unix, nil)
        }
        if kernel.network.mayAllowMore(.in, below: old, than: new) {
            try check(.noRule, .in, .unix, nil)
        }
    }
}

extension NetworkPolicy {
    /// Whether what is allowed differs from one path of a Unix-domain socket to another.
    var distinguishesPaths: Bool {
        !isUnlimited && !isDenied && indices.contains { self[$0].transports.contains(.unix) && !self[$0].pattern.isAll }
    }

    fileprivate func verdict(_ direction: NetworkDirection, at place: FileLocation) -> Verdict {
        var found = Verdict.noRule
        for name in place.names {
            let one = name.withUnsafeBytes { verdict(direction, path: $0) }
            switch one {
            case .denied, .noNetwork: return one
            case .allowed: found = .allowed
            case .noRule: break
            }
        }
        return found
    }

    /// Some path below `place` may be allowed although the same path below `other` is not.
    fileprivate func mayAllowMore(
        _ direction: NetworkDirection, below place: FileLocation, than other: FileLocation
    ) -> Bool {
        indices.contains { index in
            let rule = self[index]
            guard rule.transports.contains(.unix), rule.directions.contains(direction) else { return false }
            func covers(_ place: FileLocation) -> Bool { place.names.contains { rule.pattern.matchesAll(below: $0) } }
            func touches(_ place: FileLocation) -> Bool { place.names.contains { rule.pattern.matchesSome(below: $0) } }
            return rule.allows ? touches(place) && !covers(other) : touches(other) && !covers(place)
        }
    }
}

extension NetworkRule.Pattern {
    fileprivate var isAll: Bool {
        if case .all = self { true } else { false }
    }

    /// It matches each path below a directory.
    fileprivate func matchesAll(below directory: [UInt8]) -> Bool {
        let start = directory.last == PathText.slash ? directory : directory + [PathText.slash]
        return switch self {
        case .all: true
        case .exactly, .endingWith: false
        case .startingWith(let own): start.starts(with: own)
        }
    }

    /// It matches a path below a directory.
    fileprivate func matchesSome(below directory: [UInt8]) -> Bool {
        let start = directory.last == PathText.slash ? directory : directory + [PathText.slash]
        return switch self {
        case .all, .endingWith: true
        case .exactly(let own): own.starts(with: start)
        case .startingWith(let own): own.starts(with: start) || start.starts(with: own)
        }
    }
}
