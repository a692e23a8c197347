extension Signal: CustomStringConvertible {
    /// `SIGINT`; `0` for none, `SIG_99` for a number outside the table.
    public var name: String {
        Int(rawValue) < Self.names.count ? Self.names[Int(rawValue)] : "SIG_\(rawValue)"
    }

    public var description: String { name }

    private static let names = [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",
        "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH",
        "SIGPOLL", "SIGPWR", "SIGSYS",
    ]
}
