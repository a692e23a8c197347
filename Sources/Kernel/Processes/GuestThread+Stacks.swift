import WasixABI

/// Why guest code unwinds: it comes back to the same call, once or more often (article Stacks).
public enum Unwinding: Sendable {
    /// To be copied into a new process. With `sharesTime` the parent goes on when the child runs another program or ends.
    case fork(sharesTime: Bool)
    /// To be kept as a checkpoint: `snapshot` is where its key is written, `result` where the value is told with which the
    /// code comes back.
    case checkpoint(snapshot: GuestPointer, result: GuestPointer)
}

/// What the call that guest code unwound in answers now that it is back.
public struct Rewound: Sendable {
    public let errno: Errno
    /// The child's number, 0 in the child; or the checkpoint's value.
    public let value: UInt64

    public init(errno: Errno = .success, value: UInt64 = 0) {
        self.errno = errno
        self.value = value
    }
}

/// A checkpoint that the thread goes back to, and what it finds there.
public struct StackJump: Sendable {
    public let key: CheckpointKey
    public let value: UInt64
}

/// Leaving guest code in the middle of a call and coming back to it. On the thread itself, inside a host call; no lock held.
extension GuestThread {
    /// Makes the guest's code leave, to come back to the call in progress: `takeRewound` says so then.
    /// - Throws: NOTSUP when the module or the place does not allow it, OVERFLOW when the guest's stack has no room.
    public func unwind(for purpose: Unwinding) throws(Errno) {
        guard let runner = image.runner, lender == nil else { throw .notsup }
        do throws(Errno) {
            try runner.beginUnwinding(self, for: purpose)
        } catch {
            // Programs give up when that fails: the call is named then.
            if error == .notsup { missingCall = CallID(rawValue: frame.pointee.call) }
            throw error
        }
        unwinding = purpose
        setInterrupt(.unwinding)
    }

    /// The guest's code has left, or is leaving, to come back. For the runner.
    public var isUnwinding: Bool { pendingInterrupts.contains(.unwinding) }

    /// The guest's code has left, and is no longer in the state of leaving: handlers may run again. For the runner.
    /// - Returns: what it has left for.
    public func takeUnwinding() -> Unwinding? {
        _ = takeInterrupts(.unwinding)
        defer { unwinding = nil }
        return unwinding
    }

    /// The guest's code is about to go back to where it unwound. For the runner.
    public func beginRewinding(_ answer: Rewound) {
        rewound = answer
        setInterrupt(.rewinding)
    }

    /// What the call in progress answers, when it is one that the guest's code has come back to; nil for one that begins.
    public func takeRewound() -> Rewound? {
        guard pendingInterrupts.contains(.rewinding), let answer = rewound else { return nil }
        rewound = nil
        // Until that is done no handler may run, and doing it is guest code that looks for signals.
        image.runner?.endRewinding(self)
        _ = takeInterrupts(.rewinding)
        return answer
    }

    /// Leaves the guest's code for a checkpoint.
    /// - Returns: false when there is no such checkpoint.
    public func goBack(to key: CheckpointKey, value: UInt64) -> Bool {
        guard image.runner?.hasCheckpoint(key, on: self) == true else { return false }
        jump = StackJump(key: key, value: value)
        setInterrupt(.jumping)
        return true
    }

    /// The checkpoint that the guest's code is being left for.
    public var jumpKey: CheckpointKey? { jump?.key }

    /// The jump that the guest's code was left for; it is over then. For the runner.
    public func takeJump() -> StackJump? {
        guard let jump else { return nil }
        self.jump = nil
        _ = takeInterrupts(.jumping)
        return jump
    }
}
