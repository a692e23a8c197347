import WasixABI

/// One of everything a descriptor can stand for, as the conformance table needs them.
extension FileGuest {
    /// A number that is never open.
    var unused: UInt64 { 77 }

    /// Room for one result of up to eight bytes.
    var out: UInt64 { room(8) }

    /// Address and length of a text.
    func text(_ text: String) -> [UInt64] { [put(text), UInt64(text.utf8.count)] }

    /// A call that makes one descriptor, whose number goes to its last argument.
    func make(_ id: CallID, _ arguments: UInt64...) -> UInt64 {
        let target = room(4)
        precondition(call(id, arguments + [target]) == .success, "\(id)")
        return UInt64(load(target, as: UInt32.self))
    }

    /// A call that makes two descriptors.
    func makePair(_ id: CallID, _ arguments: UInt64...) -> (UInt64, UInt64) {
        let (first, second) = (room(4), room(4))
        precondition(call(id, arguments + [first, second]) == .success, "\(id)")
        return (UInt64(load(first, as: UInt32.self)), UInt64(load(second, as: UInt32.self)))
    }

    func counter(_ initial: UInt64, nonBlocking: Bool = true) -> UInt64 {
        make(.fdEvent, initial, nonBlocking ? 4 : 0)
    }

    func epoll() -> UInt64 { make(.epollCreate) }
    func pair(type: UInt64 = 1) -> (UInt64, UInt64) { makePair(.sockPair, 3, type, 0) }

    func setNonBlocking(_ fd: UInt64) {
        precondition(call(.fdFdstatSetFlags, fd, UInt64(FdFlags.nonblock.rawValue)) == .success)
    }

    /// A read end that is empty and does not wait.
    func emptyPipe() -> UInt64 {
        let (reader, _) = pipe()
        setNonBlocking(reader)
        return reader
    }

    /// A write end that has no room and does not wait.
    func fullPipe() -> UInt64 {
        let (_, writer) = pipe()
        setNonBlocking(writer)
        let block = room(65_536)
        precondition(call(.fdWrite, writer, vectors([(block, 65_536)]), 1, out) == .success)
        return writer
    }

    /// A write end whose other end is closed.
    func brokenPipe() -> UInt64 {
        let (reader, writer) = pipe()
        precondition(call(.fdClose, reader) == .success)
        return writer
    }

    /// An iovec array of one buffer that holds `text`, and its count.
    func buffer(_ text: String) -> [UInt64] { [vectors([(put(text), text.utf8.count)]), 1] }

    /// An iovec array of one buffer with room for `count` bytes, and its count.
    func buffer(_ count: Int) -> [UInt64] { [vectors([(room(count), count)]), 1] }

    /// Little-endian bytes of several numbers.
    static func bytes<each Number: FixedWidthInteger>(_ numbers: repeat each Number) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in repeat each numbers {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        return bytes
    }
}

/// Sockets, as the conformance table needs them.
extension FileGuest {
    func tcp() -> UInt64 { make(.sockOpen, 1, 1, 0) }
    func udp(family: UInt64 = 1) -> UInt64 { make(.sockOpen, family, 2, 0) }

    /// An `addr_port` of IPv4.
    func address(_ octets: [UInt8] = [127, 0, 0, 1], port: UInt16) -> UInt64 {
        put([1, 0] + Self.bytes(port) + octets)
    }

    private func localPort(_ fd: UInt64) -> UInt16 {
        let target = room(28)
        precondition(call(.sockAddrLocal, fd, target) == .success)
        return load(target + 2)
    }

    /// A listener and its port.
    func listener(backlog: UInt64 = 8) -> (fd: UInt64, port: UInt16) {
        let fd = tcp()
        precondition(call(.sockBind, fd, address(port: 0)) == .success)
        precondition(call(.sockListen, fd, backlog) == .success)
        return (fd, localPort(fd))
    }

    func connected(to port: UInt16) -> UInt64 {
        let fd = tcp()
        precondition(call(.sockConnect, fd, address(port: port)) == .success)
        return fd
    }

    /// The port of a listener that takes no more connections: an attempt stays an attempt.
    func busyListener() -> UInt16 {
        let (_, port) = listener(backlog: 0)
        _ = connected(to: port)
        return port
    }

    /// A datagram socket with a port of its own.
    func boundUdp() -> (fd: UInt64, port: UInt16) {
        let fd = udp()
        precondition(call(.sockBind, fd, address(port: 0)) == .success)
        return (fd, localPort(fd))
    }
}
