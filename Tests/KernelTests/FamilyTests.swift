import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Parents and children: what a child gets, and what is heard of it (Kernel.docc/Processes).
@Suite struct FamilyTests {
    private func state(_ process: GuestProcess) -> GuestState { process.kernel.locked { process.state } }

    /// - Returns: true when there is such a process for guests.
    private func isKnown(_ process: GuestProcess) -> Bool { process.kernel.process(process.id) === process }

    // MARK: what a child gets

    @Test func aForkCopiesDescriptorsAndSharesDescriptions() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let fd = try guest.install(reader, isCloseOnExec: true)
        let child = try guest.child()
        let copy = try #require(guest.locked { child.descriptors.slot(fd)?.pointee })
        #expect(copy.file?.takeUnretainedValue() === reader)
        #expect(copy.isCloseOnExec)
        guest.locked { reader.flags.insert(.nonblock) }
        #expect(guest.read(reader, 1, child).result.errno == .again, "its flags are the description's")
        guest.close(reader)
        guest.locked { _ = guest.process.descriptors.close(fd) }
        #expect(guest.readiness(writer) == .out, "the child holds it")
        guest.locked { _ = child.descriptors.close(fd) }
        #expect(guest.readiness(writer) == [.out, .err])
    }

    @Test func aForkCopiesTheDirectoryAndWhatIsIgnored() throws {
        let guest = KernelGuest()
        guest.locked {
            guest.process.workingDirectory = Array("/home".utf8)
            guest.process.ignoredSignals = [.hup]
        }
        guest.process.clockOffsets[0] = 5
        let child = try guest.child().process
        guest.locked {
            #expect(child.workingDirectory == Array("/home".utf8))
            #expect(child.ignoredSignals == [.hup])
            child.workingDirectory = Array("/".utf8)
            #expect(guest.process.workingDirectory == Array("/home".utf8))
        }
        #expect(child.clockOffsets[0] == 5)
        #expect(guest.kernel.parent(of: child.id) == guest.process.id)
        #expect(isKnown(child))
    }

    @Test func aForkKeepsTheHandlerAndNoSignalThatWaits() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        guest.process.send(.usr1, to: guest.main)
        guest.process.send(.usr2)
        let child = try guest.child()
        #expect(child.pendingInterrupts.isEmpty)
        guest.locked {
            #expect(child.takesSignals)
            #expect(child.pendingSignals.isEmpty && child.process.pendingSignals.isEmpty)
        }
        child.process.send(.usr1)
        #expect(child.pendingInterrupts == .signal)
    }

    @Test func thereIsNoChildOfAProcessThatHasEnded() {
        let guest = KernelGuest()
        guest.process.end(.exited(code: 0))
        #expect(throws: Errno.intr) { try guest.child() }
    }

    @Test func thereIsALimitToProcesses() throws {
        let guest = KernelGuest(mostProcesses: 3)
        let first = try guest.child()
        _ = try guest.child(of: first)
        #expect(throws: Errno.again) { try guest.child() }
        first.process.end(.exited(code: 0))
        #expect(throws: Errno.again) { try guest.child() }
        #expect(guest.join() == .success(.ended(first.process.id, .exited(code: 0))))
        #expect(throws: Never.self) { try guest.child() }
    }

    // MARK: joining

    @Test func withoutAChildThereIsNothingToWaitFor() throws {
        let guest = KernelGuest()
        #expect(guest.join() == .failure(.child))
        let child = try guest.child()
        let grandchild = try guest.child(of: child)
        #expect(guest.join(grandchild.process, .nonBlocking) == .failure(.child))
        #expect(guest.join(guest.process, .nonBlocking) == .failure(.child))
        #expect(guest.join(nil, .nonBlocking, grandchild) == .failure(.child))
    }

    @Test func aChildThatRunsIsNoNews() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        #expect(guest.join(nil, .nonBlocking) == .success(.nothing))
        #expect(guest.join(child, .nonBlocking) == .success(.nothing))
        child.end(.exited(code: 300))
        #expect(guest.join(child, .nonBlocking) == .success(.ended(child.id, .exited(code: 300))))
        #expect(guest.join(child) == .failure(.child))
        #expect(!isKnown(child))
    }

    @Test func oneChildIsWaitedForAndNoOther() throws {
        let guest = KernelGuest()
        let children = [try guest.child().process, try guest.child().process]
        let waiter = guest.start { guest.join(children[1], [], $0) }
        try waiter.untilBlocked()
        children[0].end(.exited(code: 1))
        try waiter.untilBlocked()
        #expect(isKnown(children[0]))
        children[1].end(.signalled(signal: 15))
        #expect(try waiter.value() == .success(.ended(children[1].id, .signalled(signal: 15))))
        #expect(guest.join() == .success(.ended(children[0].id, .exited(code: 1))))
    }

    @Test func everyChildIsToldOfOnce() throws {
        let guest = KernelGuest()
        for _ in 0..<20 {
            let children = [try guest.child().process, try guest.child().process]
            let waiters = (0..<3).map { _ in guest.start { guest.join(nil, [], $0) } }
            for waiter in waiters { try waiter.untilBlocked() }
            for child in children { child.end(.exited(code: 0)) }
            let answers = try waiters.map { try $0.value() }
            for child in children {
                #expect(answers.count { $0 == .success(.ended(child.id, .exited(code: 0))) } == 1)
            }
            #expect(answers.count { $0 == .failure(.child) } == 1)
        }
    }

    /// More descriptors than are closed under one hold of the lock.
    @Test func aChildHasClosedEverythingWhenItsParentHears() throws {
        let guest = KernelGuest()
        for _ in 0..<20 {
            let (reader, writer) = guest.pipe()
            let child = try guest.child().process
            for _ in 0..<300 { try guest.install(writer, in: child) }
            guest.close(writer)
            let waiter = guest.start { thread in
                let news = guest.join(nil, [], thread)
                return (news, guest.locked { (reader.readiness(), child.descriptors.openCount) })
            }
            try waiter.untilBlocked()
            child.end(.exited(code: 0))
            let (news, (readiness, count)) = try waiter.value()
            #expect(news == .success(.ended(child.id, .exited(code: 0))))
            #expect(readiness == .hup && count == 0)
            guest.close(reader)
        }
    }

    @Test func aSignalEndsAJoinButNotThatOfTheChild() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        let children = [try guest.child().process, try guest.child().process]
        let waiter = guest.start { guest.join(children[0], [], $0) }
        try waiter.untilBlocked()
        children[1].end(.exited(code: 0))
        #expect(guest.main.pendingInterrupts == .quietSignal, "SIGCHLD goes to the main thread")
        guest.process.send(.chld, to: waiter.thread)
        try waiter.untilBlocked()
        guest.process.send(.usr1, to: waiter.thread)
        #expect(try waiter.value() == .failure(.intr))
    }

    // MARK: families without a parent

    @Test func nobodyHearsOfAnOrphan() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        let child = try guest.child()
        let orphans = [try guest.child(of: child).process, try guest.child(of: child).process]
        orphans[0].end(.exited(code: 1))
        #expect(isKnown(orphans[0]), "its parent may join it")
        child.process.end(.exited(code: 0))
        #expect(!isKnown(orphans[0]) && isKnown(orphans[1]))
        #expect(guest.kernel.parent(of: orphans[1].id) == .initial)
        #expect(guest.join() == .success(.ended(child.process.id, .exited(code: 0))))
        guest.main.deliverSignals()
        #expect(guest.join(orphans[1], .nonBlocking) == .failure(.child))
        orphans[1].end(.exited(code: 2))
        #expect(!isKnown(orphans[1]))
        #expect(guest.main.pendingInterrupts.isEmpty)
        #expect(guest.join() == .failure(.child))
    }

    @Test func withTheInitialProcessAllEnd() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let others = [child.process, try guest.child(of: child).process, try guest.child().process]
        others[2].end(.exited(code: 3))
        let waiter = guest.start(as: child) { thread in guest.locked { thread.sleep(until: .max) } }
        try waiter.untilBlocked()
        guest.process.end(.exited(code: 7))
        #expect(try waiter.value() == .interrupted)
        #expect(others.map(state) == [.signalled(signal: 9), .signalled(signal: 9), .exited(code: 3)])
        for other in others { #expect(!isKnown(other)) }
    }

    // MARK: signals between processes

    @Test func aSignalReachesAnotherProcess() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        child.send(.term)
        #expect(state(child) == .signalled(signal: 15))
        #expect(state(guest.process) == .running)
    }

    @Test func whatHasEndedCanBeSentSignals() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        child.end(.exited(code: 4))
        let zombie = try #require(guest.kernel.process(child.id))
        for signal in [Signal.kill, .term, .stop, .cont, .none] { zombie.send(signal) }
        #expect(guest.join(nil, .wakeStopped) == .success(.ended(child.id, .exited(code: 4))))
    }

    // MARK: vfork

    @Test func theParentOfVforkWaitsForTheEndOfTheChild() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        let waiter = guest.start { child.waitForRelease($0) }
        try waiter.untilBlocked()
        child.end(.exited(code: 0))
        try waiter.value()
        #expect(guest.join() == .success(.ended(child.id, .exited(code: 0))))
        child.waitForRelease(guest.main)
    }

    @Test func noSignalEndsTheWaitForAChildThatRunsInItsParentsPlace() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        let child = try guest.child().process
        let waiter = guest.start { thread in
            child.waitForRelease(thread)
            return thread.pendingInterrupts
        }
        for signal in [Signal.usr1, .chld] {
            try waiter.untilBlocked()
            guest.process.send(signal, to: waiter.thread)
        }
        try waiter.untilBlocked()
        guest.locked { child.release() }
        #expect(try waiter.value() == [.signal, .quietSignal], "they are taken afterwards")
    }

    @Test func theEndOfTheParentEndsItsWait() throws {
        let guest = KernelGuest()
        let parent = try guest.child()
        let child = try guest.child(of: parent).process
        let waiter = guest.start(as: parent) { child.waitForRelease($0) }
        try waiter.untilBlocked()
        parent.process.end(.exited(code: 0))
        try waiter.value()
        #expect(state(child) == .running)
    }
}
