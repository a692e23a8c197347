/// Words of the command line that were meant to be a command.
enum CommandName {
    /// The command that `word` is a slip of: one letter wrong, left out, too much, or two in the wrong order; more than
    /// one of these only where both words have six letters or more.
    static func nearest(to word: String, among names: [String] = Router.commands.keys.sorted()) -> String? {
        let best = names.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        guard let best, best.distance <= max(1, min(word.utf8.count, best.name.utf8.count) / 2 - 1) else { return nil }
        return best.name
    }

    /// Of Damerau and Levenshtein, without moving the same letter twice.
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count <= 64 else { return .max }
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
