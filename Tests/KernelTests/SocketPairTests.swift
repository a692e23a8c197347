import Testing
import WasixABI

@testable import Kernel

@Suite struct SocketPairTests {
    private static let nonBlocking = RiFlags.dontWait

    @Test func bothDirectionsCarryData() {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        #expect(guest.write(one, Array("ping".utf8)).count == 4)
        #expect(guest.write(other, Array("pong".utf8)).count == 4)
        #expect(guest.read(other, 10).bytes == Array("ping".utf8))
        #expect(guest.read(one, 2).bytes == Array("po".utf8))
        #expect(guest.read(one, 10).bytes == Array("ng".utf8))
    }

    @Test func aHalfCloseEndsOneDirectionOnly() {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        #expect(guest.write(one, [1]).count == 1)
        guest.locked { one.shutDown(read: false, write: true) }
        #expect(guest.write(one, [2]).errno == .pipe)
        #expect(guest.readiness(other) == [.in, .out, .rdhup])
        #expect(guest.read(other, 10).bytes == [1])
        #expect(guest.read(other, 10).result.count == 0)
        #expect(guest.readiness(other) == [.in, .out, .rdhup])
        #expect(guest.write(other, [3]).count == 1)
        #expect(guest.read(one, 10).bytes == [3])
        #expect(guest.readiness(one) == .out)
    }

    @Test func aClosedPeerIsTheEndOfBoth() {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        #expect(guest.write(one, [1, 2]).count == 2)
        guest.close(one)
        #expect(guest.readiness(other) == [.in, .out, .rdhup, .hup])
        #expect(guest.read(other, 10).bytes == [1, 2])
        #expect(guest.read(other, 10).result.isSuccess)
        #expect(guest.write(other, [3]).errno == .pipe)
    }

    @Test func aPeerThatLeavesDataUnreadResets() {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        #expect(guest.write(one, [1]).count == 1)
        guest.close(other)
        #expect(guest.readiness(one) == [.in, .out, .rdhup, .hup, .err])
        #expect(guest.read(one, 10).result.errno == .connreset)
        let end = guest.read(one, 10).result
        #expect(end.isSuccess && end.count == 0, "the reset is told once")
        #expect(guest.readiness(one) == [.in, .out, .rdhup, .hup])
    }

    // MARK: datagrams

