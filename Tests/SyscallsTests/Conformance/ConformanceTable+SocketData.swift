import WasixABI

/// Data through sockets, and their options (WasixABI.docc/SocketTransfers, WasixABI.docc/SocketOptions).
extension ConformanceTable {
    /// `sock_recv`'s arguments.
    private static func receive(_ guest: FileGuest, _ fd: UInt64, _ flags: UInt64 = 0) -> [UInt64] {
        [fd] + guest.buffer(8) + [flags, guest.out, guest.out]
    }

    static let socketData: [ConformanceRow] = [
        ConformanceRow(
            .sockRecv, anySocketErrnos.union([.notconn, .again]),
            [
                .ok(
                    "a datagram that is cut off",
                    "sock_recv(0<pair#1>, [{\"12345678\", 8}], riflags=0, ret_len=8, ret_flags=MSG_TRUNC) = 0"
                ) {
                    let (first, second) = $0.pair(type: 2)
                    precondition($0.call(.sockSend, [second] + $0.buffer("123456789") + [0, $0.out]) == .success)
                    return receive($0, first)
                },
                .fails(.notconn, "unconnected") { receive($0, $0.tcp()) },
                .fails(.again, "nothing there, not waiting") { receive($0, $0.pair().0, 8) },
            ] + anySocket { receive($0, $1) }),
        ConformanceRow(
            .sockSend, anySocketErrnos.union([.pipe, .destaddrreq]),
            [
                .ok("a stream", "sock_send(0<pair#1>, [{\"hi\", 2}], siflags=0) = 2") {
                    [$0.pair().0] + $0.buffer("hi") + [0, $0.out]
                },
                .fails(.pipe, "the other end is closed") {
                    let (first, second) = $0.pair()
                    precondition($0.call(.fdClose, second) == .success)
                    return [first] + $0.buffer("hi") + [0, $0.out]
                },
                .fails(.destaddrreq, "a datagram to nobody") { [$0.udp()] + $0.buffer("hi") + [0, $0.out] },
                .fails(.pipe, "an unconnected stream") { [$0.tcp()] + $0.buffer("hi") + [0, $0.out] },
            ] + anySocket { [$1] + $0.buffer("hi") + [0, $0.out] }),
        ConformanceRow(
            .sockRecvFrom, anySocketErrnos.union([.again]),
            [
                .ok(
                    "a datagram",
                    "sock_recv_from(0<udp 127.0.0.1:*>, [{\"hi\", 8}], riflags=0, ret_len=2, ret_flags=0, ret_addr=127.0.0.1:*) = 0"
                ) {
                    let (fd, port) = $0.boundUdp()
                    let sent = [$0.udp()] + $0.buffer("hi") + [0, $0.address(port: port), $0.out]
                    precondition($0.call(.sockSendTo, sent) == .success)
                    return receive($0, fd) + [$0.room(28)]
                },
                .fails(.again, "nothing there, not waiting") { receive($0, $0.boundUdp().fd, 8) + [$0.room(28)] },
            ] + anySocket { receive($0, $1) + [$0.room(28)] }),
        ConformanceRow(
            .sockSendTo, anySocketErrnos.union([.afnosupport]),
            [
                .ok("a datagram", "sock_send_to(*<udp *>, [{\"hi\", 2}], siflags=0, 127.0.0.1:*) = 2") {
                    let (_, port) = $0.boundUdp()
                    return [$0.udp()] + $0.buffer("hi") + [0, $0.address(port: port), $0.out]
                },
                .fails(.afnosupport, "another family") {
                    [$0.udp()] + $0.buffer("hi") + [0, $0.put([3, 0] + Array("/data/s\0".utf8)), $0.out]
                },
            ] + anySocket { [$1] + $0.buffer("hi") + [0, $0.address(port: 1), $0.out] }),
        ConformanceRow(
            .sockSendFile, [.badf],
            [
                .ok(
                    "part of a file",
                    "sock_send_file(0<pair#1>, 2</data/a>, offset=1, count=10) = 2"
                ) {
                    let (first, _) = $0.pair()
                    return [first, $0.create("a", "abc"), 1, 10, $0.out]
                },
                .fails(.badf, "no file") { [$0.pair().0, $0.unused, 0, 1, $0.out] },
                .fails(.badf, "nowhere to") { [$0.unused, $0.create("a", "abc"), 0, 1, $0.out] },
            ]),
        ConformanceRow(
            .sockSetOptFlag, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("no delay", "sock_set_opt_flag(0<tcp>, TCP_NODELAY, flag=true) = 0") { [$0.tcp(), 3, 1] },
                .ok("no option at all", "sock_set_opt_flag(0<tcp>, NOOP, flag=true) = 0") { [$0.tcp(), 0, 1] },
                .fails(.inval, "a size") { [$0.tcp(), 15, 1] },
                .fails(.noprotoopt, "an unknown option") { [$0.tcp(), 99, 1] },
            ] + anySocket { [$1, 3, 1] }),
        ConformanceRow(
            .sockGetOptFlag, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("no delay", "sock_get_opt_flag(0<tcp>, TCP_NODELAY, ret=false) = 0") { [$0.tcp(), 3, $0.out] },
                .fails(.inval, "a size") { [$0.tcp(), 15, $0.out] },
                .fails(.noprotoopt, "an unknown option") { [$0.tcp(), 99, $0.out] },
            ] + anySocket { [$1, 3, $0.out] }),
        ConformanceRow(
            .sockSetOptSize, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("a buffer", "sock_set_opt_size(0<tcp>, SO_RCVBUF, size=65536) = 0") { [$0.tcp(), 15, 65_536] },
                .fails(.inval, "a flag") { [$0.tcp(), 3, 1] },
                .fails(.noprotoopt, "an unknown option") { [$0.tcp(), 99, 1] },
            ] + anySocket { [$1, 15, 1] }),
        ConformanceRow(
            .sockGetOptSize, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("the type", "sock_get_opt_size(0<tcp>, SO_TYPE, ret=1) = 0") { [$0.tcp(), 25, $0.out] },
                .fails(.inval, "a flag") { [$0.tcp(), 3, $0.out] },
                .fails(.noprotoopt, "an unknown option") { [$0.tcp(), 99, $0.out] },
            ] + anySocket { [$1, 25, $0.out] }),
        ConformanceRow(
            .sockSetOptTime, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("a receive timeout", "sock_set_opt_time(0<tcp>, SO_RCVTIMEO, timeout=5ns) = 0") {
                    [$0.tcp(), 19, $0.put(FileGuest.bytes(UInt64(1), UInt64(5)))]
                },
                .fails(.inval, "a flag") { [$0.tcp(), 3, $0.put(FileGuest.bytes(UInt64(1), UInt64(5)))] },
                .fails(.noprotoopt, "an unknown option") {
                    [$0.tcp(), 99, $0.put(FileGuest.bytes(UInt64(1), UInt64(5)))]
                },
            ] + anySocket { [$1, 19, $0.put(FileGuest.bytes(UInt64(1), UInt64(5)))] }),
        ConformanceRow(
            .sockGetOptTime, anySocketErrnos.union([.inval, .noprotoopt]),
            [
                .ok("no receive timeout", "sock_get_opt_time(0<tcp>, SO_RCVTIMEO, ret=NONE) = 0") {
                    [$0.tcp(), 19, $0.room(16)]
                },
                .fails(.inval, "a flag") { [$0.tcp(), 3, $0.room(16)] },
                .fails(.noprotoopt, "an unknown option") { [$0.tcp(), 99, $0.room(16)] },
            ] + anySocket { [$1, 19, $0.room(16)] }),
        multicast4(.sockJoinMulticastV4, isMember: false),
        multicast4(.sockLeaveMulticastV4, isMember: true),
        multicast6(.sockJoinMulticastV6, isMember: false),
        multicast6(.sockLeaveMulticastV6, isMember: true),
    ]

    private static let group4: [UInt8] = [239, 1, 2, 3]
    private static let group6: [UInt8] = [0xff, 0x01] + [UInt8](repeating: 0, count: 13) + [0x42] + [0, 0, 0, 0]

    private static func multicast4(_ call: CallID, isMember: Bool) -> ConformanceRow {
        ConformanceRow(
            call, anySocketErrnos.union([isMember ? .addrnotavail : .inval]),
            [
                .ok("a group", "\(call.spec.name)(0<udp>, 239.1.2.3, 127.0.0.1) = 0") {
                    let words = [$0.udp(), $0.put(group4), $0.put([127, 0, 0, 1])]
                    if isMember { precondition($0.call(.sockJoinMulticastV4, words) == .success) }
                    return words
                },
                .fails(isMember ? .addrnotavail : .inval, "an address that is no group's") {
                    [$0.udp(), $0.put([10, 0, 0, 1]), $0.put([0, 0, 0, 0])]
                },
            ] + anySocket { [$1, $0.put(group4), $0.put([0, 0, 0, 0])] })
    }

    private static func multicast6(_ call: CallID, isMember: Bool) -> ConformanceRow {
        ConformanceRow(
            call, anySocketErrnos.union([.inval]),
            [
                .ok("a group", "\(call.spec.name)(0<udp>, ff01::42, iface=1) = 0") {
                    let words = [$0.udp(family: 2), $0.put(group6), 1]
                    if isMember { precondition($0.call(.sockJoinMulticastV6, words) == .success) }
                    return words
                },
                .fails(.inval, "an address that is no group's") {
                    [$0.udp(family: 2), $0.put([UInt8](repeating: 0, count: 24)), 1]
                },
            ] + anySocket { [$1, $0.put(group6), 1] })
    }
}
