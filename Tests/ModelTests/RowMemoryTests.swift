import Testing

@testable import Model

@Suite struct RowMemoryTests {
    /// Folds `rows` and answers the ages of those that are there, and the closed ones.
    private func fold(_ memory: inout RowMemory<Int, Int>, _ rows: [Int], at seconds: Double) -> ([Double], [Int]) {
        var ages: [Double] = []
        memory.fold(rows, at: .seconds(seconds)) { _, track in
            ages.append(seconds - Double(track.mark.firstSeen) / 1e9)
        }
        return (ages, memory.closed.map(\.value))
    }

    @Test func rowsAreMatchedWhateverTheirOrder() {
        var memory = RowMemory<Int, Int>(id: { $0 })
        #expect(fold(&memory, [1, 2, 3, 4], at: 1) == ([0, 0, 0, 0], []))
        #expect(fold(&memory, [4, 3, 5, 1], at: 2) == ([1, 1, 0, 1], [2]))
        #expect(fold(&memory, [5, 6, 1, 2], at: 3) == ([1, 0, 2, 0], [4, 3]))
        #expect(fold(&memory, [], at: 4) == ([], [4, 3, 5, 6, 1, 2]))
        #expect(fold(&memory, [], at: 9.5) == ([], [5, 6, 1, 2]))
        #expect(fold(&memory, [], at: 10) == ([], []))
    }
}
