import Testing
import WasixABI

@testable import Kernel

@Suite struct EventCounterTests {
    @Test func aReadTakesEverything() {
        let guest = KernelGuest()
        let counter = guest.counter(3, .nonblock)
        #expect(guest.add(counter, 4).isSuccess)
        #expect(guest.take(counter) == (.success, 7))
        #expect(guest.take(counter).errno == .again)
        #expect(guest.readiness(counter) == .out)
    }

    @Test func aSemaphoreGivesOneByOne() {
        let guest = KernelGuest()
        let counter = guest.counter(2, [.semaphore, .nonblock])
        #expect(guest.take(counter) == (.success, 1))
        #expect(guest.take(counter) == (.success, 1))
        #expect(guest.take(counter).errno == .again)
    }

    @Test func itNeverOverflows() throws {
        let guest = KernelGuest()
        let counter = guest.counter(0, .nonblock)
        #expect(guest.add(counter, .max).errno == .inval)
        #expect(guest.add(counter, .max - 1).isSuccess)
        #expect(guest.readiness(counter) == .in)
        #expect(guest.add(counter, 1).errno == .again)
        #expect(guest.add(counter, 0).isSuccess)
        #expect(guest.take(counter) == (.success, .max - 1))
        let waiting = guest.counter(.max - 1)
        let running = guest.start { guest.add(waiting, 5, $0).errno }
        try running.untilBlocked()
        #expect(guest.take(waiting) == (.success, .max - 1))
        #expect(try running.value() == .success)
        #expect(guest.take(waiting) == (.success, 5))
    }

    @Test func lessThanEightBytesAreRefused() {
        let guest = KernelGuest()
        let counter = guest.counter(1)
        #expect(guest.read(counter, 7).result.errno == .inval)
        #expect(guest.write(counter, count: 7).errno == .inval)
        #expect(guest.write(counter, count: 0).errno == .inval)
        #expect(guest.read(counter, 20).bytes.count == 8)
    }

    @Test func aReadWaitsForAWrite() throws {
        let guest = KernelGuest()
        let counter = guest.counter()
        let running = guest.start { guest.take(counter, $0) }
        try running.untilBlocked()
        #expect(guest.add(counter, 0).isSuccess)
        #expect(guest.add(counter, 9).isSuccess)
        #expect(try running.value() == (.success, 9))
    }

    @Test func whatASemaphoresReaderLeavesTheNextOneTakes() throws {
        let guest = KernelGuest()
        let counter = guest.counter(0, .semaphore)
        let readers = (0..<3).map { _ in guest.start { guest.take(counter, $0).value } }
        for running in readers { try running.untilBlocked() }
        #expect(guest.add(counter, 3).isSuccess)
        #expect(try readers.map { try $0.value() } == [1, 1, 1])
    }

    @Test func roomIsForEveryBlockedWriter() throws {
        let guest = KernelGuest()
        let counter = guest.counter(.max - 1)
        let writers = (0..<2).map { _ in guest.start { guest.add(counter, 5, $0).errno } }
        for running in writers { try running.untilBlocked() }
        #expect(guest.take(counter) == (.success, .max - 1))
        for running in writers { #expect(try running.value() == .success) }
        #expect(guest.take(counter) == (.success, 10))
    }

    @Test func aWriterWhoseValueDoesNotFitKeepsNobodyElseWaiting() throws {
        let guest = KernelGuest()
        let counter = guest.counter(.max - 1, .semaphore)
        let large = guest.start { guest.add(counter, 5, $0).errno }
        try large.untilBlocked()
        let small = guest.start { guest.add(counter, 1, $0).errno }
        try small.untilBlocked()
        #expect(guest.take(counter) == (.success, 1))
        #expect(try small.value() == .success)
        #expect(large.isBlocked)
        for _ in 0..<5 { #expect(guest.take(counter) == (.success, 1)) }
        #expect(try large.value() == .success)
    }

    @Test func theEndOfTheProcessInterruptsAReader() throws {
        let guest = KernelGuest()
        let counter = guest.counter()
        let running = guest.start { guest.take(counter, $0).errno }
        try running.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try running.value() == .intr)
    }
}
