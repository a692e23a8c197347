import Trace

/// What `wasix-top` exits with when it is not the guest's own status.
enum ExitStatus {
    static let success: Int32 = 0
    /// A check found something.
    static let found: Int32 = 1
    /// A check could not be made.
    static let checkFailed: Int32 = 2
    /// EX_USAGE
    static let usage: Int32 = 64
    /// As timeout(1) has it.
    static let timeLimit: Int32 = 124
    static let ownFailure: Int32 = 125
    static let notRunnable: Int32 = 126
    static let notFound: Int32 = 127
    static let hungUp: Int32 = 129
    static let interrupted: Int32 = 130
    static let trap: Int32 = 134

    /// As a shell reports a program that ended so.
    static func of(_ state: GuestState) -> Int32 {
        switch state {
        case .running: ownFailure
        case .exited(let code): Int32(code & 0xff)
        case .trapped: trap
        case .signalled(let signal): 128 + Int32(signal)
        }
    }
}
