import Glibc
import WasixABI

/// The one place where those calls of the host are made that can fail for reasons of the host's alone: no space, no
/// descriptors, no memory, a broken device. The host's errno becomes the guest's here, and a call that a signal cut
/// short is made again: EINTR does not tell a thread to leave its call (`GuestThread.isInterrupted` does).
///
/// Calls that wait for long, and those that only ask for what is known not to fail, are made directly.
enum HostCall {
    /// What is asked of the host, for tests that let it fail.
    enum Kind {
        /// A file or directory by its path.
        case open
        case read, write
        /// Data to the disk.
        case sync
        /// Size, room, times.
        case change
        case status
        /// Names: making, moving, removing.
        case name
        case socket, connect, accept
        /// An address for a socket: binding it, listening there.
        case bind
        /// Data of sockets.
        case receive, send
        /// What a socket is set to and asked for: options, addresses, the end of a direction.
        case option
        /// An instance of the host's, or a descriptor that goes with it.
        case epollCreate
        case epollControl
    }

    /// Makes a call that answers -1 for a failure.
    /// - Returns: what it answers; the negative host errno of a failure.
    @inline(__always)
    static func answer<Count: BinaryInteger>(_ kind: Kind, _ body: () -> Count) -> Int {
        repeating(kind) {
            let answer = Int(body())
            return answer < 0 ? -Int(Glibc.errno) : answer
        }
    }

    /// As `answer`, for a call that answers the negative host errno itself.
    @inline(__always)
    static func repeating(_ kind: Kind, _ body: () -> Int) -> Int {
        while true {
            #if DEBUG
                if let code = ForcedFailure.take(kind) {
                    if code == EINTR { continue }
                    return -Int(code)
                }
            #endif
            let answer = body()
            // A connect(2) that was cut short goes on in the host, and a second call would answer EALREADY.
            guard answer == -Int(EINTR), kind != .connect else { return answer }
        }
    }

    /// As `answer`, for a count of bytes.
    @inline(__always)
    static func transfer(_ kind: Kind, _ body: () -> Int) -> IoResult {
        let answer = answer(kind, body)
        return answer >= 0 ? .done(answer) : .failed(Errno(failure: answer))
    }

    /// As `answer`, with the failure thrown.
    @inline(__always)
    @discardableResult
    static func value<Count: BinaryInteger>(_ kind: Kind, _ body: () -> Count) throws(Errno) -> Int {
        try value(of: answer(kind, body))
    }

    /// What `answer` returned, with the failure thrown.
    @inline(__always)
    @discardableResult
    static func value(of answer: Int) throws(Errno) -> Int {
        guard answer >= 0 else { throw Errno(failure: answer) }
        return answer
    }
}

extension Errno {
    /// The failure that an answer of `HostCall` is: a negative host errno.
    @inline(__always)
    init(failure answer: Int) { self.init(host: Int32(-answer)) }
}
