import Glibc
import WasixABI

/// The door to those calls of the host that can fail for reasons of the host's alone: no space, no descriptors, no
/// memory, a broken device. What the host's errno means for the guest is decided here, and a call that a signal cut short
/// is made again: whoever is to leave a wait does so by other means (`GuestThread.isInterrupted`).
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
        case socket, bind, connect, accept
        /// An instance of the host's, or what goes with it.
        case epollCreate
        case epollControl
    }

    /// Makes a call that answers -1 for a failure.
    /// - Returns: what it answers; the negative host errno of a failure.
    @inline(__always)
    static func answer<Count: BinaryInteger>(_ kind: Kind, _ body: () -> Count) -> Int {
        while true {
            #if DEBUG
                if let code = ForcedFailure.take(kind) {
                    if code == EINTR { continue }
                    return -Int(code)
                }
            #endif
            let answer = Int(body())
            guard answer < 0 else { return answer }
            // An attempt to connect goes on when its call is cut short, and another call would say so (connect(2)).
            guard Glibc.errno == EINTR, kind != .connect else { return -Int(Glibc.errno) }
        }
    }

    /// As `answer`, for a count of bytes.
    @inline(__always)
    static func transfer(_ kind: Kind, _ body: () -> Int) -> IoResult {
        let answer = answer(kind, body)
        return answer >= 0 ? .done(answer) : .failed(Errno(host: Int32(-answer)))
    }

    /// As `answer`, with the failure thrown.
    @inline(__always)
    @discardableResult
    static func value<Count: BinaryInteger>(_ kind: Kind, _ body: () -> Count) throws(Errno) -> Int {
        let answer = answer(kind, body)
        guard answer >= 0 else { throw Errno(host: Int32(-answer)) }
        return answer
    }
}
