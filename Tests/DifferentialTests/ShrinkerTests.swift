import Testing

@testable import Differential

@Suite struct ShrinkerTests {
    private static let all = Steps(numbers: Array(1...5000))

    @Test func threeStepsThatBelongTogetherAreFound() throws {
        var asked = 0
        var shrinker = Shrinker { steps in
            asked += 1
            return steps.numbers.contains(17) && steps.numbers.contains(1204) && steps.numbers.contains(4000)
                ? 4000 : nil
        }
        #expect(try shrinker.shrink(Self.all)?.numbers == [17, 1204, 4000])
        #expect(asked < 200)
    }

    @Test func whatComesAfterTheDifferenceIsDropped() throws {
        // Differs at the third multiple of 100 that is left.
        var shrinker = Shrinker { steps in
            let marks = steps.numbers.filter { $0 % 100 == 0 }
            return marks.count >= 3 ? marks[2] : nil
        }
        let left = try #require(try shrinker.shrink(Self.all))
        #expect(left.numbers.count == 3)
        #expect(left.numbers.allSatisfy { $0 % 100 == 0 })
    }

    @Test func sidesThatAgreeHaveNothingToShrink() throws {
        var shrinker = Shrinker { _ in nil }
        #expect(try shrinker.shrink(Self.all) == nil)
    }

    @Test func theBudgetEndsTheSearchWithWhatWasFound() throws {
        // Every even step is needed: nothing can be left out in large runs.
        var shrinker = Shrinker { $0.numbers.count { $0 % 2 == 0 } == 2500 ? 5000 : nil }
        shrinker.budget = 50
        let left = try #require(try shrinker.shrink(Self.all))
        #expect(left.numbers.count { $0 % 2 == 0 } == 2500)
    }

    @Test func rangesReadWhatTheyWrite() {
        let steps = Steps(numbers: [1, 2, 3, 7, 9, 10])
        #expect(steps.ranges == "1-3,7,9-10")
        #expect(Steps(ranges: "1-3,7,9-10") == steps)
        #expect(Steps(ranges: "") == Steps(numbers: []))
        for bad in ["3-1", "x", "1-2-3", "5,5", "4,2"] { #expect(Steps(ranges: bad) == nil, "\(bad)") }
    }
}
