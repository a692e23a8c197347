import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// What the calls on processes and programs read and write beside their errno (WasixABI.docc/Processes,
/// WasixABI.docc/ProcessCreation, WasixABI.docc/Stacks).
@Suite struct ProcessCallTests {
    private func guest(_ runner: ProgramRunner = ProgramRunner()) throws -> FileGuest {
        let guest = try FileGuest(environment: ["OLD=1"])
        guest.process.image.runner = runner
        guest.hostFile("tool", "\0asm")
        return guest
    }

    /// A place for results, full of ones.
    private func place(_ guest: FileGuest, _ count: Int) -> UInt64 {
        guest.put([UInt8](repeating: 0xff, count: count))
    }

    // MARK: proc_join

    private struct Joined: Equatable {
        var errno: Errno
        var option: [UInt8]
        var status: [UInt8]
    }

    private func join(_ guest: FileGuest, _ option: UInt64, _ flags: JoinFlags = []) -> Joined {
        let status = place(guest, 6)
        let errno = guest.call(.procJoin, option, UInt64(flags.rawValue), status)
        return Joined(errno: errno, option: guest.bytes(option, 8), status: guest.bytes(status, 6))
    }

    /// Bytes that mean nothing stay as they are.
    @Test func withoutAChildTheAnswersSaySo() throws {
        let guest = try guest()
        let joined = join(guest, guest.child(named: 7))
        #expect(joined.errno == .child)
        #expect(joined.option[0] == 0 && joined.status[0] == 0 && joined.status[2] == 0)
    }

    @Test func noNewsIsAChildOfNumberZero() throws {
        let guest = try guest()
        _ = try guest.child()
        for option in [guest.anyChild, guest.child(named: 2)] {
            let joined = join(guest, option, .nonBlocking)
            #expect(joined.errno == .success)
            #expect(joined.option[0] == 1 && joined.option[4...] == [0, 0, 0, 0])
            #expect(joined.status[0] == 0)
        }
    }

    @Test(
        arguments: [
            (GuestState.exited(code: 3), [1, 0xff, 3, 0, 0xff, 0xff]),
            (.exited(code: 0xffff_ff80), [1, 0xff, 0x80, 0, 0xff, 0xff]),
            (.signalled(signal: 15), [2, 0xff, 0, 0, 15, 0xff]),
            (.trapped(message: "unreachable", stack: []), [2, 0xff, 0, 0, 6, 0xff]),
        ] as [(GuestState, [UInt8])])
    func theEndOfAChildIsAStatus(state: GuestState, status: [UInt8]) throws {
        let guest = try guest()
        try guest.child().end(state)
        let joined = join(guest, guest.anyChild)
        #expect(joined.errno == .success)
        #expect(joined.option[0] == 1 && joined.option[4...] == [2, 0, 0, 0])
        #expect(joined.status == status)
    }

    @Test func aStoppedChildIsAStatusOnce() throws {
        let guest = try guest()
        try guest.child().send(.tstp)
        let joined = join(guest, guest.anyChild, .wakeStopped)
        #expect(joined.option[4] == 2 && joined.status[0] == 3 && joined.status[2] == 20)
        #expect(join(guest, guest.anyChild, [.wakeStopped, .nonBlocking]).option[4] == 0)
    }

