import Testing
import Trace
import WasixABI

@Suite struct SocketCallTests {
    private let loopback = structure(110, [(0, UInt8(1)), (2, UInt16(8080)), (4, UInt32(0x0100_007f))])

    private func ip6(_ groups: [UInt16], port: UInt16) -> [UInt8] {
        structure(
            28, [(0, UInt8(2)), (2, port)] + groups.enumerated().map { (4 + 2 * $0.offset, $0.element.byteSwapped) })
    }

    @Test func openNamesFamilyTypeAndProtocol() {
        #expect(
            RecordBuilder(.sockOpen, [1, 1, 6, 0x100]).result(5).line()
                == "sock_open(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 5")
        #expect(
            RecordBuilder(.sockOpen, [9, 1, 6, 0x100], errno: .afnosupport).line()
                == "sock_open(9 /* ??? */, SOCK_STREAM, IPPROTO_TCP) = EAFNOSUPPORT")
        let pair = RecordBuilder(.sockPair, [3, 2, 0, 0x100, 0x104]).result(5).keep("ret_fd1", number: 6, size: 4)
        #expect(pair.line() == "sock_pair(AF_UNIX, SOCK_DGRAM, IPPROTO_IP, ret_fd0=5, ret_fd1=6) = 0")
    }

    @Test func addressesOfAllFamilies() {
        func bind(_ bytes: [UInt8]) -> String {
            RecordBuilder(.sockBind, [5, 0x100]).keep("addr", bytes, total: 110).line()
        }
        #expect(bind(loopback) == "sock_bind(5, 127.0.0.1:8080) = 0")
        #expect(bind(ip6([0, 0, 0, 0, 0, 0, 0, 1], port: 80)) == "sock_bind(5, [::1]:80) = 0")
        #expect(
            bind(ip6([0x2001, 0xdb8, 0, 0, 1, 0, 0, 0], port: 1)) == "sock_bind(5, [2001:db8:0:0:1::]:1) = 0")
        #expect(bind(ip6([0x2001, 0, 3, 4, 5, 6, 7, 8], port: 1)) == "sock_bind(5, [2001:0:3:4:5:6:7:8]:1) = 0")
        #expect(bind(ip6([0, 0, 0, 0, 0, 0, 0, 0], port: 0)) == "sock_bind(5, [::]:0) = 0")
        let linkLocal = ip6([0xfe80, 0, 0, 0, 0, 0, 0, 7], port: 80)
        #expect(bind(linkLocal) == "sock_bind(5, [fe80::7]:80) = 0")
        #expect(bind(Array(linkLocal.prefix(26)) + [2, 0]) == "sock_bind(5, [fe80::7%2]:80) = 0")
        #expect(bind(Array(linkLocal.prefix(24)) + [1, 0, 2, 0]) == "sock_bind(5, [fe80::7]:80) = 0")
        #expect(bind(Array(linkLocal.prefix(20))) == "sock_bind(5, [fe80::7]:80) = 0")
        // What is behind an address of every link is something else of the guest's.
        let global = ip6([0x2001, 0xdb8, 0, 0, 1, 0, 0, 0], port: 1)
        #expect(bind(Array(global.prefix(26)) + [2, 0]) == "sock_bind(5, [2001:db8:0:0:1::]:1) = 0")
        #expect(bind([3, 0] + Array("/run/x\0junk".utf8)) == #"sock_bind(5, unix:"/run/x") = 0"#)
        #expect(bind([0, 0]) == "sock_bind(5, AF_UNSPEC) = 0")
        #expect(bind([77]) == "sock_bind(5, {tag=77 /* ??? */}) = 0")
        #expect(bind([1, 0, 80]) == "sock_bind(5, ?:?) = 0")
    }

    @Test func acceptNamesThePeer() {
        let record = RecordBuilder(.sockAcceptV2, [3, 4, 0x100, 0x200]).objects(1).result(7).keep("ret_addr", loopback)
        #expect(
            record.line(objects: [1: "tcp-ls 0.0.0.0:7000"])
                == "sock_accept_v2(3<tcp-ls 0.0.0.0:7000>, flags=O_NONBLOCK, ret_fd=7, ret_addr=127.0.0.1:8080) = 0")
        #expect(RecordBuilder(.sockAccept, [3, 0, 0x100]).result(7).line() == "sock_accept(3, flags=0) = 7")
        #expect(
            RecordBuilder(.sockAcceptWasix, [3, 0, 0x100, 0x200], errno: .again).line()
                == "sock_accept(3, flags=0, ret_addr=0x200) = EAGAIN")
    }

    @Test func receiveAndSend() {
        let receive = RecordBuilder(.sockRecv, [9, 0x100, 1, 2, 0x200, 0x204]).result(5)
            .keepVectors("iovs", [(4096, "hello")]).keep("ret_flags", number: 1, size: 2)
        #expect(
            receive.line()
                == #"sock_recv(9, [{"hello", 4096}], riflags=MSG_WAITALL, ret_len=5, ret_flags=MSG_TRUNC) = 0"#)
        let blocked = RecordBuilder(.sockRecv, [9, 0x100, 1, 0, 0x200, 0x204], errno: .again)
            .keepVectors("iovs", [(4096, "")])
        #expect(blocked.line() == "sock_recv(9, [4096 B], riflags=0) = EAGAIN")
        let send = RecordBuilder(.sockSendTo, [9, 0x100, 2, 0, 0x200, 0x300]).result(3)
            .keepVectors("iovs", [(1, "a"), (2, "bc")]).keep("addr", loopback)
        #expect(
            send.line() == #"sock_send_to(9, [{"a", 1}, {"bc", 2}], siflags=0, 127.0.0.1:8080) = 3"#)
    }

    @Test func optionsByNameAndAccessor() {
        #expect(
            RecordBuilder(.sockSetOptFlag, [5, 3, 1]).line() == "sock_set_opt_flag(5, TCP_NODELAY, flag=true) = 0")
        #expect(
            RecordBuilder(.sockGetOptSize, [5, 15, 0x100]).keep("ret", number: 65536, size: 8).line()
                == "sock_get_opt_size(5, SO_RCVBUF, ret=65536) = 0")
        #expect(
            RecordBuilder(.sockSetOptTime, [5, 19, 0x100]).keep("timeout", structure(16, [])).line()
                == "sock_set_opt_time(5, SO_RCVTIMEO, timeout=NONE) = 0")
        #expect(
            RecordBuilder(.sockSetOptSize, [5, 200, 1], errno: .noprotoopt).line()
                == "sock_set_opt_size(5, 200 /* ??? */, size=1) = ENOPROTOOPT")
    }

    @Test func receivingTellsTheSender() {
        let record = RecordBuilder(.sockRecvFrom, [9, 0x100, 1, 0, 0x200, 0x204, 0x300]).result(2)
            .keepVectors("iovs", [(4096, "hi")]).keep("ret_flags", number: 0, size: 2)
        #expect(
            record.keep("ret_addr", loopback).line()
                == #"sock_recv_from(9, [{"hi", 4096}], riflags=0, ret_len=2, ret_flags=0, ret_addr=127.0.0.1:8080) = 0"#
        )
        #expect(
            record.keep("ret_addr", [3, 0] + Array("/run/x\0".utf8)).objects(1).line(objects: [1: "unix-dg /run/s"])
                == #"sock_recv_from(9<unix-dg /run/s>, [{"hi", 4096}], riflags=0, ret_len=2, ret_flags=0, "#
                + #"ret_addr=unix:"/run/x") = 0"#)
    }

    @Test func groupsAndFiles() {
        let join = RecordBuilder(.sockJoinMulticastV4, [5, 0x100, 0x200]).keep("group", [224, 0, 0, 5])
            .keep("iface", [127, 0, 0, 1])
        #expect(join.line() == "sock_join_multicast_v4(5, 224.0.0.5, 127.0.0.1) = 0")
        let leave = RecordBuilder(.sockLeaveMulticastV4, [5, 0x100, 0x200], errno: .addrnotavail)
            .keep("group", [224, 0, 0, 5]).keep("iface", [0, 0, 0, 0])
        #expect(leave.line() == "sock_leave_multicast_v4(5, 224.0.0.5, 0.0.0.0) = EADDRNOTAVAIL")
        let group = [0xff, 2] + [UInt8](repeating: 0, count: 13) + [0x34] + [UInt8](repeating: 0, count: 8)
        #expect(
            RecordBuilder(.sockJoinMulticastV6, [5, 0x100, 2]).keep("group", group).line()
                == "sock_join_multicast_v6(5, ff02::34, iface=2) = 0")
        #expect(
            RecordBuilder(.sockLeaveMulticastV6, [5, 0x100, 2]).keep("group", group).line()
                == "sock_leave_multicast_v6(5, ff02::34, iface=2) = 0")
        #expect(
            RecordBuilder(.sockSendFile, [7, 5, 1 << 33, 4096, 0x100]).objects(1, 2)
                .keep("ret_sent", number: 4096, size: 8).line(objects: [1: "tcp 127.0.0.1:80", 2: "/data/log"])
                == "sock_send_file(7<tcp 127.0.0.1:80>, 5</data/log>, offset=8589934592, count=4096) = 4096"
        )
    }

    @Test func statusShutdownAndListen() {
        #expect(RecordBuilder(.sockStatus, [5, 0x100]).result(1).line() == "sock_status(5, ret=OPENED) = 0")
        #expect(RecordBuilder(.sockShutdown, [5, 3]).line() == "sock_shutdown(5, how=SHUT_RD|SHUT_WR) = 0")
        #expect(RecordBuilder(.sockListen, [5, 128]).line() == "sock_listen(5, backlog=128) = 0")
        #expect(
            RecordBuilder(.sockConnect, [5, 0x100], errno: .inprogress).keep("addr", loopback).line()
                == "sock_connect(5, 127.0.0.1:8080) = EINPROGRESS")
    }

    @Test func namesAndNetworks() {
        let address = structure(18, [(0, UInt8(1)), (2, UInt32(0x0100_007f))])
        let resolve = RecordBuilder(.resolve, [0x100, 9, 80, 0x200, 8, 0x300]).result(1)
            .keep("host", "localhost").keep("addrs", address, total: 8)
        #expect(resolve.line() == #"resolve("localhost", port=80, [127.0.0.1], naddrs=8) = 1"#)
        let cidr = structure(28, [(0, UInt8(1)), (2, UInt32(0x0000_000a)), (6, UInt8(8))])
        #expect(RecordBuilder(.portAddrAdd, [0x100]).keep("cidr", cidr).line() == "port_addr_add(10.0.0.0/8) = 0")
        let list = RecordBuilder(.portAddrList, [0x100, 0x200]).result(1).keep("addrs", cidr, total: 1)
        #expect(list.line() == "port_addr_list([10.0.0.0/8], naddrs=1) = 0")
        let mac = RecordBuilder(.portMac, [0x100]).keep("ret", [2, 0, 0, 0xab, 0, 1])
        #expect(mac.line() == "port_mac(02:00:00:ab:00:01) = 0")
    }
}
