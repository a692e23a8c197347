import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// A process begins with a number of its own and ends with everything it had open.
@Suite struct ProcessEndTests {
    @Test func theEndClosesEveryDescriptor() throws {
        let guest = KernelGuest()
        let other = GuestProcess(
            kernel: guest.kernel, parent: guest.process.id, arguments: [], environment: [], workingDirectory: [])
        let (reader, writer) = guest.pipe()
        guest.locked {
            for _ in 0..<300 { _ = try! other.descriptors.add(writer) }
            writer.release()
        }
        #expect(guest.locked { reader.readiness() } == [])
        other.end(.exited(code: 0))
        #expect(guest.locked { reader.readiness() } == .hup)
        #expect(guest.locked { other.descriptors.openCount } == 0)
    }

    @Test func aPortIsFreeAtOnce() throws {
        let lab = SocketLab()
        let (_, address) = try lab.listener()
        lab.process.end(.exited(code: 0))
        let next = SocketLab()
        let again = try next.kernel.locked { () throws(Errno) in try StreamSocket.listener(at: address, next.kernel) }
        next.kernel.locked {
            again.hold()
            again.release()
        }
    }

    @Test func nothingIsOpenedAfterTheEnd() {
        let guest = KernelGuest()
        guest.process.end(.exited(code: 0))
        let counter = guest.counter()
        #expect(throws: Errno.badf) {
            try guest.kernel.locked { () throws(Errno) in _ = try guest.process.descriptors.add(counter) }
        }
        guest.close(counter)
    }

    @Test func aSnapshotAfterTheEndShowsWhatWasOpenThen() throws {
        let guest = KernelGuest(tracer: Tracer())
        let counter = guest.counter(3)
        _ = guest.locked { try! guest.process.descriptors.add(counter) }
        let waiter = guest.start { thread in guest.locked { thread.sleep(until: .max) } }
        try waiter.untilBlocked()
        guest.process.end(.exited(code: 7))
        _ = try waiter.value()
        guest.close(counter)
        let last = guest.process.snapshot()
        #expect(last.guest == .exited(code: 7))
        #expect(last.descriptors.map(\.object) == [counter.id])
        #expect(last.threads.first { $0.thread == waiter.thread.id }?.state == .blocked)
    }

    @Test func numbersCountUpAndParentsAreKnown() {
        let kernel = Kernel()
        func process(_ parent: ProcessID) -> GuestProcess {
            GuestProcess(kernel: kernel, parent: parent, arguments: [], environment: [], workingDirectory: [])
        }
        let first = process(.none)
        #expect(first.id == .initial)
        do {
            let second = process(first.id)
            #expect(second.id.rawValue == 2)
            #expect(kernel.parent(of: second.id) == first.id)
        }
        #expect(kernel.parent(of: first.id) == ProcessID.none)
        #expect(kernel.parent(of: ProcessID(rawValue: 2)) == nil, "nobody can ask for it any more")
    }
}
