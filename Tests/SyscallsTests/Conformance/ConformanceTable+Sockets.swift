import WasixABI

/// Sockets from `sock_open` to `sock_shutdown`, but for data and options (WasixABI.docc/Sockets).
extension ConformanceTable {
    /// Errnos of every call on a socket.
    static let anySocketErrnos: Set<Errno> = [.badf, .notsock]

    /// The failures that every call on a socket has.
    static func anySocket(
        _ arguments: @escaping @Sendable (FileGuest, _ fd: UInt64) -> [UInt64]
    ) -> [ConformanceCase] {
        [
            .fails(.badf, "an unused number") { arguments($0, $0.unused) },
            .fails(.notsock, "a file") { arguments($0, $0.create("a")) },
        ]
    }

    static let sockets: [ConformanceRow] = [
        ConformanceRow(
            .sockOpen, [.acces, .afnosupport, .notsup, .protonosupport],
            [
                .ok("TCP", "sock_open(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 0") { [1, 1, 6, $0.out] },
                .ok("UDP over IPv6", "sock_open(AF_INET6, SOCK_DGRAM, IPPROTO_IP) = 0") {
                    [2, 2, 0, $0.out]
                },
                .ok("a Unix-domain stream", "sock_open(AF_UNIX, SOCK_STREAM, IPPROTO_IP) = 0") {
                    [3, 1, 0, $0.out]
                },
                .fails(.acces, "nothing is granted") { [1, 1, 6, $0.out] }.offline,
                .fails(.afnosupport, "an unknown family") { [9, 1, 0, $0.out] },
                .fails(.protonosupport, "UDP as a stream") { [1, 1, 17, $0.out] },
                .fails(.notsup, "a raw socket") { [1, 3, 0, $0.out] },
                .fails(.protonosupport, "a stream of an unknown protocol") { [1, 1, 99, $0.out] },
            ]),
        ConformanceRow(
            .sockPair, [.notsup],
            [
                .ok("streams", "sock_pair(AF_UNIX, SOCK_STREAM, IPPROTO_IP, ret_fd0=0, ret_fd1=1) = 0") {
                    [3, 1, 0, $0.out, $0.out]
                },
                .fails(.notsup, "sockets of packets in order") { [3, 4, 0, $0.out, $0.out] },
            ]),
        ConformanceRow(
            .sockBind, anySocketErrnos.union([.inval, .addrinuse, .addrnotavail]),
            [
                .ok("a port of the host's choice", "sock_bind(0<tcp>, 127.0.0.1:0) = 0") {
                    [$0.tcp(), $0.address(port: 0)]
                },
                .fails(.inval, "another family") { [$0.tcp(), $0.put([2] + [UInt8](repeating: 0, count: 27))] },
                .fails(.inval, "twice") {
                    let fd = $0.tcp()
                    precondition($0.call(.sockBind, fd, $0.address(port: 0)) == .success)
                    return [fd, $0.address(port: 0)]
                },
                .fails(.addrinuse, "a port that is taken") {
                    let (_, port) = $0.listener()
                    return [$0.tcp(), $0.address(port: port)]
                },
                .fails(.addrnotavail, "an address of another host") {
                    [$0.tcp(), $0.address([192, 0, 2, 1], port: 0)]
                },
            ] + anySocket { [$1, $0.address(port: 0)] }),
        ConformanceRow(
            .sockListen, anySocketErrnos.union([.notsup]),
            [
                .ok("unbound", "sock_listen(0<tcp*>, backlog=4) = 0") { [$0.tcp(), 4] },
                .fails(.notsup, "a datagram socket") { [$0.udp(), 4] },
            ] + anySocket { [$1, 4] }),
        ConformanceRow(
            .sockAccept, anySocketErrnos.union([.again, .inval]),
            [
                .ok("a connection", "sock_accept(0<tcp-ls *>, flags=O_NONBLOCK) = 2") {
                    let (fd, port) = $0.listener()
                    _ = $0.connected(to: port)
                    return [fd, 4, $0.out]
                }.asPreview1,
                .fails(.again, "nobody comes") {
                    let fd = $0.listener().fd
                    $0.setNonBlocking(fd)
                    return [fd, 0, $0.out]
                },
                .fails(.inval, "what does not listen") { [$0.tcp(), 0, $0.out] },
            ] + anySocket { [$1, 0, $0.out] }),
        acceptWithAddress(.sockAcceptWasix, "sock_accept"),
        acceptWithAddress(.sockAcceptV2, "sock_accept_v2"),
        ConformanceRow(
            .sockConnect, anySocketErrnos.union([.inprogress, .already, .isconn, .connrefused, .afnosupport]),
            [
                .ok("a listener", "sock_connect(1<tcp>, 127.0.0.1:*) = 0") {
                    let (_, port) = $0.listener()
                    return [$0.tcp(), $0.address(port: port)]
                },
                .fails(.inprogress, "without waiting, nobody answers yet") {
                    let port = $0.busyListener()
                    let fd = $0.tcp()
                    $0.setNonBlocking(fd)
                    return [fd, $0.address(port: port)]
                },
                .fails(.already, "again while it goes on") {
                    let port = $0.busyListener()
                    let fd = $0.tcp()
                    $0.setNonBlocking(fd)
                    precondition($0.call(.sockConnect, fd, $0.address(port: port)) == .inprogress)
                    return [fd, $0.address(port: port)]
                },
                .fails(.isconn, "again afterwards") {
                    let (_, port) = $0.listener()
                    return [$0.connected(to: port), $0.address(port: port)]
                },
                .fails(.connrefused, "a port without a listener") {
                    let (fd, port) = $0.listener()
                    precondition($0.call(.fdClose, fd) == .success)
                    return [$0.tcp(), $0.address(port: port)]
                },
                .fails(.afnosupport, "another family") { [$0.tcp(), $0.put([3, 0] + Array("/data/s\0".utf8))] },
            ] + anySocket { [$1, $0.address(port: 1)] }),
        ConformanceRow(
            .sockStatus, anySocketErrnos,
            [
                .ok("connected", "sock_status(1<tcp *>, ret=OPENED) = 0") {
                    [$0.connected(to: $0.listener().port), $0.out]
                },
                .ok("fresh", "sock_status(0<tcp>, ret=OPENING) = 0") { [$0.tcp(), $0.out] },
            ] + anySocket { [$1, $0.out] }),
        ConformanceRow(
            .sockAddrLocal, anySocketErrnos,
            [
                .ok("unbound", "sock_addr_local(0<tcp>, ret_addr=0.0.0.0:0) = 0") { [$0.tcp(), $0.room(28)] }
            ] + anySocket { [$1, $0.room(28)] }),
        ConformanceRow(
            .sockAddrPeer, anySocketErrnos.union([.notconn]),
            [
                .ok("connected", "sock_addr_peer(1<tcp 127.0.0.1:*>, ret_addr=127.0.0.1:*) = 0") {
                    [$0.connected(to: $0.listener().port), $0.room(28)]
                },
                .fails(.notconn, "unconnected") { [$0.tcp(), $0.room(28)] },
            ] + anySocket { [$1, $0.room(28)] }),
        ConformanceRow(
            .sockShutdown, anySocketErrnos.union([.inval, .notconn]),
            [
                .ok("one way", "sock_shutdown(0<pair 0-1>, how=SHUT_WR) = 0") { [$0.pair().0, 2] },
                .fails(.inval, "no way at all") { [$0.pair().0, 0] },
                .fails(.notconn, "unconnected") { [$0.tcp(), 2] },
            ] + anySocket { [$1, 2] }),
    ]

    private static func acceptWithAddress(_ call: CallID, _ name: String) -> ConformanceRow {
        ConformanceRow(
            call, anySocketErrnos.union([.again, .inval]),
            [
                .ok("a connection", "\(name)(0<tcp-ls *>, flags=0, ret_addr=127.0.0.1:*) = 2") {
                    let (fd, port) = $0.listener()
                    _ = $0.connected(to: port)
                    return [fd, 0, $0.out, $0.room(28)]
                },
                .fails(.again, "nobody comes") {
                    let fd = $0.listener().fd
                    $0.setNonBlocking(fd)
                    return [fd, 0, $0.out, $0.room(28)]
                },
                .fails(.inval, "what does not listen") { [$0.tcp(), 0, $0.out, $0.room(28)] },
            ] + anySocket { [$1, 0, $0.out, $0.room(28)] })
    }
}
