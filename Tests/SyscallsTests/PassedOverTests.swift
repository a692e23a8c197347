import Decode
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// What a wait found there and did not report is kept with its record, with the reason.
@Suite struct PassedOverTests {
    /// Objects under one epoll instance of a traced thread.
    private final class Watcher {
        let guest: CallGuest
        let place: UInt64
        let instance: UInt64
        private let one: UInt64

        init(_ guest: CallGuest) {
            self.guest = guest
            place = guest.room(8)
            #expect(guest.thread.answer(.epollCreate, [place]) == .success)
            instance = UInt64(guest.load(place, as: UInt32.self))
            one = guest.vectors([(guest.put([1, 0, 0, 0, 0, 0, 0, 0]), 8)])
        }

        func counter() -> UInt32 {
            #expect(guest.thread.answer(.fdEvent, [0, 0, place]) == .success)
            return guest.load(place, as: UInt32.self)
        }

        func control(_ op: EpollOp, _ fd: UInt32, _ events: EpollEvents) {
            let event = guest.put(CallGuest.little(events.rawValue) + [UInt8](repeating: 0, count: 28))
            #expect(guest.thread.answer(.epollCtl, [instance, UInt64(op.rawValue), UInt64(fd), event]) == .success)
        }

        func bump(_ fd: UInt32) { #expect(guest.thread.answer(.fdWrite, [UInt64(fd), one, 1, place]) == .success) }

        /// One look.
        /// - Returns: what it reported and what it passed over.
        func look(limit: UInt64 = 8) -> (reported: [UInt32], passedOver: [ReadinessChange]) {
            guest.thread.channel!.ring.drain { _, _ in }
            let events = guest.room(Int(limit) * EpollEventLayout.size)
            #expect(guest.thread.answer(.epollWait, [instance, events, limit, 0, place]) == .success)
            var seen: (reported: [UInt32], passedOver: [ReadinessChange]) = ([], [])
            guest.thread.channel!.ring.drain { record, payload in
                guard let fields = CallFields(record, payload: payload) else { return }
                seen.reported += fields.reportedEvents.compactMap { $0.fd?.rawValue }
                seen.passedOver += fields.changes.filter { $0.kind == .passedOver }
            }
            return seen
        }
    }

    @Test func anEdgeThatWasReportedBefore() throws {
        let watcher = Watcher(try FileGuest())
        let counter = watcher.counter()
        watcher.control(.add, counter, [.in, .et])
        watcher.bump(counter)
        let first = watcher.look()
        #expect(first.reported == [counter] && first.passedOver.isEmpty)
        let second = watcher.look()
        let change = try #require(second.passedOver.first)
        #expect(second.reported.isEmpty && second.passedOver.count == 1)
        #expect(change.fd == counter && change.reason == .edgeSpent && change.edge == 1 && !change.isUncertain)
        #expect(change.readiness == EpollEvents.in.rawValue && change.instance != 0 && change.object != 0)
        watcher.bump(counter)
        #expect(watcher.look().reported == [counter])
    }

    @Test func aOneShotThatHasGivenItsReport() throws {
        let watcher = Watcher(try FileGuest())
        let counter = watcher.counter()
        watcher.control(.add, counter, [.in, .oneshot])
        watcher.bump(counter)
        #expect(watcher.look().passedOver.isEmpty)
        #expect(watcher.look().passedOver.map(\.reason) == [.oneShotSpent])
        watcher.control(.modify, counter, [.in, .oneshot])
        #expect(watcher.look().reported == [counter])
    }

    @Test func whatTheMaskDoesNotAskFor() throws {
        let watcher = Watcher(try FileGuest())
        let counter = watcher.counter()
        watcher.control(.add, counter, [.pri])
        #expect(watcher.look().passedOver.isEmpty, "room to write alone")
        watcher.bump(counter)
        let seen = watcher.look().passedOver
        #expect(seen.map(\.reason) == [.notInMask])
        #expect(seen.map(\.readiness) == [EpollEvents.in.rawValue])
    }

    @Test func whatFoundNoRoom() throws {
        let watcher = Watcher(try FileGuest())
        let counters = (0..<3).map { _ in watcher.counter() }
        for (index, counter) in counters.enumerated() {
            watcher.control(.add, counter, index == 2 ? [.in, .et] : .in)
            watcher.bump(counter)
        }
        let seen = watcher.look(limit: 1)
        #expect(seen.reported == [counters[0]])
        #expect(seen.passedOver.map(\.fd) == Array(counters[1...]))
        #expect(seen.passedOver.map(\.reason) == [.reportedLevel, .reportedEdge])
    }

    /// Level-triggered readiness is reported each time, and what has nothing is not spoken of.
    @Test func nothingWhereNothingIsMissed() throws {
        let watcher = Watcher(try FileGuest())
        let (ready, idle, drained) = (watcher.counter(), watcher.counter(), watcher.counter())
        watcher.control(.add, ready, .in)
        watcher.control(.add, idle, .in)
        watcher.control(.add, drained, [.in, .out, .et])
        watcher.bump(ready)
        watcher.bump(drained)
        #expect(watcher.look().passedOver.isEmpty)
        let buffer = watcher.guest.vectors([(watcher.guest.room(8), 8)])
        #expect(watcher.guest.thread.answer(.fdRead, [UInt64(drained), buffer, 1, watcher.place]) == .success)
        for _ in 0..<2 {
            let seen = watcher.look()
            #expect(seen.reported.contains(ready) && seen.passedOver.isEmpty)
        }
    }

    @Test func longListsAreNotLookedThrough() throws {
        let watcher = Watcher(try FileGuest())
        let counters = (0..<65).map { _ in watcher.counter() }
        for counter in counters { watcher.control(.add, counter, [.in, .et]) }
        watcher.bump(counters[0])
        #expect(watcher.look().reported == [counters[0]])
        #expect(watcher.look().passedOver.isEmpty)
        watcher.control(.delete, counters[64], [])
        #expect(watcher.look().passedOver.map(\.fd) == [counters[0]])
    }

    /// The host is not asked: what it reported last may be there still, until a read has come to the end.
    @Test func aSocketOfTheHostIsUncertain() {
        let guest = SocketGuest(tracer: Tracer())
        let watcher = Watcher(guest)
        let (near, far) = guest.connection()
        watcher.control(.add, UInt32(near), [.in, .et])
        let four = guest.vectors([(guest.put("ping"), 4)])
        #expect(guest.thread.answer(.fdWrite, [far, four, 1, watcher.place]) == .success)
        var seen = watcher.look()
        while seen.reported.isEmpty { seen = watcher.look() }
        let spent = watcher.look().passedOver
        #expect(spent.map(\.reason) == [.edgeSpent] && spent.allSatisfy(\.isUncertain))
        #expect(spent.map(\.readiness) == [EpollEvents.in.rawValue])
        let buffer = guest.vectors([(guest.room(64), 64)])
        #expect(guest.thread.answer(.fdRead, [near, buffer, 1, watcher.place]) == .success)
        #expect(watcher.look().passedOver.isEmpty, "the read came back short")
    }
}
