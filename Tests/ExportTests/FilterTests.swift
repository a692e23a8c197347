import Testing
import Trace
import WasixABI

@testable import Export

/// What filters mean.
@Suite struct FilterTests {
    private func expect(
        _ line: FilterLine, passes: [String] = [], fails: [String] = [], at place: SourceLocation = #_sourceLocation
    ) throws {
        for expression in passes {
            #expect(try line.verdict(expression) == true, "\(expression)", sourceLocation: place)
        }
        for expression in fails {
            #expect(try line.verdict(expression) == false, "\(expression)", sourceLocation: place)
        }
    }

    // MARK: fields

    @Test func callsAreChosenInStracesWords() throws {
        try expect(
            .read(5),
            passes: [
                "fd_read", "trace=fd_read", "t=fd_read", "call=fd_read", "call == fd_read", "syscall=fd_read,fd_write",
                "%fd", "!%net", "/^fd_", "/^fd_(read|write)$/", "all", "call=%fd,!fd_write", "call!=fd_write",
                "call~READ",
                "call~/^fd_r/", "call contains _rea", "call in (fd_write, fd_read)", "call in (%net, %fd)",
                "evt.type=fd_read", "call=\"fd_read\"", "fd_read,fd_write and ok", "!fd_write,!%net && ok",
                "(/^fd_ or %net)", "/^(fd|sock)_", "/[)]|^fd_|x y", "trace=/^a|^fd_r", "!/^sock_", "ok and !%net",
                "call=/^(fd|sock)_/",
            ],
            fails: [
                "fd_write", "!fd_read", "!fd_read,!fd_write", "call!=fd_read", "none", "%fd,!fd_read", "%epoll and ok",
                "call in (fd_write)", "not /^fd_/", "call~/^read/",
            ])
    }

    @Test func errorsAreOfCallsThatFailed() throws {
        try expect(
            .read(0, errno: .again),
            passes: [
                "err=EAGAIN", "err = again", "errno=EWOULDBLOCK", "err=6", "err in (EINTR,EAGAIN)", "err", "failed",
                "err!=EBADF", "error==EAGAIN",
            ],
            fails: ["err=EBADF", "err!=EAGAIN", "ok", "unfinished", "err in (1..5)", "ret>=0", "ret", "bytes"])
        try expect(
            .read(5), passes: ["ok", "not err", "not err=EAGAIN", "not failed"],
            fails: ["err", "err=EAGAIN", "err!=EAGAIN", "failed"])
        let unfinished = FilterLine.read(0).with { $0.record.flags |= TraceRecord.Flags.unfinished }
        try expect(unfinished, passes: ["unfinished"], fails: ["ok", "failed", "err", "err!=EAGAIN", "ret=0", "ret"])
    }

    @Test func resultsAreWhatTheFunctionReturns() throws {
        try expect(
            .read(4096),
            passes: [
                "ret=4096", "ret>0", "ret>=4096", "ret<=4096", "ret<5000", "ret!=1", "ret=4000..4096", "ret=0x1000",
                "bytes=4K", "bytes>=4096", "bytes<1M", "ret in (1, 4096)", "res", "bytes in (1..3, 4k..1G)",
            ],
            fails: ["ret=0", "ret<4096", "ret>4096", "bytes=4M", "ret in (1,3..9)", "bytes>18446744073709551615"])
        try expect(.open(), passes: ["ret=5"], fails: ["bytes", "bytes=5", "ret<0"])
        try expect(.call(.fdClose, [3]), passes: ["ret=0", "ret"], fails: ["ret>0", "bytes>=0"])
        try expect(.call(.procExit, [3]), fails: ["ret", "ret=0"])
    }

