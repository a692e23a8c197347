import CLinux
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// SIGSTOP and SIGCONT (Kernel.docc/Signals).
@Suite struct StopTests {
    /// Returns when `thread`, whose process is stopped, has noticed.
    private func untilStopped(_ thread: GuestThread) throws {
        try awaitCondition("the thread has stopped") {
            thread.kernel.locked { thread.blockedSince == 0 && !thread.pendingInterrupts.contains(.stop) }
        }
    }

    /// Long enough for a thread that is woken to get to its end.
    private func pause() { usleep(20_000) }

    /// A wait of a child, and what ends it; the wait answers whether it ended as it should.
    enum Wait: CaseIterable {
        case pipe, futex, epoll, notifier, host, poll, join
    }

    private func begin(_ wait: Wait, _ guest: KernelGuest, _ child: GuestThread) -> (Running<Bool>, () -> Void) {
        switch wait {
        case .pipe:
            let pipe = guest.pipe()
            return (
                guest.start(as: child) { guest.read(pipe.reader, 8, $0).bytes == [1] },
                { _ = guest.write(pipe.writer, [1]) }
            )
        case .futex:
            let word = GuestWord()
            return (
                guest.start(as: child) { thread in
                    guest.locked { thread.futexes.wait(word.base, expected: 0, until: .max, thread) }
                },
                {
                    guest.locked {
                        word.base.pointee = 1
                        _ = child.futexes.wake(UnsafeMutableRawPointer(word.base), limit: 1)
                    }
                }
            )
        case .epoll:
            let (epoll, counter) = (guest.epoll(), guest.counter())
            _ = guest.add(epoll, counter, 3, [.in, .et])
            return (
                guest.start(as: child) { guest.wait(epoll, until: .max, $0).events == [SeenEvent(3, .in)] },
                { _ = guest.add(counter, 1) }
            )
        case .notifier:
            let (epoll, pipe) = (guest.epoll(), guest.hostPipe())
            _ = guest.add(epoll, pipe.reader, 3, [.in, .et])
            return (
                guest.start(as: child) { guest.wait(epoll, until: .max, $0).events == [SeenEvent(3, .in)] },
                { _ = Glibc.write(pipe.writer, "x", 1) }
            )
        case .host:
            let pipe = guest.hostPipe()
            return (
                guest.start(as: child) { guest.read(pipe.reader, 8, $0).bytes == Array("x".utf8) },
                { _ = Glibc.write(pipe.writer, "x", 1) }
            )
        case .poll:
            let pipe = guest.pipe()
            return (
                guest.start(as: child) { thread in
                    let storage = thread.pollScratch(1)
                    storage.entries[0] = PollEntry(file: .passUnretained(pipe.reader), interest: .in)
                    let end = guest.locked {
                        var set = PollSet(storage, count: 1)
                        defer { set.release() }
                        return set.wait(until: .max, thread)
                    }
                    return end == .woken
                },
                { _ = guest.write(pipe.writer, [1]) }
            )
        case .join:
            let grandchild = try! guest.child(of: child).process
            return (
                guest.start(as: child) { guest.join(nil, [], $0) == .success(.ended(grandchild.id, .exited(code: 1))) },
                { grandchild.end(.exited(code: 1)) }
            )
        }
    }

