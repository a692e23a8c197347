/// Words that were meant to be another one.
package enum Spelling {
    /// The name that `word` is a slip of: one letter wrong, left out, too much, or two in the wrong order; more than one of
    /// these only where both have six letters or more. A single letter is a slip of nothing.
    package static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        let letters = Array(word.utf8)
        guard (2...64).contains(letters.count) else { return nil }
        var best: (name: String, distance: Int)?
        for name in names {
            let others = Array(name.utf8)
            let most = max(1, min(letters.count, others.count) / 2 - 1)
            // So many letters are too much or left out at least.
            guard abs(letters.count - others.count) <= most else { continue }
            let distance = distance(letters, others)
            if distance <= most, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Of Damerau and Levenshtein, without moving the same letter twice.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var rows = [Array(0...other.count)]
        for i in 0..<one.count {
            var row = [i + 1]
            for j in 0..<other.count {
                var least = min(rows[i][j + 1], row[j]) + 1
                least = min(least, rows[i][j] + (one[i] == other[j] ? 0 : 1))
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
