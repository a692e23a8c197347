import CLinux
import Glibc
import Testing
import WasixABI

@testable import Kernel

@Suite struct PipeTests {
    // MARK: capacity

    @Test func sixteenPagesFit() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe(nonblock: true)
        #expect(guest.write(writer, count: 70_000).count == 65_536)
        #expect(guest.write(writer, count: 1).errno == .again)
        #expect(guest.readiness(writer) == [])
        #expect(guest.read(reader, 4095).bytes.count == 4095)
        #expect(guest.readiness(writer) == [], "a page with a byte left is no room")
        #expect(guest.read(reader, 1).bytes.count == 1)
        #expect(guest.readiness(writer) == .out)
    }

    @Test func bytesGoToTheEndOfTheLastPageOnlyWhereTheyFit() {
        let guest = KernelGuest()
        let (_, small) = guest.pipe(nonblock: true)
        for _ in 0..<65_536 { #expect(guest.write(small, count: 1).count == 1) }
        #expect(guest.write(small, count: 1).errno == .again)
        let (_, large) = guest.pipe(nonblock: true)
        for _ in 0..<16 { #expect(guest.write(large, count: 3000).count == 3000) }
        #expect(guest.write(large, count: 3000).errno == .again)
        #expect(guest.write(large, count: 1096).count == 1096, "the last page has room for them")
    }

    @Test func upToAPageIsWrittenWholeOrNotAtAll() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe(nonblock: true)
        #expect(guest.write(writer, count: 65_536).count == 65_536)
        _ = guest.read(reader, 4096)
        #expect(guest.write(writer, count: 10).count == 10)
        #expect(guest.write(writer, count: 4096).errno == .again)
        #expect(guest.write(writer, count: 4086).count == 4086)
        #expect(guest.write(writer, count: 4096).errno == .again)
        _ = guest.read(reader, 4096)
        #expect(guest.write(writer, count: 4097).count == 4096)
    }

    /// The host's own pipe is the judge: the same seeded walk over both, and every answer compared.
    @Test(arguments: 1...8)
    func everyAnswerIsTheHostsOwn(_ seed: UInt64) {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe(nonblock: true)
        var fds: [Int32] = [0, 0]
        #expect(cl_pipe2(&fds, O_CLOEXEC) == 0)
        for fd in fds { #expect(fcntl(fd, F_SETFL, O_NONBLOCK) == 0) }
        var random = SeededGenerator(seed: seed)
        var buffer = [UInt8](repeating: 7, count: 80_000)
        for step in 0..<1500 {
            let count = [1, 100, 3000, 4095, 4096, 4097, 9000, 70_000].randomElement(using: &random)!
            if Bool.random(using: &random) {
                let mine = guest.write(writer, count: count)
                let host = Glibc.write(fds[1], buffer, count)
                #expect(mine.isSuccess ? mine.count == host : host == -1, "write \(count) in step \(step)")
            } else {
                let mine = guest.read(reader, count).result
                let host = Glibc.read(fds[0], &buffer, count)
                #expect(mine.isSuccess ? mine.count == host : host == -1, "read \(count) in step \(step)")
            }
            #expect(guest.readiness(reader) == HostPoll.now(fds[0]).intersection(.in), "step \(step)")
            #expect(guest.readiness(writer) == HostPoll.now(fds[1]).intersection(.out), "step \(step)")
        }
        for fd in fds { close(fd) }
    }

    @Test func bytesComeOutAsTheyWentIn() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe(nonblock: true)
        var random = SeededGenerator(seed: 3)
        var sent: [UInt8] = []
        var received: [UInt8] = []
        for _ in 0..<400 {
            let count = Int.random(in: 1...5000, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let written = guest.write(writer, bytes)
            sent += bytes.prefix(written.count)
            received += guest.read(reader, Int.random(in: 1...5000, using: &random)).bytes
        }
        while guest.readiness(reader) == .in { received += guest.read(reader, 4096).bytes }
        #expect(received == sent)
    }

    // MARK: ends

    @Test func withoutAWriterReadsEnd() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        #expect(guest.write(writer, Array("ab".utf8)).count == 2)
        guest.close(writer)
        #expect(guest.readiness(reader) == [.in, .hup])
        #expect(guest.read(reader, 10).bytes == Array("ab".utf8))
        #expect(guest.readiness(reader) == .hup)
        let end = guest.read(reader, 10).result
        #expect(end.isSuccess && end.count == 0)
    }

    @Test func withoutAReaderWritesBreak() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        guest.close(reader)
        #expect(guest.readiness(writer) == [.out, .err])
        #expect(guest.write(writer, count: 1).errno == .pipe)
        #expect(guest.write(writer, count: 0).isSuccess)
    }

    @Test func eachEndGoesOneWay() {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        #expect(guest.write(reader, count: 1).errno == .badf)
        #expect(guest.read(writer, 1).result.errno == .badf)
    }

    // MARK: waiting

    @Test func aReadWaitsForAWrite() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let running = guest.start { guest.read(reader, 10, $0).bytes }
        try running.untilBlocked()
        #expect(guest.write(writer, Array("late".utf8)).count == 4)
        #expect(try running.value() == Array("late".utf8))
    }

    @Test func aReadWaitsForTheLastWriterToGo() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let running = guest.start { guest.read(reader, 10, $0).result }
        try running.untilBlocked()
        guest.close(writer)
        let end = try running.value()
        #expect(end.isSuccess && end.count == 0)
    }

    @Test func aWriteLongerThanThePipeGoesOnAsItIsRead() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let text = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let running = guest.start { guest.write(writer, text, $0) }
        try running.untilBlocked()
        var received: [UInt8] = []
        while received.count < text.count { received += guest.read(reader, 5000).bytes }
        #expect(received == text)
        #expect(try running.value().count == text.count)
    }

    @Test func aWaitingWriteLearnsThatTheReaderHasGone() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let partly = guest.start { guest.write(writer, count: 100_000, $0) }
        try partly.untilBlocked()
        let waiting = guest.start { guest.write(writer, count: 10, $0) }
        try waiting.untilBlocked()
        guest.close(reader)
        #expect(try partly.value().count == 65_536, "what was taken counts")
        #expect(try waiting.value().errno == .pipe)
    }

    @Test func whatOneReaderLeavesTheNextOneTakes() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let readers = (0..<4).map { _ in guest.start { guest.read(reader, 1, $0).bytes } }
        for running in readers { try running.untilBlocked() }
        #expect(guest.waiterCount(reader) == 4)
        #expect(guest.write(writer, [1, 2, 3, 4]).count == 4)
        let taken = try readers.map { try $0.value() }
        #expect(Set(taken) == [[1], [2], [3], [4]])
    }

    @Test func oneByteWakesOneReader() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let readers = (0..<4).map { _ in guest.start { guest.read(reader, 1, $0).bytes.count } }
        for running in readers { try running.untilBlocked() }
        #expect(guest.write(writer, [1]).count == 1)
        #expect(guest.waiterCount(reader) == 3)
        guest.close(writer)
        #expect(try readers.map { try $0.value() }.reduce(0, +) == 1)
    }

    @Test func whatOneWriterLeavesTheNextOneFills() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        #expect(guest.write(writer, count: 65_536).count == 65_536)
        let writers = (0..<3).map { _ in guest.start { guest.write(writer, count: 4096, $0).count } }
        for running in writers { try running.untilBlocked() }
        #expect(guest.read(reader, 65_536).bytes.count == 65_536)
        #expect(try writers.map { try $0.value() } == [4096, 4096, 4096])
    }

    @Test func theEndOfTheProcessInterruptsBothEnds() throws {
        let guest = KernelGuest()
        let (reader, writer) = guest.pipe()
        let (idle, full) = guest.pipe()
        let read = guest.start { guest.read(reader, 1, $0).result.errno }
        let write = guest.start { guest.write(full, count: 65_537, $0) }
        try read.untilBlocked()
        try write.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try read.value() == .intr)
        #expect(try write.value().count == 65_536, "what was taken counts")
        guest.close(idle)
        guest.close(writer)
    }
}