    @Test func timesHaveUnits() throws {
        let line = FilterLine.call(.fdClose, [3], start: 2_000_000_000, duration: 1_500_000)
        try expect(
            line,
            passes: [
                "dur=1.5ms", "dur>1ms", "dur >= 1500us", "dur<2ms", "dur=1500000ns", "dur=1500µs", "dur<1h", "dur<1m",
                "latency in (1ms..2ms)", "time=2s", "time>1.9s", "time in (1s..2.5s)", "dur>0", "dur!=1ms",
            ],
            fails: ["dur<1ms", "dur>1.5ms", "dur=1ms", "time>2s", "wait", "wait>=0", "wait!=0", "timeout", "dur<0"])
        try expect(line.waiting(), passes: ["wait", "wait=1.5ms"], fails: ["wait<1ms"])
        try expect(line.waiting(delay: 1000), passes: ["wait=1244us"], fails: ["wait=1.5ms"])
        let forever = FilterLine.call(.epollWait, [4, 0x100, 64, .max, 0x200])
        try expect(forever, passes: ["timeout=INF", "timeout>1h", "timeout"], fails: ["timeout<1h", "timeout=0"])
        let brief = FilterLine.call(.epollWait, [4, 0x100, 64, 5_000_000, 0x200])
        try expect(brief, passes: ["timeout=5ms", "timeout!=INF"], fails: ["timeout=INF"])
    }

    @Test func descriptorsAreAllThatACallIsAbout() throws {
        try expect(
            .read(5), passes: ["fd=7", "fd in (1,7)", "fd=5..7", "fd!=3", "fd>6", "fd", "fd.num=7", "fd=0x7"],
            fails: ["fd=3", "fd!=7", "fd<7", "fd=-1"])
        try expect(.open(), passes: ["fd=3", "fd=5", "fd in (5)"], fails: ["fd=4", "fd!=3", "fd!=5"])
        try expect(.call(.fdClose, [UInt64(UInt32.max)]), passes: ["fd=-1"])
        try expect(.call(.schedYield, []), passes: ["not fd=3"], fails: ["fd", "fd=3", "fd!=3"])
        var guest = TracedMemory()
        guest.put(0x400, words: [8, 9])
        try expect(.call(.fdPipe, [0x400, 0x404], guest), passes: ["fd=8", "fd=9"], fails: ["fd=10"])
        // A subscription: the user's data, the tag for reading, the descriptor.
        var polling = TracedMemory()
        polling.put(0x100, words: [0, 0, 1, 0, 6, 0])
        polling.put(0x400, words: [0])
        try expect(.call(.pollOneoff, [0x100, 0x200, 1, 0x400], polling), passes: ["fd=6"], fails: ["fd=1"])
    }

    @Test func whatIsBehindADescriptorHasATypeAndAName() throws {
        try expect(
            .read(5),
            passes: [
                "fd.type=tcp", "type=tcp", "fd.type in (udp, tcp)", "fd.type!=pipe", "fd.name~127.0.0.1",
                "name contains TCP", "fd.name=\"tcp 127.0.0.1:80\"", "fd.name~/:80$/", "fd.name", "name!=x",
            ],
            fails: ["fd.type=udp", "fd.type!=tcp", "name=tcp", "name~/^127/", "name~10.0.0.1"])
        try expect(.open(), passes: ["fd.type=file", "fd.name=/"], fails: ["fd.type=tcp"])
        for (name, type) in [
            ("pipe#4 r", "pipe"), ("pair 3-4", "pair"), ("eventfd", "eventfd"), ("/data/log", "file"),
            ("stdout", "stdio"), ("tcp-ls 127.0.0.1:80", "tcp-ls"),
        ] {
            try expect(.call(.fdClose, [3]).on((9, 0), [9: name]), passes: ["fd.type=\(type)"])
        }
        try expect(.call(.fdClose, [3]), fails: ["fd.type", "fd.name", "fd.type!=tcp"])
    }

    @Test func pathsAreTextsAsTheyAre() throws {
        try expect(
            .open(),
            passes: [
                "path=etc/a.conf", "path~A.CONF", "path~/\\.conf$/", "path contains etc", "path", "path!=x",
                "path=\"etc/a.conf\"", "path='etc/a.c\\x6fnf'", "path~/^etc\\/a/", "path in (x,etc/a.conf)",
            ],
            fails: ["path=ETC/A.CONF", "path=a.conf", "path~/^a/", "path!=etc/a.conf"])
        try expect(.read(5), fails: ["path", "path!=x", "path~a"])
    }

