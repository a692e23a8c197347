import Testing

@testable import Kernel

/// One thread at a time changes a program's modules, and the others get to know.
@Suite struct LinkTurnTests {
    private func taker(_ guest: KernelGuest) -> Running<Bool> {
        guest.start { thread in
            let hasTurn = thread.image.linkTurn.take(thread)
            if hasTurn { thread.image.linkTurn.giveBack(thread) }
            return hasTurn
        }
    }

    @Test func othersWaitUntilTheTurnIsGivenBackAsOftenAsItWasTaken() throws {
        let guest = KernelGuest()
        let turn = guest.main.image.linkTurn
        #expect(turn.take(guest.main))
        #expect(turn.take(guest.main))
        let other = taker(guest)
        try other.untilBlocked()
        turn.giveBack(guest.main)
        #expect(other.isBlocked)
        turn.giveBack(guest.main)
        #expect(try other.value())
    }

    @Test func aThreadWhoseProcessEndsGetsNoTurn() throws {
        let guest = KernelGuest()
        #expect(guest.main.image.linkTurn.take(guest.main))
        let other = taker(guest)
        try other.untilBlocked()
        guest.locked { other.thread.interrupt(.ending) }
        #expect(try !other.value())
    }

    @Test func aSignalIsTakenAfterTheTurn() throws {
        let guest = KernelGuest()
        #expect(guest.main.image.linkTurn.take(guest.main))
        let other = taker(guest)
        try other.untilBlocked()
        guest.locked { other.thread.interrupt(.signal) }
        try other.untilBlocked()
        guest.main.image.linkTurn.giveBack(guest.main)
        #expect(try other.value())
        #expect(other.thread.pendingInterrupts.contains(.signal))
    }

    @Test func everyOtherThreadIsToldAndStaysTold() throws {
        let guest = KernelGuest()
        let sleeper = guest.start { thread in guest.locked { thread.sleep(until: .max) } }
        try sleeper.untilBlocked()
        let turn = guest.main.image.linkTurn
        #expect(turn.take(guest.main))
        turn.stopOthers(guest.main)
        turn.giveBack(guest.main)
        #expect(sleeper.thread.pendingInterrupts.contains(.link))
        #expect(!guest.main.pendingInterrupts.contains(.link))
        #expect(sleeper.isBlocked)
        sleeper.thread.catchUpWithLinking()
        #expect(!sleeper.thread.pendingInterrupts.contains(.link))
        guest.locked { sleeper.thread.interrupt(.signal) }
        #expect(try sleeper.value() == .interrupted)
    }
}