    /// What cannot be written is not waited for.
    @Test func aBadPlaceLeavesTheChild() throws {
        let guest = try guest()
        try guest.child().end(.exited(code: 0))
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.procJoin, end - 7, 0, guest.room(6)) == .fault)
        #expect(guest.call(.procJoin, guest.anyChild, 0, end - 5) == .fault)
        #expect(guest.call(.procJoinLegacy, guest.put(FileGuest.bytes(UInt32(2))), end - 3) == .fault)
        guest.store(UInt32(0), at: end - 4)
        #expect(guest.call(.procJoinLegacy, end - 4, guest.room(4)) == .fault)
        #expect(join(guest, guest.anyChild).errno == .success)
    }

    /// The number itself, or an option of it.
    @Test func theOlderJoinFindsOutWhatItIsGiven() throws {
        let guest = try guest()
        let code = guest.room(4)
        func end(_ record: [UInt8]) throws -> [UInt8] {
            let children = [try guest.child(), try guest.child()]
            children[0].end(.exited(code: 1))
            children[1].end(.signalled(signal: 9))
            let place = guest.put(record)
            #expect(guest.call(.procJoinLegacy, place, code) == .success)
            _ = join(guest, guest.anyChild)
            return guest.bytes(place, record.count)
        }
        #expect(try end(FileGuest.bytes(UInt32(3))) == FileGuest.bytes(UInt32(3)))
        #expect(guest.load(code, as: UInt32.self) == 128 + 9)
        #expect(try end(FileGuest.bytes(UInt32.max)) == FileGuest.bytes(UInt32(4)))
        #expect(guest.load(code, as: UInt32.self) == 1)
        #expect(try end(FileGuest.bytes(UInt32(0), UInt32(77))) == FileGuest.bytes(UInt32(1), UInt32(6)))
        #expect(try end(FileGuest.bytes(UInt32(1), UInt32(9))) == FileGuest.bytes(UInt32(1), UInt32(9)))
        #expect(guest.load(code, as: UInt32.self) == 128 + 9)
    }

    // MARK: fork and checkpoints

    /// A call that cannot write its result has no effect.
    @Test func nothingIsForkedForABadPlace() throws {
        let guest = try guest()
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.procFork, 1, end - 3) == .fault)
        #expect(guest.call(.procForkEnv, end - 3) == .fault)
        #expect(guest.call(.stackCheckpoint, end - 23, guest.room(8)) == .fault)
        #expect(guest.call(.stackCheckpoint, guest.room(24), end - 7) == .fault)
        #expect(guest.kernel.allProcesses.count == 1)
    }

    @Test func aCallThatComesBackWritesItsAnswer() throws {
        let guest = try guest()
        let pid = place(guest, 4)
        guest.thread.beginRewinding(Rewound(value: 0))
        #expect(guest.call(.procFork, 1, pid) == .success)
        #expect(guest.load(pid, as: UInt32.self) == 0, "in the child")
        let value = place(guest, 8)
        #expect(guest.call(.stackCheckpoint, guest.room(24), value) == .success)
        #expect(guest.load(value, as: UInt64.self) == 0)
        guest.thread.beginRewinding(Rewound(value: 1 << 40))
        #expect(guest.call(.stackCheckpoint, guest.room(24), value) == .success)
        #expect(guest.load(value, as: UInt64.self) == 1 << 40)
        guest.thread.beginRewinding(Rewound(errno: .nomem))
        #expect(guest.call(.procFork, 1, pid) == .nomem)
        #expect(guest.thread.pendingInterrupts.isEmpty)
    }

    @Test(arguments: [UInt64(0), 1, 9]) func goingBackTakesAValueAlong(value: UInt64) throws {
        let guest = try guest()
        let snapshot = guest.room(24)
        #expect(guest.call(.stackCheckpoint, snapshot, guest.room(8)) == .success)
        let copy = guest.put(guest.bytes(snapshot, 24))
        guest.store(UInt64(0), at: snapshot + UInt64(StackSnapshotLayout.hashLow))
        _ = guest.call(.stackRestore, copy, value)
        #expect(guest.thread.mustLeave && !guest.thread.isEnding)
        #expect(guest.thread.takeJump()?.value == max(value, 1))
        #expect(guest.thread.pendingInterrupts.isEmpty)
        _ = guest.call(.stackRestore, snapshot, value)
        guard case .trapped = guest.kernel.locked({ guest.process.state }) else {
            Issue.record("it goes on")
            return
        }
    }

    // MARK: a child in its parent's code

    @Test func theCallerIsItsChildUntilThatEnds() throws {
        let guest = try guest()
        let pid = guest.room(4)
        #expect(guest.call(.procForkEnv, pid) == .success)
        #expect(guest.load(pid, as: UInt32.self) == 2)
        let child = try #require(guest.thread.borrower)
        #expect(child.process.id.rawValue == 2)
        #expect(child.answer(.procId, [pid]) == .success)
        #expect(guest.load(pid, as: UInt32.self) == 2)
        for call in [CallID.procForkEnv, .procFork, .stackCheckpoint] {
            #expect(child.answer(call, [guest.room(24), guest.room(8)].suffix(call.spec.arguments.count)) == .notsup)
        }
        let (reader, _) = guest.pipe()
        _ = child.answer(.procExit2, [5])
        #expect(!child.mustLeave && child.hasEnded)
        #expect(guest.read(reader, 0).errno == .success, "the parent has its memory")
        #expect(join(guest, guest.anyChild).status[..<3] == [1, 0xff, 5])
        #expect(guest.call(.procForkEnv, pid) == .success, "there may be another")
    }

    @Test func theCallerIsItsChildUntilThatRunsAProgram() throws {
        let runner = ProgramRunner()
        let guest = try guest(runner)
        #expect(guest.call(.procForkEnv, guest.room(4)) == .success)
        let child = try #require(guest.thread.borrower)
        let missing = guest.text("/data/none") + guest.strings("x") + [0, 0, 0, 0, 0]
        #expect(child.answer(.procExec4, missing) == .noent)
        #expect(!child.hasEnded)
        let tool = guest.text("/data/tool") + guest.strings("x") + [0, 0, 0, 0, 0]
        #expect(child.answer(.procExec4, tool) == .success)
        #expect(!child.mustLeave && child.hasEnded)
        #expect(runner.loaded.withLock { $0.count } == 1)
        #expect(join(guest, guest.anyChild, .nonBlocking).option[4] == 0, "it runs")
        #expect(guest.kernel.process(child.process.id)?.image !== guest.process.image)
    }

    // MARK: what programs are started with

    private func loaded(_ runner: ProgramRunner) -> (arguments: [String], environment: [String]) {
        let last = runner.loaded.withLock { $0.last }
        func texts(_ strings: [[UInt8]]?) -> [String] { (strings ?? []).map { String(decoding: $0, as: UTF8.self) } }
        return (texts(last?.arguments), texts(last?.environment))
    }

    private func spawn(
        _ guest: FileGuest, _ id: CallID, _ arguments: [UInt64], _ environment: [UInt64]
    ) -> Errno {
        guest.call(id, guest.text("/data/tool") + arguments + environment + [0, 0, 0, 0, 0, 0, 0, guest.room(4)])
    }

    @Test func linesAreStringsWithoutTheEmptyOnes() throws {
        let runner = ProgramRunner()
        let guest = try guest(runner)
        #expect(
            spawn(guest, .procSpawn2, guest.text("\none\n\ntwo words\r\nthree\n"), guest.text("A=\nB=b=c")) == .success)
        #expect(loaded(runner) == (["one", "two words", "three"], ["A=", "B=b=c"]))
        #expect(spawn(guest, .procSpawn2, guest.text("\n\n"), [0, 7]) == .success)
        #expect(loaded(runner) == (["/data/tool"], ["OLD=1"]), "the name, and what the caller has")
        #expect(spawn(guest, .procSpawn2, guest.text("x"), [guest.room(1), 0]) == .success)
        #expect(loaded(runner) == (["x"], []))
    }

    @Test func arraysHoldAnyString() throws {
        let runner = ProgramRunner()
        let guest = try guest(runner)
        #expect(spawn(guest, .procSpawn3, guest.strings("", "a\nb", ""), guest.strings("odd", "A=1")) == .success)
        #expect(loaded(runner) == (["", "a\nb", ""], ["odd", "A=1"]))
        #expect(spawn(guest, .procSpawn3, [0, 0], [0, 7]) == .success)
        #expect(loaded(runner) == (["/data/tool"], ["OLD=1"]))
        let wide = guest.put(FileGuest.bytes(UInt64(guest.put("wide\0"))))
        let words = guest.text("/data/tool") + [wide, 1, 0, 0] + [0, 0, 0, 0, 0, 0, 0, guest.room(4)]
        #expect(guest.thread.answer(.procSpawn3, words, .bits64) == .success)
        #expect(loaded(runner) == (["wide"], ["OLD=1"]))
    }

    @Test func stringsHaveLimits() throws {
        let guest = try guest()
        let longest = String(repeating: "s", count: (128 << 10) - 1)
        #expect(spawn(guest, .procSpawn2, guest.text(longest), [0, 0]) == .success)
        #expect(spawn(guest, .procSpawn2, guest.text(longest + "s"), [0, 0]) == .toobig)
        let string = guest.put(longest + "\0")
        func many(_ count: Int) -> [UInt64] {
            [guest.put((0..<count).flatMap { _ in FileGuest.bytes(UInt32(string)) }), UInt64(count)]
        }
        #expect(spawn(guest, .procSpawn3, many(15), [0, 0]) == .success)
        #expect(spawn(guest, .procSpawn3, many(16), [0, 0]) == .toobig, "with a pointer for each")
        #expect(spawn(guest, .procSpawn3, many(8), many(8)) == .toobig, "together")
        #expect(spawn(guest, .procSpawn3, [guest.room(4), 1 << 31], [0, 0]) == .toobig)
    }

    @Test func stringsLieInMemory() throws {
        let guest = try guest()
        let end = UInt64(FileGuest.memorySize)
        guest.store(UInt8(0), at: end - 1)
        func array(_ address: UInt64) -> [UInt64] { [guest.put(FileGuest.bytes(UInt32(address))), 1] }
        #expect(spawn(guest, .procSpawn3, array(end - 1), [0, 0]) == .success)
        #expect(spawn(guest, .procSpawn3, array(end), [0, 0]) == .fault)
        #expect(spawn(guest, .procSpawn3, array(0), [0, 0]) == .fault)
        guest.store(UInt8(1), at: end - 1)
        #expect(spawn(guest, .procSpawn3, array(end - 8), [0, 0]) == .fault, "no NUL before the end")
        #expect(spawn(guest, .procSpawn3, [end - 3, 1], [0, 0]) == .fault)
        #expect(spawn(guest, .procSpawn2, [end - 3, 4], [0, 0]) == .fault)
    }

    // MARK: failures that end the process

    @Test(arguments: [("/data/none", UInt32(127)), ("/data/text", 126), ("/data", 126)])
    func whatNeverReturnsEndsTheProcess(name: String, code: UInt32) throws {
        for call in [CallID.procExec, .procExec2] {
            let guest = try guest()
            guest.hostFile("text", "no module")
            let arguments = guest.text(name) + guest.text("x") + [0, 0]
            _ = guest.call(call, Array(arguments.prefix(call.spec.arguments.count)))
            #expect(guest.kernel.locked { guest.process.state } == .exited(code: code))
        }
    }

    @Test func theOldestCallsLookInTheWorkingDirectory() throws {
        let guest = try guest()
        #expect(guest.call(.chdir, guest.text("/data")) == .success)
        let handles = guest.room(28)
        #expect(
            guest.call(
                .procSpawn, guest.text("tool") + [0] + guest.text("x") + [0, 0, 1, 1, 1] + guest.text(".") + [handles])
                == .success)
        #expect(guest.call(.chdir, guest.text("/")) == .success)
        #expect(
            guest.call(
                .procSpawn, guest.text("tool") + [0] + guest.text("x") + [0, 0, 1, 1, 1] + guest.text(".") + [handles])
                == .noent)
    }

    // MARK: the streams of proc_spawn

    @Test func pipesLeadToTheChildAndBack() throws {
        let guest = try guest()
        let before = guest.kernel.locked { guest.process.descriptors.openCount }
        let handles = guest.room(28)
        let arguments = guest.text("/data/tool") + [0] + guest.text("x") + [0, 0, 0, 0, 2] + guest.text("") + [handles]
        #expect(guest.call(.procSpawn, arguments) == .success)
        #expect(guest.bytes(handles + 20, 8) == [0, 0, 0, 0, 0, 0, 0, 0])
        let child = try #require(guest.kernel.process(ProcessID(rawValue: guest.load(handles))))
        let input = UInt64(guest.load(handles + 8, as: UInt32.self))
        let output = UInt64(guest.load(handles + 16, as: UInt32.self))
        #expect(guest.write(input, "in").errno == .success)
        guest.kernel.locked {
            #expect(guest.process.descriptors.openCount == before + 2)
            func file(_ number: UInt32) -> OpenFile? {
                child.descriptors.slot(FdNumber(rawValue: number))?.pointee.file?.takeUnretainedValue()
            }
            #expect(file(0)?.readiness() == .in)
            #expect(file(1)?.readiness() == .out)
            #expect(file(2) is HostFile)
            #expect(child.descriptors.openCount == before + 3, "and no end of the parent's")
        }
        child.end(.exited(code: 0))
        #expect(guest.read(output) == (.success, ""), "the end of its output")
        #expect(guest.write(input, "more").errno == .pipe)
    }

    @Test func pipesOfAChildThatWasNotMadeAreClosed() throws {
        let guest = try guest()
        let before = guest.kernel.locked { guest.process.descriptors.openCount }
        let arguments =
            guest.text("/data/none") + [0] + guest.text("x") + [0, 0, 0, 0, 0] + guest.text("") + [guest.room(28)]
        #expect(guest.call(.procSpawn, arguments) == .noent)
        #expect(guest.kernel.locked { guest.process.descriptors.openCount } == before)
    }

    // MARK: operations

    private func spawn(_ guest: FileGuest, _ operations: [UInt8]..., width: PointerWidth = .bits32) -> Errno {
        let list = guest.put(operations.flatMap { $0 })
        let words =
            guest.text("/data/tool") + [0, 0, 0, 0] + [list, UInt64(operations.count)] + [0, 0, 0, 0, 0, guest.room(4)]
        return guest.thread.answer(.procSpawn2, words, width)
    }

    private func child(_ guest: FileGuest) throws -> GuestProcess {
        try #require(guest.kernel.allProcesses.last { $0 !== guest.process })
    }

    @Test func operationsAreReadInBothWidths() throws {
        let guest = try guest()
        guest.hostFile("input", "text")
        let path = guest.text("/data/input")
        let rights = Rights.fdRead.rawValue
        let wide = FileGuest.bytes(
            UInt32(2), UInt32(9), UInt32(0), UInt32(0), path[0], path[1], UInt32(1), UInt32(0), rights, rights,
            UInt64(0))
        for (operation, width) in [(guest.open("/data/input", as: 9), PointerWidth.bits32), (wide, .bits64)] {
            #expect(spawn(guest, operation, width: width) == .success)
            let child = try child(guest)
            guest.kernel.locked {
                let entry = child.descriptors.slot(FdNumber(rawValue: 9))?.pointee
                #expect(entry?.rights.contains(.fdRead) == true && entry?.rights.contains(.fdWrite) == false)
                let file = entry?.file?.takeUnretainedValue() as? HostFile
                #expect(file.map { String(decoding: $0.path, as: UTF8.self) } == "/data/input")
            }
        }
    }

    @Test func aDirectoryIsChangedForTheChildAlone() throws {
        let guest = try guest()
        #expect(spawn(guest, guest.operation(3, path: "/data")) == .success)
        let first = try child(guest)
        #expect(spawn(guest, guest.operation(4, fd: guest.directory)) == .success)
        let second = try child(guest)
        guest.kernel.locked {
            for child in [first, second] { #expect(child.workingDirectory == Array("/data".utf8)) }
            #expect(guest.process.workingDirectory == Array("/".utf8))
        }
    }

    @Test func anAllZeroOperationClosesTheFirstStream() throws {
        let guest = try guest()
        let (reader, _) = guest.pipe()
        #expect(reader == 0)
        #expect(spawn(guest, [UInt8](repeating: 0, count: 56)) == .success)
        let child = try child(guest)
        #expect(guest.kernel.locked { child.descriptors.slot(FdNumber(rawValue: 0)) } == nil)
        #expect(guest.kernel.locked { guest.process.descriptors.slot(FdNumber(rawValue: 0)) } != nil)
    }

    // MARK: signals

    @Test func theLastDispositionOfASignalCounts() throws {
        let guest = try guest()
        let list = guest.put([13, 1, 1, 1, 13, 0, 2, 0, 15, 1, 9, 1])
        let words = guest.text("/data/tool") + [0, 0, 0, 0, 0, 0, list, 6, 0, 0, 0, guest.room(4)]
        #expect(guest.call(.procSpawn2, words) == .success)
        let child = try child(guest)
        #expect(guest.kernel.locked { child.ignoredSignals } == [.hup, .term], "and nobody ignores SIGKILL")
        let thread = try #require(guest.kernel.locked { child.liveThreads.first })
        let memory = guest.room(64)
        child.image.memory.attach(base: try guest.thread.memory.range(GuestPointer(rawValue: 0), 1)) {
            UInt64(FileGuest.memorySize)
        }
        #expect(thread.answer(.procSignalsSizesGet, [memory]) == .success)
        #expect(guest.load(memory, as: UInt32.self) == 2)
        #expect(thread.answer(.procSignalsGet, [memory]) == .success)
        #expect(guest.bytes(memory, 4) == [1, 1, 15, 1])
    }
}