    @Test func whatACallDidToOthersCanBeAskedFor() throws {
        var edge = ReadinessChange()
        edge.instance = 3
        edge.object = 9
        edge.fd = 5
        edge.events = 1
        var passed = edge
        passed.fd = 6
        passed.reason = .edgeSpent
        let line = FilterLine.read(5).changing([edge, .woke(3), .wokenBy(4), passed])
        try expect(
            line,
            passes: [
                "edge", "edge=5", "woke=3", "woke=T3", "wokenby=4", "passed=6", "passed", "woke and wokenby", "woke!=4",
            ],
            fails: ["edge=6", "woke=4", "wokenby=3", "passed=5"])
        try expect(.read(5), fails: ["edge", "woke", "wokenby", "passed", "edge!=5"])
    }

    @Test func refusalsAndStacksAreTexts() throws {
        let note = [CallNote.Reason.noNetwork.rawValue] + [UInt8](repeating: 0, count: 31)
        let refused = FilterLine.read(0, errno: .acces).with { line in
            line.add(note, as: PayloadChunk.note)
        }
        try expect(refused, passes: ["refused", "refused~net", "failed and refused"], fails: ["refused~rule"])
        try expect(.read(5), fails: ["refused", "stack", "stack~main"])
        let frame = GuestFrame(function: "main", functionOffset: 2, moduleOffset: 1, file: "pool.c", line: 7)
        let stacked = FilterLine.read(5).with { $0.add(StackBytes.of([frame]), as: PayloadChunk.stack) }
        try expect(stacked, passes: ["stack", "stack=main", "stack~POOL", "stack~/\\.c$/"], fails: ["stack=pool"])
    }

    @Test func everyLineHasAThreadAProcessATimeAndAText() throws {
        for line in [FilterLine.read(5), .other(.signal, result: 17), .other(.threadStart, result: 1), .other(.gap)] {
            let line = line.with {
                $0.thread = ThreadID(rawValue: 3)
                $0.process = ProcessID(rawValue: 2)
                $0.text = "[P2 T3] Something like a line"
            }
            try expect(
                line,
                passes: [
                    "tid=3", "tid=T3", "pid=2", "pid=P2", "tid in (1,3)", "thread.tid=3", "proc.pid!=1", "time=0",
                    "something", "\"LIKE A\"", "'t3] some'", "text~/^.P2 T\\d/", "line~like", "P2",
                ],
                fails: ["tid=2", "pid=1", "tid!=3", "nothing", "text~/line line/", "text=line"])
        }
    }

    @Test func signalsAndThreadsHaveLinesOfTheirOwn() throws {
        let signal = FilterLine.other(.signal, result: 17)
        try expect(
            signal, passes: ["signal", "signal=SIGCHLD", "signal=chld", "signal=17", "signal in (INT, CHLD)"],
            fails: ["signal=SIGINT", "signal!=CHLD", "thread"])
        for kind in [RecordKind.threadStart, .threadExit] {
            try expect(.other(kind), passes: ["thread"], fails: ["signal", "signal!=SIGINT"])
        }
        try expect(.read(5), fails: ["signal", "thread"])
    }

    // MARK: connectives

    @Test func notBindsCloserThanAndAndThatCloserThanOr() throws {
        let line = FilterLine.read(5)
        try expect(
            line,
            passes: [
                "ok or failed and failed", "failed and failed or ok", "not failed and ok", "not failed or failed",
                "not not ok", "!!ok", "! ( failed )", "!failed&&ok", "ok||failed", "(ok or failed) and ok", "((ok))",
                "fd=7&&ret=5", "not (failed or unfinished)", "not fd=3", "!fd=3", " ok ", "\tok\n",
                "ok and(not failed)",
            ],
            fails: ["(ok or failed) and failed", "not ok or failed", "not (ok and ok)", "!ok||failed"])
    }