    /// What it waits for comes while it is stopped.
    @Test(arguments: Wait.allCases)
    func aStoppedThreadStaysInItsWaitAndMissesNothing(_ wait: Wait) throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let (running, end) = begin(wait, guest, child)
        try running.untilBlocked()
        child.process.send(.stop)
        try untilStopped(child)
        end()
        pause()
        #expect(!running.isDone)
        child.process.send(.cont)
        #expect(try running.value())
    }

    @Test(arguments: Wait.allCases)
    func aWaitGoesOnAfterAStop(_ wait: Wait) throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let (running, end) = begin(wait, guest, child)
        for _ in 0..<3 {
            try running.untilBlocked()
            child.process.send(.stop)
            try untilStopped(child)
            child.process.send(.cont)
        }
        try running.untilBlocked()
        end()
        #expect(try running.value())
    }

    /// A wake-up that one waiter alone gets is for one that can use it.
    @Test func aStoppedThreadLeavesWhatComesToOthers() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let pipe = guest.pipe()
        let first = guest.start(as: child) { guest.read(pipe.reader, 8, $0).bytes }
        try first.untilBlocked()
        child.process.send(.stop)
        try untilStopped(child)
        let second = guest.start { guest.read(pipe.reader, 8, $0).bytes }
        try second.untilBlocked()
        _ = guest.write(pipe.writer, [1])
        #expect(try second.value() == [1])
        child.process.send(.cont)
        try first.untilBlocked()
        _ = guest.write(pipe.writer, [2])
        #expect(try first.value() == [2])
    }

    /// One that has been chosen when the stop comes takes what there is, or leaves it to the next.
    @Test func aThreadThatIsStoppedAsItIsWokenKeepsNobodyWaiting() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let pipe = guest.pipe()
        let first = guest.start(as: child) { guest.read(pipe.reader, 8, $0).bytes }
        try first.untilBlocked()
        let second = guest.start { guest.read(pipe.reader, 8, $0).bytes }
        try second.untilBlocked()
        guest.locked {
            var byte: UInt8 = 7
            withUnsafeMutablePointer(to: &byte) {
                _ = withVector($0, 1) { pipe.writer.write(from: $0, guest.main) }
            }
            child.process.isStopped = true
            child.interrupt(.stop)
        }
        try awaitCondition("one of them has it") { first.isDone || second.isDone }
        child.process.send(.cont)
        guest.process.end(.exited(code: 0))
    }

    @Test func timeGoesOnWhileAThreadIsStopped() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let running = guest.start(as: child) { thread in
            guest.locked { thread.sleep(until: KernelGuest.after(milliseconds: 1)) }
        }
        child.process.send(.stop)
        pause()
        child.process.send(.cont)
        #expect(try running.value() == .timedOut)
    }

    @Test func aStoppedProcessCanBeEnded() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let running = guest.start(as: child) { thread in guest.locked { thread.sleep(until: .max) } }
        try running.untilBlocked()
        child.process.send(.stop)
        try untilStopped(child)
        child.process.send(.kill)
        #expect(try running.value() == .interrupted)
        #expect(guest.join() == .success(.ended(child.process.id, .signalled(signal: 9))))
    }

    @Test func whatBeginsInAStoppedProcessIsStoppedToo() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        child.process.send(.stop)
        let late = try #require(child.process.makeThread())
        let running = guest.start(as: late) { thread in
            guest.locked { thread.sleep(until: KernelGuest.after(milliseconds: 1)) }
        }
        pause()
        #expect(!running.isDone)
        child.process.send(.cont)
        #expect(try running.value() == .timedOut)
    }

    // MARK: what the parent hears

    @Test func aStopIsToldOfOnce() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        child.send(.stop)
        #expect(guest.join(nil, .nonBlocking) == .success(.nothing), "unless it is asked for")
        #expect(guest.join(nil, [.nonBlocking, .wakeStopped]) == .success(.stopped(child.id, .stop)))
        #expect(guest.join(nil, [.nonBlocking, .wakeStopped]) == .success(.nothing))
        child.send(.stop)
        #expect(guest.join(nil, [.nonBlocking, .wakeStopped]) == .success(.nothing), "it was stopped")
        child.send(.cont)
        child.send(.tstp)
        #expect(guest.join(child, [.nonBlocking, .wakeStopped]) == .success(.stopped(child.id, .tstp)))
    }

    @Test func aStopThatIsOverIsNoNews() throws {
        let guest = KernelGuest()
        let child = try guest.child().process
        child.send(.stop)
        child.send(.cont)
        #expect(guest.join(nil, [.nonBlocking, .wakeStopped]) == .success(.nothing))
    }

    @Test func aParentThatWaitsHearsOfAStop() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        let child = try guest.child().process
        guest.locked { child.signalCallback = nil }
        let waiters = [JoinFlags.wakeStopped, []].map { flags in guest.start { guest.join(nil, flags, $0) } }
        for waiter in waiters { try waiter.untilBlocked() }
        child.send(.stop)
        #expect(try waiters[0].value() == .success(.stopped(child.id, .stop)))
        try waiters[1].untilBlocked()
        #expect(guest.main.pendingInterrupts == .quietSignal, "SIGCHLD")
        child.end(.exited(code: 0))
        #expect(try waiters[1].value() == .success(.ended(child.id, .exited(code: 0))))
    }

    // MARK: SIGCONT

    /// A process without a handler of its own goes on as if nothing had been.
    @Test func toGoOnEndsNoRead() throws {
        let guest = KernelGuest()
        guest.process.image.runner = LoadingRunner()
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        let child = try guest.child()
        let pipe = guest.pipe()
        let running = guest.start(as: child) { thread in
            thread.inCall(.fdRead) { guest.read(pipe.reader, 8, thread) }.result
        }
        try running.untilBlocked()
        child.process.send(.stop)
        try untilStopped(child)
        child.process.send(.cont)
        pause()
        _ = guest.write(pipe.writer, [1])
        let result = try running.value()
        #expect(result.errno == .success && result.count == 1)
    }
}
