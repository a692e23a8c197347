extension CallTable {
    static let sockets: [CallSpec] = [
        CallSpec(
            .sockOpen, "sock_open", Namespace.wasixOnly, .socket,
            [
                "af": .constant(.addressFamily), "ty": .constant(.sockType), "proto": .constant(.sockProto),
                "ret_fd": .out(.fd),
            ]),
        CallSpec(
            .sockPair, "sock_pair", Namespace.wasixOnly, .socket,
            [
                "af": .constant(.addressFamily), "ty": .constant(.sockType), "proto": .constant(.sockProto),
                "ret_fd0": .out(.fd), "ret_fd1": .out(.fd),
            ]),
        CallSpec(
            .sockBind, "sock_bind", Namespace.wasixOnly, .socket,
            ["fd": .fd, "addr": .structure(.addrPort, .input)]),
        CallSpec(.sockListen, "sock_listen", Namespace.wasixOnly, .socket, ["fd": .fd, "backlog": .size]),
        CallSpec(
            .sockAccept, "sock_accept", [.preview1], .socket,
            ["fd": .fd, "flags": .flags(.fdFlags), "ret_fd": .out(.fd)]),
        CallSpec(
            .sockAcceptWasix, "sock_accept", Namespace.wasixOnly, .socket,
            [
                "fd": .fd, "flags": .flags(.fdFlags), "ret_fd": .out(.fd),
                "ret_addr": .structure(.addrPort, .output),
            ]),
        CallSpec(
            .sockAcceptV2, "sock_accept_v2", Namespace.wasixOnly, .socket,
            [
                "fd": .fd, "flags": .flags(.fdFlags), "ret_fd": .out(.fd),
                "ret_addr": .structure(.addrPort, .output),
            ]),
        CallSpec(
            .sockConnect, "sock_connect", Namespace.wasixOnly, .socket,
            ["fd": .fd, "addr": .structure(.addrPort, .input)]),
        CallSpec(
            .sockStatus, "sock_status", Namespace.wasixOnly, .socket,
            ["fd": .fd, "ret": .out(.constant(.sockStatus))]),
        CallSpec(
            .sockAddrLocal, "sock_addr_local", Namespace.wasixOnly, .socket,
            ["fd": .fd, "ret_addr": .structure(.addrPort, .output)]),
        CallSpec(
            .sockAddrPeer, "sock_addr_peer", Namespace.wasixOnly, .socket,
            ["fd": .fd, "ret_addr": .structure(.addrPort, .output)]),
        CallSpec(
            .sockRecv, "sock_recv", Namespace.everywhere, .socket,
            [
                "fd": .fd, "iovs": .iovecs(.output, count: 2, used: 4), "iovs_len": .size,
                "riflags": .flags(.riFlags), "ret_len": .out(.size), "ret_flags": .out(.flags(.roFlags)),
            ]),
        CallSpec(
            .sockSend, "sock_send", Namespace.everywhere, .socket,
            [
                "fd": .fd, "iovs": .iovecs(.input, count: 2, used: 4), "iovs_len": .size,
                "siflags": .flags(.siFlags), "ret_len": .out(.size),
            ]),
        CallSpec(
            .sockRecvFrom, "sock_recv_from", Namespace.wasixOnly, .socket,
            [
                "fd": .fd, "iovs": .iovecs(.output, count: 2, used: 4), "iovs_len": .size,
                "riflags": .flags(.riFlags), "ret_len": .out(.size), "ret_flags": .out(.flags(.roFlags)),
                "ret_addr": .structure(.addrPort, .output),
            ]),
        CallSpec(
            .sockSendTo, "sock_send_to", Namespace.wasixOnly, .socket,
            [
                "fd": .fd, "iovs": .iovecs(.input, count: 2, used: 5), "iovs_len": .size,
                "siflags": .flags(.siFlags), "addr": .structure(.addrPort, .input), "ret_len": .out(.size),
            ]),
        CallSpec(
            .sockSendFile, "sock_send_file", Namespace.wasixOnly, .socket,
            ["out_fd": .fd, "in_fd": .fd, "offset": .u64, "count": .u64, "ret_sent": .out(.u64)]),
        CallSpec(
            .sockShutdown, "sock_shutdown", Namespace.everywhere, .socket,
            ["fd": .fd, "how": .flags(.sdFlags)]),
        CallSpec(
            .sockSetOptFlag, "sock_set_opt_flag", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "flag": .bool]),
        CallSpec(
            .sockGetOptFlag, "sock_get_opt_flag", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "ret": .out(.bool)]),
        CallSpec(
            .sockSetOptTime, "sock_set_opt_time", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "timeout": .structure(.optionTimestamp, .input)]),
        CallSpec(
            .sockGetOptTime, "sock_get_opt_time", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "ret": .structure(.optionTimestamp, .output)]),
        CallSpec(
            .sockSetOptSize, "sock_set_opt_size", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "size": .u64]),
        CallSpec(
            .sockGetOptSize, "sock_get_opt_size", Namespace.wasixOnly, .socket,
            ["fd": .fd, "opt": .constant(.sockOption), "ret": .out(.u64)]),
        CallSpec(
            .sockJoinMulticastV4, "sock_join_multicast_v4", Namespace.wasixOnly, .socket,
            ["fd": .fd, "group": .structure(.addrIp4, .input), "iface": .structure(.addrIp4, .input)]),
        CallSpec(
            .sockLeaveMulticastV4, "sock_leave_multicast_v4", Namespace.wasixOnly, .socket,
            ["fd": .fd, "group": .structure(.addrIp4, .input), "iface": .structure(.addrIp4, .input)]),
        CallSpec(
            .sockJoinMulticastV6, "sock_join_multicast_v6", Namespace.wasixOnly, .socket,
            ["fd": .fd, "group": .structure(.addrIp6, .input), "iface": .u32]),
        CallSpec(
            .sockLeaveMulticastV6, "sock_leave_multicast_v6", Namespace.wasixOnly, .socket,
            ["fd": .fd, "group": .structure(.addrIp6, .input), "iface": .u32]),
    ]
}
