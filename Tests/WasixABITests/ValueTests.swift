import Testing
import WasixABI

/// Numbers as the reference page gives them (1.7, 1.9-1.15).
@Suite struct ValueTests {
    @Test func files() {
        #expect(FileType.symbolicLink.rawValue == 7 && FileType.socketSeqpacket.rawValue == 9)
        #expect(FileType.socketDatagram.rawValue == 5 && FileType.socketStream.rawValue == 6)
        #expect(FdFlags([.append, .dsync, .nonblock, .rsync, .sync]).rawValue == 31)
        #expect(FdFlags.nonblock.rawValue == 4 && FdFlagsExt.closeOnExec.rawValue == 1)
        #expect([OFlags.create, .directory, .exclusive, .truncate].map(\.rawValue) == [1, 2, 4, 8])
        #expect(Advice.noReuse.rawValue == 5 && PreopenType.directory.rawValue == 0)
        #expect(LookupFlags.symlinkFollow.rawValue == 1)
    }

    @Test func timesCannotBeBothGivenAndNow() {
        #expect(FstFlags([.accessTime, .modifyTimeNow]).isConsistent)
        #expect(!FstFlags([.accessTime, .accessTimeNow]).isConsistent)
        #expect(!FstFlags(rawValue: 0xffff).isConsistent)
    }

    @Test func whenceIsNumberedDifferentlyInSnapshot0() {
        #expect([Whence.set, .current, .end].map(\.rawValue) == [0, 1, 2])
        #expect((0...2).map { Whence(unstable: $0) } == [.current, .end, .set])
        #expect(Whence(unstable: 3) == nil)
    }

    @Test func rightsAreBits0To38() {
        #expect(Rights.fdRead.rawValue == 2 && Rights.fdWrite.rawValue == 64)
        #expect(Rights.pathOpen.rawValue == 1 << 13 && Rights.sockAccept.rawValue == 1 << 29)
        #expect(Rights.sockSendTo.rawValue == 1 << 38)
        #expect(Rights.known.rawValue == 0x7f_ffff_ffff)
        #expect(FlagFamily.rights.names.entries.map(\.value) == (0...38).map { 1 << $0 })
    }

    @Test func clocksAndPolling() {
        #expect([ClockID.realtime, .monotonic, .processCPU, .threadCPU].map(\.rawValue) == [0, 1, 2, 3])
        #expect([EventType.clock, .fdRead, .fdWrite].map(\.rawValue) == [0, 1, 2])
        #expect(EventRwFlags.hangup.rawValue == 1 && SubclockFlags.absoluteTime.rawValue == 1)
    }

    @Test func epollBitsAreWireBits() {
        let bits: [EpollEvents] = [.in, .out, .rdhup, .pri, .err, .hup, .et, .oneshot]
        #expect(bits.map(\.rawValue) == [1, 2, 4, 8, 16, 32, 64, 128])
        #expect([EpollOp.add, .modify, .delete].map(\.rawValue) == [0, 1, 2])
        #expect([EpollOp.linuxAdd, .linuxModify].map(\.rawValue) == [1, 3])
        #expect(EventFdFlags.semaphore.rawValue == 1 && EventFdFlags.nonblock.rawValue == 4)
    }

    @Test func sockets() {
        #expect([AddressFamily.unspecified, .inet4, .inet6, .unix].map(\.rawValue) == [0, 1, 2, 3])
        #expect([SockType.stream, .datagram, .raw, .seqpacket].map(\.rawValue) == [1, 2, 3, 4])
        #expect(SockProto.tcp.rawValue == 6 && SockProto.udp.rawValue == 17 && SockProto.mptcp.rawValue == 262)
        #expect([RiFlags.peek, .waitAll, .dataTruncated, .dontWait].map(\.rawValue) == [1, 2, 4, 8])
        #expect(RoFlags.dataTruncated.rawValue == 1 && SiFlags.dontWait.rawValue == 1)
        #expect(SdFlags.read.rawValue == 1 && SdFlags.write.rawValue == 2)
        #expect([SockStatus.opening, .opened, .closed, .failed].map(\.rawValue) == [0, 1, 2, 3])
        #expect(StreamSecurity.double.rawValue == 8)
    }

    @Test func socketOptionsAndTheirAccessors() {
        func numbers(_ accessor: SockOption.Accessor) -> [UInt8] {
            (0...255).filter { SockOption(rawValue: $0).accessor == accessor }
        }
        #expect(numbers(.flag) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14])
        #expect(numbers(.time) == [13, 19, 20, 21, 22])
        #expect(numbers(.size) == [11, 15, 16, 17, 18, 23, 24, 25, 26])
        #expect((0...255).filter { SockOption(rawValue: $0).isReadOnly } == [10, 11, 25, 26])
        #expect(SockOption.linger.rawValue == 13 && SockOption.receiveTimeout.rawValue == 19)
    }

    @Test func processes() {
        #expect(JoinFlags.nonBlocking.rawValue == 1 && JoinFlags.wakeStopped.rawValue == 2)
        #expect([JoinTag.nothing, .exitNormal, .exitSignal, .stopped].map(\.rawValue) == [0, 1, 2, 3])
        #expect([StdioMode.piped, .inherit, .null, .log].map(\.rawValue) == [0, 1, 2, 3])
        #expect(SpawnFdOp.changeDirectoryTo.rawValue == 4 && SpawnFdOp.duplicate.rawValue == 1)
        #expect(SignalDisposition.byDefault.rawValue == 0 && SignalDisposition.ignore.rawValue == 1)
        #expect(DlFlags.deepBind.rawValue == 32)
        #expect((0...5).map { ValueType(rawValue: $0).size } == [4, 8, 4, 8, 16, nil])
    }
}
