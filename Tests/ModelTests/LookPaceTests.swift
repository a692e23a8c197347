import Testing

@testable import Model

@Suite struct LookPaceTests {
    private let millisecond: UInt64 = 1_000_000

    /// The pause after a look of so many milliseconds, in milliseconds, with or without news.
    private func pause(after cost: UInt64, isChanged: Bool) -> UInt64 {
        var pace = LookPace()
        pace.noteLook(at: 0, cost: cost * millisecond)
        if isChanged { pace.noteChange() }
        return (0...6000).first { pace.isDue(at: $0 * millisecond) } ?? .max
    }

    @Test func theFirstLookIsDueAtOnce() {
        #expect(LookPace().isDue(at: 100 * millisecond))
    }

    @Test func aCheapLookIsTakenTenTimesASecond() {
        #expect(pause(after: 0, isChanged: false) == 100)
        #expect(pause(after: 20, isChanged: true) == 100)
    }

    @Test func whileNothingHappensLooksTakeLessThanAHundredthOfTheTime() {
        #expect(pause(after: 10, isChanged: false) == 1200)
        #expect(pause(after: 40, isChanged: false) == 4800)
    }

    @Test func newsIsSeenSoonAndNoLookIsFurtherThanFiveSecondsAway() {
        #expect(pause(after: 50, isChanged: true) == 200)
        #expect(pause(after: 5000, isChanged: false) == 5000)
        #expect(pause(after: 5000, isChanged: true) == 5000)
    }
}
