/// A regular expression as `grep -E` knows them: `.` `[a-z]` `[^a-z]` `*` `+` `?` `{2,5}` `( )` `|` `^` `$`, and `\d` `\w`
/// `\s` `\b` with their opposites.
///
/// Its time grows with the length of the text times that of the pattern and no faster: all ways to match go through the
/// text side by side (Thompson's construction), none is tried after another. So nobody waits for a clumsy pattern.
struct TextPattern: Sendable {
    /// Code points that match.
    struct Class: Sendable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }

        var opposite: Class { Class(ranges: ranges, isNegated: !isNegated) }

        static let any = Class(ranges: [], isNegated: true)
        static let digit = Class(ranges: [0x30...0x39])
        static let word = Class(ranges: [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
        static let space = Class(ranges: [0x09...0x0d, 0x20...0x20])
        static func scalar(_ value: UInt32) -> Class { Class(ranges: [value...value]) }
    }

    enum Step: Sendable {
        /// Takes one character.
        case take(Class)
        /// Goes on at both places.
        case fork(Int, Int)
        case start
        case end
        /// Between a character of a word and something else, or nowhere like that.
        case border(isWanted: Bool)
        case found
    }

    /// As it was written.
    let text: String
    private let steps: [Step]

    /// - Parameter start: where the pattern begins in the text that a problem's range is about.
    init(_ pattern: some StringProtocol, at start: Int) throws(FilterProblem) {
        text = String(pattern)
        var parser = TextPatternParser(text, at: start)
        steps = try parser.parse()
    }

    /// Whether a part of `text` matches.
    func matches(_ text: String) -> Bool {
        var reached: [Int] = []
        var waiting: [Int] = []
        var rounds = [Int](repeating: 0, count: steps.count)
        var round = 0
        var before: UInt32?
        var rest = text.unicodeScalars.makeIterator()
        while true {
            let scalar = rest.next()?.value
            round += 1
            waiting.removeAll(keepingCapacity: true)
            // A match may begin at any place.
            reached.append(0)
            while let place = reached.popLast() {
                guard rounds[place] != round else { continue }
                rounds[place] = round
                switch steps[place] {
                case .take: waiting.append(place)
                case .fork(let one, let other): reached += [one, other]
                case .start: if before == nil { reached.append(place + 1) }
                case .end: if scalar == nil { reached.append(place + 1) }
                case .border(let isWanted):
                    if (Self.isWord(before) != Self.isWord(scalar)) == isWanted { reached.append(place + 1) }
                case .found: return true
                }
            }
            guard let scalar else { return false }
            for place in waiting {
                if case .take(let wanted) = steps[place], wanted.contains(scalar) { reached.append(place + 1) }
            }
            before = scalar
        }
    }

    private static func isWord(_ scalar: UInt32?) -> Bool { scalar.map(Class.word.contains) ?? false }
}
