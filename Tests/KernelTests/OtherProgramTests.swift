import Foundation
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Other programs in a process, and in a child of it (Kernel.docc/Processes).
@Suite final class OtherProgramTests {
    private let scratch: Scratch
    private let guest: KernelGuest
    private let runner: LoadingRunner

    init() throws {
        scratch = try Scratch()
        let module = try scratch.write("module", to: "tool")
        guest = KernelGuest(
            commands: [CommandMapping(name: Array("tool".utf8), file: ByteString(Array(module.utf8)))])
        runner = LoadingRunner()
        guest.process.image.runner = runner
        try Preopens.install([DirectoryGrant(hostPath: scratch.path, guestPath: "/")], into: guest.process)
    }

    private func request(_ name: String = "/bin/tool") -> ProgramRequest {
        ProgramRequest(name: Array(name.utf8), arguments: [Array("zero".utf8)], environment: [Array("A=1".utf8)])
    }

    private func execute(_ name: String = "/bin/tool", _ thread: GuestThread? = nil) -> Errno {
        outcome { () throws(Errno) in try (thread ?? guest.main).execute(request(name)) }
    }

    private func spawn(
        _ name: String = "/bin/tool", actions: [SpawnAction] = [], ignoring: [Signal] = []
    ) -> Result<GuestProcess, Errno> {
        do throws(Errno) {
            let id = try guest.process.spawn(request(name), actions: actions, ignoring: ignoring, by: guest.main)
            return .success(guest.kernel.process(id)!)
        } catch {
            return .failure(error)
        }
    }

    /// Descriptors of the process beside the granted directory's.
    private var openCount: Int { guest.locked { guest.process.descriptors.openCount } - 1 }

    // MARK: exec

    /// The main thread of the program before may still be on its way out.
    @Test func onlyTheNewProgramsMainThreadIsTheMainThread() throws {
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        guest.locked { guest.main.pendingSignals.insert(.usr1) }
        #expect(execute() == .success)
        let main = try #require(runner.started.withLock { $0.first })
        guest.locked {
            #expect(guest.process.liveThread(ThreadNumber.main) === main)
            #expect(guest.process.liveThread(guest.main.id.rawValue) == nil)
            #expect(guest.process.pendingSignals.contains(.usr1), "it waits for the new program")
        }
        guest.process.setSignalCallback(Array("handler".utf8), on: main)
        #expect(main.pendingInterrupts == .signal && guest.main.pendingInterrupts == .ending)
    }

    @Test func anotherProgramTakesThePlaceOfTheOneBefore() throws {
        let (reader, writer) = guest.pipe()
        let fd = try guest.install(reader)
        try guest.install(writer, isCloseOnExec: true)
        guest.close(writer)
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        guest.locked {
            guest.process.workingDirectory = Array("/home".utf8)
            guest.process.ignoredSignals = [.hup]
        }
        let before = guest.process.image
        let sleeper = guest.start { thread in self.guest.locked { thread.sleep(until: .max) } }
        try sleeper.untilBlocked()
        #expect(execute() == .success)
        #expect(guest.main.isEnding && guest.main.mustLeave)
        #expect(try sleeper.value() == .interrupted)
        let next = guest.process.image
        #expect(next !== before && guest.main.image === before)
        #expect(next.arguments == [Array("zero".utf8)] && next.environment == [Array("A=1".utf8)])
        let main = try #require(runner.started.withLock { $0.first })
        #expect(main.isMain && main.image === next && !main.isEnding)
        guest.locked {
            #expect(guest.process.state == .running)
            #expect(guest.process.workingDirectory == Array("/home".utf8))
            #expect(guest.process.ignoredSignals == [.hup])
            #expect(guest.process.signalCallback == nil, "handlers are the program's")
            #expect(guest.process.descriptors.slot(fd) != nil)
        }
        #expect(openCount == 1)
        #expect(guest.readiness(reader) == .hup)
        guest.main.end()
        #expect(guest.locked { guest.process.state } == .running)
        guest.close(reader)
    }

    @Test func aProgramThatCannotBeRunChangesNothing() throws {
        let counter = guest.counter()
        try guest.install(counter, isCloseOnExec: true)
        let before = guest.process.image
        #expect(execute("/bin/none") == .noent)
        #expect(execute("/") == .acces)
        #expect(guest.process.image === before)
        #expect(guest.main.pendingInterrupts.isEmpty)
        #expect(openCount == 1)
        guest.close(counter)
    }

    @Test func aSecondProgramComesTooLate() throws {
        let other = guest.process.makeThread()!
        #expect(execute() == .success)
        #expect(execute("/bin/tool", other) == .intr)
        guest.process.end(.exited(code: 0))
        #expect(runner.started.withLock { $0.count } == 1)
    }

    @Test func aProgramThatFindsNoRoomEndsItsProcess() throws {
        let cramped = LoadingRunner(hasRoom: false)
        guest.process.image.runner = cramped
        #expect(execute() == .success)
        #expect(guest.locked { guest.process.state } == .signalled(signal: 9))
        guest.main.end()
        #expect(guest.kernel.hasNoThreads, "the one that did not begin does not count")
    }

    @Test func aProgramOfItsOwnIsWhatTheParentOfVforkWaitsFor() throws {
        let child = try guest.child()
        let guest = guest
        let waiter = guest.start { child.process.waitForRelease($0) }
        try waiter.untilBlocked()
        #expect(execute("/bin/none", child) == .noent)
        try waiter.untilBlocked()
        #expect(execute("/bin/tool", child) == .success)
        try waiter.value()
    }

    // MARK: spawn

    @Test func aSpawnedChildHasAProgramOfItsOwn() throws {
        let (reader, writer) = guest.pipe()
        let kept = try guest.install(reader)
        let closed = try guest.install(writer, isCloseOnExec: true)
        guest.locked { guest.process.ignoredSignals = [.hup] }
        let child = try spawn(actions: [.duplicate(closed, onto: FdNumber(rawValue: 9))], ignoring: [.pipe]).get()
        guest.locked {
            #expect(child.parent == guest.process.id)
            #expect(child.descriptors.slot(kept) != nil && child.descriptors.slot(closed) == nil)
            #expect(child.descriptors.slot(FdNumber(rawValue: 9))?.pointee.file?.takeUnretainedValue() === writer)
            #expect(child.ignoredSignals == [.pipe])
            #expect(child.signalCallback == nil)
            #expect(child.liveThreads.map(\.isMain) == [true])
        }
        #expect(child.image !== guest.process.image)
        #expect(openCount == 2)
        child.end(.exited(code: 0))
        #expect(guest.join() == .success(.ended(child.id, .exited(code: 0))))
        guest.close(reader)
        guest.close(writer)
    }

    @Test func whatCannotBeSpawnedLeavesNothingBehind() throws {
        let (reader, writer) = guest.pipe()
        let fd = try guest.install(writer)
        guest.close(writer)
        #expect(throws: Errno.noent) { try spawn("/bin/none").get() }
        let unused = SpawnAction.duplicate(FdNumber(rawValue: 77), onto: FdNumber(rawValue: 9))
        #expect(throws: Errno.badf) { try spawn(actions: [unused]).get() }
        guest.process.image.runner = LoadingRunner(hasRoom: false)
        #expect(throws: Errno.again) { try spawn().get() }
        #expect(guest.join() == .failure(.child))
        #expect(guest.kernel.allProcesses.map(\.id) == [guest.process.id])
        guest.locked { _ = guest.process.descriptors.close(fd) }
        #expect(guest.readiness(reader) == .hup, "no child holds the other end")
        guest.close(reader)
    }
}
