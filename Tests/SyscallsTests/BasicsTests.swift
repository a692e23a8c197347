import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct BasicsTests {
    @Test func argumentsArriveWithTerminators() throws {
        let guest = try FileGuest(arguments: ["prog", "", "två"], environment: ["A=1"])
        let (count, size) = (guest.room(4), guest.room(4))
        #expect(guest.call(.argsSizesGet, count, size) == .success)
        #expect(guest.load(count, as: UInt32.self) == 3)
        #expect(guest.load(size, as: UInt32.self) == 11)
        let (pointers, texts) = (guest.room(12), guest.room(11))
        #expect(guest.call(.argsGet, pointers, texts) == .success)
        #expect(guest.text(texts, 11) == "prog\0\0två\0")
        let starts = (0..<3).map { guest.load(pointers + UInt64($0 * 4), as: UInt32.self) }
        #expect(starts == [UInt32(texts), UInt32(texts) + 5, UInt32(texts) + 6])
        #expect(guest.bytes(texts + 11, 1) == [0xAA])
        #expect(guest.call(.environSizesGet, count, size) == .success)
        #expect(guest.load(size, as: UInt32.self) == 4)
        #expect(guest.call(.environGet, pointers, texts) == .success)
        #expect(guest.text(texts, 4) == "A=1\0")
    }

    @Test func noArgumentsAreFineAndBadPointersFault() throws {
        let guest = try FileGuest(arguments: [], environment: ["A=1"])
        let (count, size) = (guest.room(4), guest.room(4))
        #expect(guest.call(.argsSizesGet, count, size) == .success)
        #expect(guest.load(count, as: UInt32.self) == 0 && guest.load(size, as: UInt32.self) == 0)
        #expect(guest.call(.argsGet, 0, 0) == .success)
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.argsSizesGet, end - 3, size) == .fault)
        #expect(guest.call(.argsSizesGet, count, end) == .fault)
        #expect(guest.call(.environGet, end - 3, size) == .fault)
        #expect(guest.call(.environGet, count, end - 3) == .fault)
        #expect(guest.call(.environGet, count, UInt64(UInt32.max)) == .fault)
    }

    @Test(arguments: 0...3)
    func everyClockRuns(_ clock: Int) throws {
        let guest = try FileGuest()
        let (first, second) = (guest.room(8), guest.room(8))
        #expect(guest.call(.clockTimeGet, UInt64(clock), 1, first) == .success)
        #expect(guest.call(.clockTimeGet, UInt64(clock), 1, second) == .success)
        #expect(guest.load(first, as: UInt64.self) > 0)
        #expect(guest.load(second, as: UInt64.self) >= guest.load(first, as: UInt64.self))
        #expect(guest.call(.clockResGet, UInt64(clock), first) == .success)
        #expect(1...1_000_000_000 ~= guest.load(first, as: UInt64.self))
    }

    @Test func otherClocksAreInvalid() throws {
        let guest = try FileGuest()
        for clock: UInt64 in [4, 7, 0xFFFF_FFFF] {
            #expect(guest.call(.clockTimeGet, clock, 0, guest.room(8)) == .inval)
            #expect(guest.call(.clockResGet, clock, guest.room(8)) == .inval)
            #expect(guest.call(.clockTimeSet, clock, 0) == .inval)
        }
        #expect(guest.call(.clockTimeGet, 0, 0, UInt64(FileGuest.memorySize - 7)) == .fault)
        #expect(guest.call(.clockResGet, 0, UInt64(UInt32.max)) == .fault)
    }

    @Test func settingTheTimeOfDayMovesThisProcessAlone() throws {
        let guest = try FileGuest()
        let result = guest.room(8)
        var before = timespec()
        clock_gettime(CLOCK_REALTIME, &before)
        #expect(guest.call(.clockTimeSet, 0, 1_000_000_000) == .success)
        #expect(guest.call(.clockTimeGet, 0, 0, result) == .success)
        #expect(1_000_000_000..<61_000_000_000 ~= guest.load(result, as: UInt64.self))
        var after = timespec()
        clock_gettime(CLOCK_REALTIME, &after)
        #expect(after.tv_sec >= before.tv_sec)
        for clock: UInt64 in 1...3 { #expect(guest.call(.clockTimeSet, clock, 5) == .perm) }
    }

    @Test func randomBytesFillExactlyWhatWasAsked() throws {
        let guest = try FileGuest()
        let place = guest.room(40)
        #expect(guest.call(.randomGet, place, 32) == .success)
        #expect(Set(guest.bytes(place, 32)).count > 8)
        #expect(guest.bytes(place + 32, 8) == [UInt8](repeating: 0xAA, count: 8))
        #expect(guest.call(.randomGet, place, 0) == .success)
        #expect(guest.call(.randomGet, 0, UInt64(FileGuest.memorySize)) == .success)
        #expect(guest.call(.randomGet, 1, UInt64(FileGuest.memorySize)) == .fault)
        #expect(guest.call(.randomGet, UInt64(UInt32.max), UInt64(UInt32.max)) == .fault)
    }

    @Test func yieldingSucceeds() throws {
        #expect(try FileGuest().call(.schedYield) == .success)
    }

    @Test func withoutATerminalNothingClaimsToBeOne() throws {
        let guest = try FileGuest()
        guest.hostFile("in", "")
        try StandardStreams.input(from: ByteString(guest.root + "/in"), into: guest.process)
        let state = guest.room(TtyLayout.size)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.load(state, as: UInt32.self) == 80)
        #expect(guest.load(state + 4, as: UInt32.self) == 25)
        #expect(guest.bytes(state + 16, 8).allSatisfy { $0 == 0 })
        #expect(guest.call(.ttySet, state) == .notty)
        #expect(guest.call(.ttyGet, UInt64(FileGuest.memorySize - 23)) == .fault)
        #expect(guest.call(.ttySet, UInt64(UInt32.max)) == .fault)
    }

    @Test func theInspectorIsATerminalThatRemembersWhatIsSet() throws {
        let guest = try FileGuest()
        _ = try StandardStreams.capture(into: guest.process)
        let state = guest.room(TtyLayout.size)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.load(state, as: UInt32.self) == 80 && guest.load(state + 4, as: UInt32.self) == 25)
        #expect(guest.bytes(state + 16, 8) == [1, 1, 1, 1, 1, 1, 0, 0])
        var raw = guest.bytes(state, TtyLayout.size)
        raw.replaceSubrange(TtyLayout.echo...TtyLayout.lineFeeds, with: [0, 0, 7])
        #expect(guest.call(.ttySet, guest.put(raw)) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.bytes(state + 16, 8) == [1, 1, 1, 0, 0, 1, 0, 0])
        raw[TtyLayout.columns] = 132
        #expect(guest.call(.ttySet, guest.put(raw)) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.load(state, as: UInt32.self) == 132)
        #expect(guest.call(.fdClose, 1) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.bytes(state + 16, 3) == [1, 0, 1])
    }
}
