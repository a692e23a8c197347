import Glibc

/// Why a command cannot go on: one line for the user, a status for the shell.
struct Failure: Error {
    let message: String
    /// Lines that show where.
    var excerpt: [String] = []
    /// The last line: what to do about it.
    var hint: String?
    let status: Int32

    init(
        _ message: String, excerpt: [String] = [], hint: String? = nil, status: Int32 = ExitStatus.ownFailure
    ) {
        self.message = message
        self.excerpt = excerpt
        self.hint = hint
        self.status = status
    }

    /// `what (where: the host's words)` of a host call that failed.
    init(_ what: String, _ place: String, errno: Int32, status: Int32 = ExitStatus.ownFailure) {
        self.init("\(what) (\(place): \(String(cString: strerror(errno))))", status: status)
    }

    func report() {
        StandardError.write(lines: ["wasix-top: error: \(message)"] + excerpt + (hint.map { [$0] } ?? []))
    }
}