    @Test func datagramsKeepTheirBoundaries() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: false)
        for bytes: [UInt8] in [[1, 2, 3], [], [4]] { #expect(guest.write(one, bytes).isSuccess) }
        let first = guest.receive(other, 2, Self.nonBlocking)
        #expect(first.bytes == [1, 2] && first.isTruncated)
        let empty = guest.receive(other, 2, Self.nonBlocking)
        #expect(empty.result.isSuccess && empty.bytes.isEmpty && !empty.isTruncated)
        #expect(guest.receive(other, 2, Self.nonBlocking).bytes == [4])
        #expect(guest.receive(other, 2, Self.nonBlocking).result.errno == .again)
    }

    @Test func aLookLeavesTheData() {
        let guest = KernelGuest()
        let look: RiFlags = [.dontWait, .peek]
        let (one, other) = guest.pair(isStream: false)
        #expect(guest.write(one, [1, 2, 3]).isSuccess)
        let seen = guest.receive(other, 2, look)
        #expect(seen.bytes == [1, 2] && seen.isTruncated)
        #expect(guest.receive(other, 9, look).bytes == [1, 2, 3])
        #expect(guest.receive(other, 9, Self.nonBlocking).bytes == [1, 2, 3])
        #expect(guest.receive(other, 9, look).result.errno == .again)
    }

    @Test func aDatagramIsSentWholeOrNotAtAll() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: false, nonblock: true)
        #expect(guest.write(one, count: 300_000).errno == .msgsize)
        var sent = 0
        while guest.write(one, count: 10_000).isSuccess { sent += 1 }
        #expect(sent > 3 && sent < 30)
        #expect(guest.read(other, 20_000).bytes.count == 10_000)
        #expect(guest.write(one, count: 10_000).count == 10_000)
    }

    @Test func aDatagramSocketLearnsWithItsNextSendThatItsPeerIsGone() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: false, nonblock: true)
        let epoll = guest.epoll()
        #expect(guest.write(other, [1]).isSuccess)
        #expect(guest.add(epoll, one, 3, [.out, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)])
        guest.close(other)
        #expect(guest.readiness(one) == [.in, .out])
        #expect(guest.look(epoll).isEmpty)
        #expect(guest.write(one, [2]).errno == .connrefused)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)], "the room of what could not be sent came back")
        #expect(guest.read(one, 8).result.errno == .again, "what was not read is lost")
        #expect(guest.write(one, [2]).errno == .notconn)
    }

    @Test func aDatagramPeerThatReadsNoMoreIsABrokenPipe() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: false, nonblock: true)
        guest.locked { other.shutDown(read: true, write: false) }
        #expect(guest.write(one, [1]).errno == .pipe)
        #expect(guest.readiness(one) == .out)
        // There is no end of a stream to report; a call that would wait is let go.
        #expect(guest.read(other, 8).result.errno == .again)
        guest.locked { other.flags = [] }
        #expect(guest.read(other, 8).result.isSuccess)
    }

    @Test func theNextDatagramIsWhatAReadWouldFind() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: false)
        for count in [5, 700] { _ = guest.write(one, count: count) }
        #expect(guest.locked { other.readableCount } == 5)
        _ = guest.read(other, 1)
        #expect(guest.locked { other.readableCount } == 700)
    }

    // MARK: room

    @Test func writableAgainWhenAQuarterIsUnderWay() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(nonblock: true)
        while guest.write(one, count: 1000).isSuccess {}
        #expect(guest.readiness(one) == [])
        var left = guest.locked { other.queueLevel!.used }
        let all = left
        while guest.readiness(one) == [] {
            left -= UInt64(guest.read(other, 1000).bytes.count)
            #expect(left > 0)
        }
        #expect(left * 10 > all * 2 && left * 10 < all * 3, "\(left) of \(all) bytes left")
    }

    @Test func aNonBlockingSendTakesWhatFits() {
        let guest = KernelGuest()
        let (one, other) = guest.pair(nonblock: true)
        let sent = guest.write(one, count: 1 << 20)
        #expect(sent.count > 100_000 && sent.count < 1 << 20)
        #expect(guest.write(one, count: 1).errno == .again)
        var received = 0
        while case let bytes = guest.read(other, 9999).bytes, !bytes.isEmpty { received += bytes.count }
        #expect(received == sent.count)
    }

    // MARK: waiting

    @Test func aReceiverOfEverythingWaitsForEverything() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let running = guest.start { guest.receive(other, 4, .waitAll, $0).bytes }
        try running.untilBlocked()
        #expect(guest.write(one, [1]).count == 1)
        try awaitCondition("the byte is taken") { guest.locked { other.queueLevel!.used == 0 } }
        try running.untilBlocked()
        #expect(guest.write(one, [2, 3, 4, 5]).count == 4)
        #expect(try running.value() == [1, 2, 3, 4])
        #expect(guest.read(other, 9).bytes == [5])
    }

    @Test func aSenderWaitsForRoomAndLearnsOfTheEnd() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let text = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 / 11) }
        let running = guest.start { guest.write(one, text, $0) }
        try running.untilBlocked()
        var received: [UInt8] = []
        while received.count < text.count { received += guest.read(other, 30_000).bytes }
        #expect(received == text)
        #expect(try running.value().count == text.count)
        let late = guest.start { guest.write(one, text, $0) }
        try late.untilBlocked()
        guest.close(other)
        let end = try late.value()
        #expect(end.isSuccess && end.count < text.count)
        #expect(guest.write(one, [1]).errno == .pipe)
    }

    /// Room is for all that wait for it: the first one's bytes need not fill it (Linux: sock_wait_for_wmem).
    @Test(arguments: [true, false]) func roomIsForEveryBlockedSender(isStream: Bool) throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair(isStream: isStream)
        one.flags.insert(.nonblock)
        while guest.write(one, count: 4000).isSuccess {}
        one.flags.remove(.nonblock)
        let senders = (0..<3).map { _ in guest.start { guest.write(one, count: 60_000, $0).count } }
        for running in senders { try running.untilBlocked() }
        let waiting = guest.locked { other.queueLevel!.used }
        if isStream {
            #expect(guest.receive(other, Int(waiting), .waitAll).bytes.count == Int(waiting))
        } else {
            while guest.receive(other, 4000, .dontWait).result.isSuccess {}
        }
        // What all three send is less than fits, but more than a quarter of it.
        for running in senders { #expect(try running.value() == 60_000) }
    }

    /// Of readers of a stream each finds what it asked for, or goes on waiting.
    @Test func bytesAreForEveryBlockedReader() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let patient = guest.start { guest.receive(one, 8, .waitAll, $0).bytes.count }
        try patient.untilBlocked()
        let quick = guest.start { guest.read(one, 1, $0).bytes.count }
        try quick.untilBlocked()
        for _ in 0..<9 { _ = guest.write(other, [7]) }
        #expect(try patient.value() == 8)
        #expect(try quick.value() == 1)
    }

    @Test func aShutdownWakesAReceiver() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let running = guest.start { guest.read(other, 4, $0).result }
        try running.untilBlocked()
        guest.locked { one.shutDown(read: false, write: true) }
        let end = try running.value()
        #expect(end.isSuccess && end.count == 0)
    }

    @Test func theEndOfTheProcessInterruptsAReceiver() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let running = guest.start { guest.read(other, 4, $0).result.errno }
        try running.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try running.value() == .intr)
        guest.close(one)
    }
}
