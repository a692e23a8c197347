/// What a filter can ask about: the one list behind the parser, `wasix-top fields` and completion.
///
/// A field of a call has a value or none: a call that succeeded has no `err`, one without descriptors no `fd`.
package enum FilterField: String, CaseIterable, Sendable {
    case call
    case error = "err"
    case result = "ret"
    case bytes
    case duration = "dur"
    case wait
    case timeout
    case fd
    case fdType = "fd.type"
    case fdName = "fd.name"
    case path
    case refused
    case stack
    case edge
    case woke
    case wokenBy = "wokenby"
    case passed
    case ready
    case ok
    case failed
    case unfinished
    case thread = "tid"
    case process = "pid"
    case time
    case text
    case signal
    case lifetime = "thread"
    case lint

    /// Those of a record, which is what the trace, breaks and exports ask about.
    package static let ofRecords = Set(allCases).subtracting([.lint])

    package var name: String { rawValue }

    /// Other names of it: strace's, sysdig's, and short ones.
    package var aliases: [String] {
        switch self {
        case .call: ["trace", "t", "syscall", "evt.type"]
        case .error: ["errno", "error"]
        case .result: ["res"]
        case .duration: ["latency", "duration"]
        case .fd: ["fd.num"]
        case .fdType: ["type"]
        case .fdName: ["name"]
        case .thread: ["thread.tid"]
        case .process: ["proc.pid"]
        case .text: ["line"]
        default: []
        }
    }

    package static func named(_ word: String) -> FilterField? { byName[word] }

    /// All names, aliases included.
    static let names = allCases.flatMap { [$0.name] + $0.aliases }

    private static let byName = Dictionary(
        uniqueKeysWithValues: allCases.flatMap { field in ([field.name] + field.aliases).map { ($0, field) } })

    /// What can be said of it.
    package enum Kind: String, Sendable {
        /// Stands alone: it is so or not.
        case flag
        case number
        /// A number of bytes.
        case size
        case duration
        case call
        case errno
        case signal
        case text
        /// One of `FilterField.types`.
        case type
        /// One of `FilterField.events`.
        case event
    }

    package var kind: Kind {
        switch self {
        case .call: .call
        case .error: .errno
        case .bytes: .size
        case .duration, .wait, .timeout, .time: .duration
        case .result, .fd, .edge, .woke, .wokenBy, .passed, .thread, .process: .number
        case .fdType: .type
        case .fdName, .path, .refused, .stack, .text, .lint: .text
        case .ready: .event
        case .signal: .signal
        case .ok, .failed, .unfinished, .lifetime: .flag
        }
    }

    /// Whether every line has it; what others have is only asked of calls.
    var isOfEveryLine: Bool {
        switch self {
        case .thread, .process, .time, .text: true
        default: false
        }
    }

    /// Whether it says something of lines that are no calls, too.
    var isOfAnyRecord: Bool { isOfEveryLine || self == .signal || self == .lifetime }

    package var meaning: String {
        switch self {
        case .call: "the call: names, %families and /regexes as with strace, with commas, ! takes away"
        case .error: "the error of a call that failed"
        case .result: "what a call returned that did not fail, as the C function of that purpose does"
        case .bytes: "bytes that a call moved"
        case .duration: "how long a call took, or has taken so far"
        case .wait: "from the beginning of a call that slept to the end of its wait"
        case .timeout: "how long a call was allowed to wait; INF for ever"
        case .fd: "a descriptor that a call was given, asked about, was told of or made"
        case .fdType: "what is behind a descriptor that a call was given: \(types.joined(separator: " "))"
        case .fdName: "the name of what is behind it, as the line shows it"
        case .path: "a name of a file that a call was given"
        case .refused: "why the sandbox refused a call"
        case .stack: "a function or file on the stack of a call, where stacks are kept (-k)"
        case .edge: "a descriptor for which a call made a new edge in an epoll instance"
        case .woke: "a thread that a call woke"
        case .wokenBy: "the thread that woke the one in the call"
        case .passed: "a descriptor that was ready and that a wait for events did not report"
        case .ready: "what a wait for events reported; in tables, what a descriptor is ready for"
        case .ok: "the call returned without an error"
        case .failed: "the call returned with an error"
        case .unfinished: "the call did not return, or has not yet"
        case .thread: "the thread, as [T2] shows it"
        case .process: "the process"
        case .time: "when it took effect, since the start"
        case .text: "the whole line; a word that is nothing else asks for it, too"
        case .signal: "the signal for which a thread runs a handler"
        case .lifetime: "a thread began or ended"
        case .lint: "in view 7: the name or code of what was found"
        }
    }

    package var example: String {
        switch self {
        case .call: "call=epoll_wait,%futex"
        case .error: "err=EAGAIN"
        case .result: "ret>0"
        case .bytes: "bytes>=4K"
        case .duration: "dur>1ms"
        case .wait: "wait>=100us"
        case .timeout: "timeout=INF"
        case .fd: "fd in (3, 7..9)"
        case .fdType: "fd.type=tcp"
        case .fdName: "fd.name~127.0.0.1"
        case .path: "path~/\\.conf$/"
        case .refused: "refused"
        case .stack: "stack~queue_push"
        case .edge: "edge=5"
        case .woke: "woke=3"
        case .wokenBy: "wokenby=1"
        case .passed: "passed"
        case .ready: "ready in (HUP, ERR)"
        case .ok: "ok"
        case .failed: "failed"
        case .unfinished: "unfinished"
        case .thread: "tid in (1, 3)"
        case .process: "pid=2"
        case .time: "time in (1s..2.5s)"
        case .text: "text~\"connection refused\""
        case .signal: "signal=SIGCHLD"
        case .lifetime: "thread"
        case .lint: "lint=E01"
        }
    }

    private var types: [String] { Self.types }
}
