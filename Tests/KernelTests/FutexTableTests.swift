import Testing

@testable import Kernel

@Suite struct FutexTableTests {
    /// Words of guest memory, on one line of the table and on others.
    private final class Words: @unchecked Sendable {
        let base = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << 16)
        init() { base.initialize(repeating: 0, count: 1 << 16) }
        deinit { base.deallocate() }
        subscript(index: Int) -> UnsafeMutablePointer<UInt32> { base + index }
    }

    private func start(
        _ guest: KernelGuest, _ words: Words, _ index: Int = 0, expected: UInt32 = 0, until deadline: UInt64 = .max
    ) -> Running<Bool> {
        guest.start { thread in
            guest.locked { guest.process.image.futexes.wait(words[index], expected: expected, until: deadline, thread) }
        }
    }

    private func wake(_ guest: KernelGuest, _ words: Words, _ index: Int = 0, limit: Int) -> Int {
        guest.locked { guest.process.image.futexes.wake(UnsafeMutableRawPointer(words[index]), limit: limit) }
    }

    private func waiters(_ guest: KernelGuest, _ words: Words, _ index: Int = 0) -> Int {
        let address = UInt(bitPattern: words[index])
        return guest.locked {
            let nodes = sequence(first: guest.process.image.futexes.bucket(address).head) { $0?.pointee.next }
            return nodes.prefix { $0 != nil }.count { $0!.pointee.address == address }
        }
    }

    @Test func anotherValueEndsTheWaitAtOnce() throws {
        let (guest, words) = (KernelGuest(), Words())
        words[0].pointee = 5
        #expect(try start(guest, words, expected: 4).value())
        #expect(waiters(guest, words) == 0)
    }

    @Test func nobodyIsWokenWhereNobodyWaits() {
        let (guest, words) = (KernelGuest(), Words())
        #expect(wake(guest, words, limit: 1) == 0)
    }

    @Test func theFirstThatCameIsTheFirstToGo() throws {
        let (guest, words) = (KernelGuest(), Words())
        var sleepers: [Running<Bool>] = []
        for _ in 0..<3 {
            sleepers.append(start(guest, words))
            try sleepers.last!.untilBlocked()
        }
        #expect(waiters(guest, words) == 3)
        for (index, sleeper) in sleepers.enumerated() {
            #expect(wake(guest, words, limit: 1) == 1)
            #expect(waiters(guest, words) == 2 - index)
            #expect(try sleeper.value())
        }
    }

    @Test func asManyWakeAsAreAskedFor() throws {
        let (guest, words) = (KernelGuest(), Words())
        let sleepers = (0..<5).map { _ in start(guest, words) }
        for sleeper in sleepers { try sleeper.untilBlocked() }
        #expect(wake(guest, words, limit: 2) == 2)
        #expect(waiters(guest, words) == 3)
        #expect(wake(guest, words, limit: .max) == 3)
        #expect(try sleepers.allSatisfy { try $0.value() })
    }

    @Test func onlyWaitersForThatWordAreWoken() throws {
        let (guest, words) = (KernelGuest(), Words())
        // Words that fall on the same place of the table stand apart all the same.
        let places = (1..<(1 << 16)).filter { index in
            let (a, b) = (UInt(bitPattern: words[0]), UInt(bitPattern: words[index]))
            return ((a >> 2) ^ (a >> 12)) & 255 == ((b >> 2) ^ (b >> 12)) & 255
        }
        let other = try #require(places.first)
        let (one, two) = (start(guest, words), start(guest, words, other))
        try one.untilBlocked()
        try two.untilBlocked()
        #expect(wake(guest, words, other, limit: .max) == 1)
        #expect(try two.value())
        #expect(one.isBlocked)
        #expect(wake(guest, words, limit: .max) == 1)
        #expect(try one.value())
    }

    @Test func timeUpIsNotAWakeUp() throws {
        let (guest, words) = (KernelGuest(), Words())
        #expect(try !start(guest, words, until: KernelGuest.after(milliseconds: 10)).value())
        #expect(try !start(guest, words, until: 0).value())
        #expect(waiters(guest, words) == 0)
    }

    @Test func anInterruptIsAWakeUp() throws {
        let (guest, words) = (KernelGuest(), Words())
        let sleeper = start(guest, words)
        try sleeper.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try sleeper.value())
        #expect(waiters(guest, words) == 0)
    }

    /// Comparing and going to sleep are one step: a wake-up that follows a change is never lost.
    @Test func twoThreadsHandOverWithoutLosingAWakeUp() throws {
        let (guest, words) = (KernelGuest(), Words())
        let turns: UInt32 = 20_000
        func player(_ own: UInt32) -> Running<UInt32> {
            guest.start { thread in
                while true {
                    let turn = guest.locked { words[0].pointee }
                    if turn >= turns { return turn }
                    if turn & 1 == own {
                        guest.locked {
                            words[0].pointee = turn + 1
                            _ = guest.process.image.futexes.wake(UnsafeMutableRawPointer(words[0]), limit: 1)
                        }
                    } else {
                        _ = guest.locked {
                            guest.process.image.futexes.wait(words[0], expected: turn, until: .max, thread)
                        }
                    }
                }
            }
        }
        let players = [player(0), player(1)]
        #expect(try players.map { try $0.value() } == [turns, turns])
    }

    @Test func theEndSaysWhetherSomebodyWokeTheThread() throws {
        let (guest, words) = (KernelGuest(), Words())
        func wait(_ expected: FutexValue, until deadline: UInt64 = .max) -> Running<FutexTable.End> {
            guest.start { thread in
                guest.locked { guest.process.image.futexes.wait(words[0], expected, until: deadline, thread) }
            }
        }
        #expect(try wait(.u32(1)).value() == .differs)
        #expect(try wait(.u32(0), until: 0).value() == .timedOut)
        #expect(try wait(.u32(0), until: KernelGuest.after(milliseconds: 5)).value() == .timedOut)
        let woken = wait(.u32(0))
        try woken.untilBlocked()
        #expect(wake(guest, words, limit: 1) == 1)
        #expect(try woken.value() == .woken)
        let ended = wait(.u32(0))
        try ended.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try ended.value() == .interrupted)
    }

    @Test func aWideWordIsComparedAsAWhole() throws {
        let (guest, words) = (KernelGuest(), Words())
        words[1].pointee = 1
        func wait(_ expected: UInt64) -> Running<FutexTable.End> {
            guest.start { thread in
                guest.locked { guest.process.image.futexes.wait(words[0], .u64(expected), until: .max, thread) }
            }
        }
        #expect(try wait(0).value() == .differs)
        let sleeper = wait(1 << 32)
        try sleeper.untilBlocked()
        // Waiters of both widths stand at the same address.
        let narrow = start(guest, words)
        try narrow.untilBlocked()
        #expect(wake(guest, words, limit: .max) == 2)
        #expect(try sleeper.value() == .woken)
        #expect(try narrow.value())
    }
}

extension FutexTable {
    /// As `futex_wait` asks, and what it answers.
    func wait(
        _ word: UnsafeMutablePointer<UInt32>, expected: UInt32, until deadline: UInt64, _ thread: GuestThread
    ) -> Bool {
        wait(word, .u32(expected), until: deadline, thread) != .timedOut
    }
}
