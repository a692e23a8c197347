import Foundation

/// A TCP socket of the test's own on the loopback interface.
final class HostSocket {
    let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Listens on a port of the host's choice.
    static func listener() throws -> HostSocket {
        let made = HostSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        guard withAddress(0, { bind(made.descriptor, $0, $1) }) == 0, listen(made.descriptor, 64) == 0 else {
            throw SocketFailure(errno)
        }
        return made
    }

    /// The next connection to this listener.
    func accepted() throws -> HostSocket {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { throw SocketFailure(errno) }
        return HostSocket(connection)
    }

    /// Connects to `port`; asks again for three minutes while nobody listens there yet.
    static func connection(to port: UInt16) throws -> HostSocket {
        let deadline = ContinuousClock.now + .seconds(180)
        while true {
            let made = HostSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
            if withAddress(port, { connect(made.descriptor, $0, $1) }) == 0 {
                var limit = timeval(tv_sec: 180, tv_usec: 0)
                setsockopt(
                    made.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                return made
            }
            guard errno == ECONNREFUSED, ContinuousClock.now < deadline else { throw SocketFailure(errno) }
            usleep(20_000)
        }
    }

    var port: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { throw SocketFailure(errno) }
            bytes.removeFirst(sent)
        }
    }

    /// At most `count` bytes; fewer at the end of the stream.
    func receive(_ count: Int) throws -> Data {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while data.count < count {
            let got = recv(descriptor, &buffer, min(buffer.count, count - data.count), 0)
            guard got >= 0 else { throw SocketFailure(errno) }
            if got == 0 { break }
            data.append(contentsOf: buffer[..<got])
        }
        return data
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}

struct SocketFailure: Error, CustomStringConvertible {
    let description: String

    init(_ code: Int32) { description = String(cString: strerror(code)) }
}
