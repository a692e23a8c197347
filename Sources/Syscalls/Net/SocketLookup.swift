import Kernel
import Trace
import WasixABI

/// What the socket calls work on.
enum GuestSocket {
    case host(HostSocket)
    case pair(SocketPairEnd)

    init?(_ file: OpenFile) {
        if let host = file.asHostSocket {
            self = .host(host)
        } else if let pair = file.asSocketPair {
            self = .pair(pair)
        } else {
            return nil
        }
    }

    /// The errno of listening on this socket when it is one end of a pair: a stream is connected already, and a
    /// datagram socket cannot listen (Linux: unix_listen).
    var cannotListen: Errno {
        if case .pair(let end) = self, end.fileType == .socketStream { return .inval }
        return .notsup
    }
}

extension GuestThread {
    /// Runs `body` with the socket behind argument `index` and the kernel lock held.
    /// - Throws: BADF, NOTSOCK, NOTCAPABLE without `right`, and what `body` throws.
    func withSocket<Result>(
        _ call: Call, _ index: Int = 0, needing right: Rights = [],
        _ body: (GuestSocket) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        kernel.lock()
        defer { kernel.unlock() }
        let descriptors = process.descriptors
        guard let file = descriptors.file(call.fd(index), self), let entry = descriptors.slot(call.fd(index)) else {
            throw .badf
        }
        let held = file.takeUnretainedValue()
        guard let socket = GuestSocket(held) else { throw .notsock }
        // A right that this kind of object never has was not taken away: then the call itself reports what is wrong.
        guard entry.pointee.rights.contains(right) || !held.rights.contains(right) else { throw .notcapable }
        held.hold()
        defer { held.release() }
        return try body(socket)
    }
}
