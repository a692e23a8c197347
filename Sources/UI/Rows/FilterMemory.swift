/// Which lines of a stream pass a filter on text, remembered: formatting a line to look at it costs a thousand times
/// more than looking it up, and a kept line never changes. With it a filter finds its way through a long trace in
/// several frames. One thread.
final class FilterMemory {
    /// What the verdicts are about: any other filter or form of the lines starts anew.
    struct Key: Hashable {
        var pane: Pane
        var filter: String
        var isNarrow: Bool
    }

    private var key: Key?
    private var first: UInt64 = 0
    /// 0 unknown, 1 passes, 2 does not.
    private var verdicts: [UInt8] = []

    func use(_ key: Key, range: Range<UInt64>) {
        if key != self.key || range.lowerBound < first {
            self.key = key
            first = range.lowerBound
            verdicts = []
        }
        let gone = Int(min(range.lowerBound - first, UInt64(verdicts.count)))
        // In large steps: taking from the front moves the rest.
        if gone > 16_384 {
            verdicts.removeFirst(gone)
            first = range.lowerBound
        }
    }

    subscript(number: UInt64) -> Bool? {
        get {
            guard number >= first, number - first < UInt64(verdicts.count) else { return nil }
            let verdict = verdicts[Int(number - first)]
            return verdict == 0 ? nil : verdict == 1
        }
        set {
            guard number >= first, let newValue else { return }
            let index = Int(number - first)
            if index >= verdicts.count {
                verdicts.append(contentsOf: repeatElement(0, count: index + 1 - verdicts.count))
            }
            verdicts[index] = newValue ? 1 : 2
        }
    }
}
