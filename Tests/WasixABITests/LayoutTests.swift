import Testing
import WasixABI

/// Offsets as the reference page gives them (1.8-1.16): size and alignment first, then the fields in order.
@Suite struct LayoutTests {
    @Test func fileStructures() {
        typealias I32 = IovecLayout
        #expect([I32.size, I32.alignment, I32.buffer, I32.length] == [8, 4, 0, 4])
        typealias I64 = IovecLayout64
        #expect([I64.size, I64.alignment, I64.buffer, I64.length] == [16, 8, 0, 8])
        typealias F = FdstatLayout
        #expect([F.size, F.alignment, F.fileType, F.flags, F.rightsBase, F.rightsInheriting] == [24, 8, 0, 2, 8, 16])
        typealias D = DirentLayout
        #expect([D.size, D.alignment, D.next, D.inode, D.nameLength, D.fileType] == [24, 8, 0, 8, 16, 20])
        typealias P = PrestatLayout
        #expect([P.size, P.alignment, P.tag, P.nameLength] == [8, 4, 0, 4])
    }

    @Test func fileStatusInBothForms() {
        typealias S = FilestatLayout
        #expect([S.size, S.alignment] == [64, 8])
        #expect(
            [S.device, S.inode, S.fileType, S.links, S.fileSize, S.accessTime, S.modifyTime, S.changeTime]
                == [0, 8, 16, 24, 32, 40, 48, 56])
        typealias U = FilestatUnstableLayout
        #expect([U.size, U.alignment] == [56, 8])
        #expect(
            [U.device, U.inode, U.fileType, U.links, U.fileSize, U.accessTime, U.modifyTime, U.changeTime]
                == [0, 8, 16, 20, 24, 32, 40, 48])
    }

    @Test func pollStructures() {
        typealias S = SubscriptionLayout
        #expect([S.size, S.alignment, S.userData, S.tag] == [48, 8, 0, 8])
        #expect([S.clock, S.timeout, S.precision, S.flags, S.fd] == [16, 24, 32, 40, 16])
        typealias U = SubscriptionUnstableLayout
        #expect([U.size, U.alignment, U.userData, U.tag] == [56, 8, 0, 8])
        #expect([U.identifier, U.clock, U.timeout, U.precision, U.flags, U.fd] == [16, 24, 32, 40, 48, 16])
        typealias E = EventLayout
        #expect([E.size, E.alignment] == [32, 8])
        #expect([E.userData, E.error, E.type, E.byteCount, E.flags] == [0, 8, 10, 16, 24])
    }

    @Test func epollEventInBothWidths() {
        typealias E = EpollEventLayout
        #expect([E.size, E.alignment, E.events, E.pointer, E.fd, E.data1, E.data2] == [32, 8, 0, 8, 12, 16, 24])
        typealias W = EpollEventLayout64
        #expect([W.size, W.alignment, W.events, W.pointer, W.fd, W.data1, W.data2] == [32, 8, 0, 8, 16, 20, 24])
    }

    @Test func options() {
        typealias T = OptionTimestampLayout
        #expect([T.size, T.alignment, T.tag, T.value] == [16, 8, 0, 8])
        typealias H = OptionHashLayout
        #expect([H.size, H.alignment, H.tag, H.low, H.high] == [24, 8, 0, 8, 16])
        typealias P = OptionPidLayout
        #expect([P.size, P.alignment, P.tag, P.pid] == [8, 4, 0, 4])
        typealias F = OptionFdLayout
        #expect([F.size, F.alignment, F.tag, F.fd] == [8, 4, 0, 4])
        typealias N = HashLayout
        #expect([N.size, N.alignment, N.low, N.high] == [16, 8, 0, 8])
    }

    @Test func processStructures() {
        typealias S = StackSnapshotLayout
        #expect([S.size, S.alignment, S.user, S.hashLow, S.hashHigh] == [24, 8, 0, 8, 16])
        typealias H = ProcessHandlesLayout
        #expect([H.size, H.alignment, H.pid, H.stdin, H.stdout, H.stderr] == [28, 4, 0, 4, 12, 20])
        typealias E = ErrnoSignalLayout
        #expect([E.size, E.alignment, E.exitCode, E.signal] == [4, 2, 0, 2])
        typealias J = JoinStatusLayout
        #expect([J.size, J.alignment, J.tag, J.payload] == [6, 2, 0, 2])
        typealias D = SignalDispositionLayout
        #expect([D.size, D.alignment, D.signal, D.disposition] == [2, 1, 0, 1])
        typealias R = ReflectionResultLayout
        #expect([R.size, R.alignment, R.cacheable, R.arguments, R.results] == [6, 2, 0, 2, 4])
    }

    @Test func terminalState() {
        typealias T = TtyLayout
        #expect([T.size, T.alignment, T.columns, T.rows, T.width, T.height] == [24, 4, 0, 4, 8, 12])
        #expect(
            [T.stdinTty, T.stdoutTty, T.stderrTty, T.echo, T.lineBuffered, T.lineFeeds] == [16, 17, 18, 19, 20, 21])
    }

    @Test func spawnFileActionsInBothWidths() {
        typealias N = SpawnFdOpLayout
        #expect([N.size, N.alignment, N.command, N.fd, N.sourceFd] == [56, 8, 0, 4, 8])
        #expect([N.path, N.pathLength, N.lookupFlags, N.oFlags] == [12, 16, 20, 24])
        #expect([N.rightsBase, N.rightsInheriting, N.fdFlags, N.fdFlagsExt] == [32, 40, 48, 50])
        typealias W = SpawnFdOpLayout64
        #expect([W.size, W.alignment, W.command, W.fd, W.sourceFd] == [64, 8, 0, 4, 8])
        #expect([W.path, W.pathLength, W.lookupFlags, W.oFlags] == [16, 24, 32, 36])
        #expect([W.rightsBase, W.rightsInheriting, W.fdFlags, W.fdFlagsExt] == [40, 48, 56, 58])
    }

    @Test func threadStartBlockInBothWidths() {
        typealias N = ThreadStartLayout
        #expect([N.size, N.alignment] == [64, 4])
        #expect(
            [N.stack, N.tlsBase, N.startFunction, N.startArgument, N.reserved, N.stackSize, N.guardSize]
                == [0, 4, 8, 12, 16, 56, 60])
        typealias W = ThreadStartLayout64
        #expect([W.size, W.alignment] == [128, 8])
        #expect(
            [W.stack, W.tlsBase, W.startFunction, W.startArgument, W.reserved, W.stackSize, W.guardSize]
                == [0, 8, 16, 24, 32, 112, 120])
    }

    @Test func plainAddresses() {
        #expect([AddrIp4Layout.size, AddrIp4Layout.alignment] == [4, 1])
        typealias S = AddrIp6Layout
        #expect(
            [S.size, S.alignment, S.octets, S.flowHigh, S.flowLow, S.scopeHigh, S.scopeLow]
                == [24, 2, 0, 16, 18, 20, 22])
        #expect([AddrIp6BareLayout.size, AddrIp6BareLayout.alignment] == [16, 2])
        #expect([AddrUnixLayout.size, AddrUnixLayout.alignment] == [108, 1])
        #expect([HardwareAddressLayout.size, HardwareAddressLayout.alignment] == [6, 1])
    }

    @Test func taggedAddresses() {
        typealias A = AddrLayout
        #expect([A.size, A.alignment, A.tag, A.payload] == [110, 2, 0, 2])
        typealias I = AddrIPLayout
        #expect([I.size, I.alignment, I.tag, I.payload] == [18, 2, 0, 2])
        typealias P = AddrPortLayout
        #expect([P.size, P.alignment, P.tag, P.port, P.address, P.unixPath] == [110, 2, 0, 2, 4, 2])
        #expect([P.ip4Size, P.ip6Size, P.ip6ScopedSize, P.ip6Flow, P.ip6Scope] == [8, 20, 28, 20, 24])
        typealias C = AddrCidrLayout
        #expect([C.size, C.alignment, C.tag, C.payload, C.ip4Prefix, C.ip6Prefix] == [28, 2, 0, 2, 6, 26])
        typealias R = RouteLayout
        #expect(
            [R.size, R.alignment, R.cidr, R.viaRouter, R.preferredUntil, R.expiresAt] == [176, 8, 0, 28, 144, 160])
    }

    @Test func structKindsKnowTheirSizes() {
        func size(_ kind: StructKind) -> [Int] { PointerWidth.allCases.map { kind.size($0) } }
        #expect(size(.epollEvent) == [32, 32])
        #expect(size(.spawnFdOp) == [56, 64])
        #expect(size(.threadStart) == [64, 128])
        #expect(size(.subscriptionUnstable) == [56, 56])
        #expect(size(.addrIP) == [18, 18])
        #expect(size(.valueType) == [1, 1])
        #expect(ScalarKind.size.size(.bits32) == 4 && ScalarKind.size.size(.bits64) == 8)
        #expect(ScalarKind.flags(.roFlags).size(.bits32) == 2 && ScalarKind.bool.size(.bits64) == 1)
    }
}