    /// A set of calls has never hidden a thread's or a signal's line, and holes least of all.
    @Test func whatIsAskedOfCallsSaysNothingOfOtherLines() throws {
        for line in [FilterLine.other(.signal, result: 2), .other(.threadExit), .other(.gap)] {
            for expression in ["fd_read", "!fd_read", "err=EAGAIN", "not dur>1s", "ok and fd=1", "failed or tid=9"] {
                #expect(try line.verdict(expression) == nil, "\(expression)")
            }
            try expect(line, passes: ["failed or tid=1"], fails: ["ok and tid=2", "not (ok or tid=1)"])
        }
    }

    @Test func aWordThatIsNothingElseIsAText() throws {
        let line = FilterLine.read(5).with { $0.text = "fd_read(7<tcp 127.0.0.1:80>, ...) = 5 (Connection refused)" }
        try expect(
            line.with { $0.text += " not-found and/or" },
            passes: [
                "not-found", "and/or", "not or-not", "127.0.0.1:80", "refuse", "_READ", "\"connection refused\"",
                "'7<tcp'", "EBADF or \"refused\" and ok",
                "\"\"",
            ],
            fails: ["EBADF", "\"refused connection\"", "'fd_write('"])
    }

    @Test func everyExampleOfAFieldIsAFilterThatAsksForIt() throws {
        for field in FilterField.allCases where FilterField.ofRecords.contains(field) {
            let filter = try Filter(parsing: field.example)
            #expect(filter.needsText == (field == .text))
            #expect((filter.callSet != nil) == (field == .call))
        }
        #expect(Set(FilterField.names).count == FilterField.names.count)
        #expect(FilterField.names.allSatisfy { FilterField.named($0) != nil })
    }

    // MARK: what others ask of a filter

    @Test func theLineIsMadeOnlyWhenItIsAskedFor() throws {
        let line = FilterLine.read(5)
        func count(_ expression: String) throws -> Int {
            let filter = try Filter(parsing: expression)
            var made = 0
            line.payload.withUnsafeBytes { bytes in
                let subject = FilterSubject(
                    line.record, payload: bytes, process: .initial, thread: .main, time: TraceTime(),
                    objectName: { _, _ in nil })
                _ = filter.verdict(subject) {
                    made += 1
                    return "text"
                }
            }
            return made
        }
        #expect(try count("ok and fd=7") == 0 && Filter(parsing: "ok").needsText == false)
        #expect(try count("failed and word") == 0 && Filter(parsing: "failed and word").needsText)
        #expect(try count("one or two or text~/x/") == 1)
        #expect(Filter.all.needsText == false && line.verdict(.all) == true)
    }

    @Test func aFilterOfNamesAloneIsASetOfCalls() throws {
        func calls(_ expression: String) throws -> Set<CallID>? {
            try Filter(parsing: expression).callSet.map { set in Set(CallID.allCases.filter(set.contains)) }
        }
        #expect(try calls("fd_read or %epoll") == [.fdRead, .epollCreate, .epollCtl, .epollWait])
        #expect(try calls("%epoll and not epoll_ctl") == [.epollCreate, .epollWait])
        #expect(try calls("not (fd_read or call=fd_write)")?.count == CallID.allCases.count - 2)
        #expect(try calls("fd_read and ok") == nil)
        #expect(try calls("fd_read or words") == nil)
        #expect(Filter.all.callSet.map { set in CallID.allCases.allSatisfy(set.contains) } == true)
    }
}

extension FilterLine {
    fileprivate mutating func add(_ bytes: [UInt8], as argument: UInt8) {
        let head = PayloadChunk.head(argument: argument, captured: bytes.count)
        for word in [head, UInt32(bytes.count)] {
            withUnsafeBytes(of: word.littleEndian) { payload.append(contentsOf: $0) }
        }
        payload += bytes
    }
}
