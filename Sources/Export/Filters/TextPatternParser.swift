/// Reads a regular expression and lays its steps out.
struct TextPatternParser {
    private indirect enum Node {
        case step(TextPattern.Step)
        case sequence([Node])
        case choice([Node])
        /// `most` nil for any number.
        case repeated(Node, least: Int, most: Int?)
    }

    /// Groups within groups.
    private static let deepest = 32
    /// Steps of a pattern, and nodes laid out, repetitions counted.
    private static let longest = 4_096
    private static let mostRepetitions = 255

    private let characters: [Character]
    private let start: Int
    private var position = 0
    private var steps: [TextPattern.Step] = []
    private var laidOut = 0

    init(_ pattern: String, at start: Int) {
        characters = Array(pattern)
        self.start = start
    }

    mutating func parse() throws(FilterProblem) -> [TextPattern.Step] {
        let node = try choice(depth: 0)
        guard position == characters.count else { throw problem("no '(' for this ')'", position) }
        try layOut(node)
        steps.append(.found)
        return steps
    }

    // MARK: reading

    private var next: Character? { position < characters.count ? characters[position] : nil }

    private mutating func take(_ wanted: Character) -> Bool {
        guard next == wanted else { return false }
        position += 1
        return true
    }

    /// - Parameter end: nil for a single character.
    private func problem(_ message: String, _ place: Int, to end: Int? = nil) -> FilterProblem {
        FilterProblem("in the regular expression: " + message, start + place..<start + (end ?? place + 1))
    }

    private mutating func choice(depth: Int) throws(FilterProblem) -> Node {
        guard depth < Self.deepest else { throw problem("too many groups in each other", position) }
        var branches = [try sequence(depth: depth)]
        while take("|") { branches.append(try sequence(depth: depth)) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(depth: Int) throws(FilterProblem) -> Node {
        var parts: [Node] = []
        while let character = next, character != "|", character != ")" {
            var part = try atom(depth: depth)
            if let (least, most) = try repetition() {
                part = .repeated(part, least: least, most: most)
            }
            parts.append(part)
        }
        return .sequence(parts)
    }

    private mutating func atom(depth: Int) throws(FilterProblem) -> Node {
        let place = position
        position += 1
        switch characters[place] {
        case "(":
            if take("?"), !take(":") { throw problem("of groups with '?' only '(?:' is known", place) }
            let node = try choice(depth: depth + 1)
            guard take(")") else { throw problem("no ')' for this '('", place) }
            return node
        case ".": return .step(.take(.any))
        case "^": return .step(.start)
        case "$": return .step(.end)
        case "[": return .step(.take(try bracket(place)))
        case "\\": return .step(try escape(place))
        case "*", "+", "?", "{": throw problem("nothing to repeat", place)
        case let character:
            // A character may have more than one code point.
            return .sequence(character.unicodeScalars.map { .step(.take(.scalar($0.value))) })
        }
    }

    private mutating func repetition() throws(FilterProblem) -> (least: Int, most: Int?)? {
        let place = position
        guard let character = next, "*+?{".contains(character) else { return nil }
        position += 1
        var range: (least: Int, most: Int?)
        switch character {
        case "*": range = (0, nil)
        case "+": range = (1, nil)
        case "?": range = (0, 1)
        default:
            let least = number()
            range = (least ?? 0, least)
            if take(",") { range.most = number() }
            guard take("}"), least != nil, range.most.map({ range.least <= $0 }) ?? true,
                max(range.least, range.most ?? 0) <= Self.mostRepetitions
            else {
                throw problem(
                    "a repetition is written {2}, {2,} or {2,5}, up to \(Self.mostRepetitions)", place, to: position)
            }
        }
        // How much is taken does not matter here.
        _ = take("?")
        return range
    }

    /// Too large for a repetition when it has more than three digits.
    private mutating func number() -> Int? {
        let place = position
        while let character = next, character.isASCII, character.isNumber { position += 1 }
        guard position > place else { return nil }
        return Int(String(characters[place..<position])) ?? .max
    }

    private mutating func escape(_ place: Int) throws(FilterProblem) -> TextPattern.Step {
        guard let character = next else { throw problem("nothing behind '\\'", place) }
        position += 1
        switch character {
        case "b": return .border(isWanted: true)
        case "B": return .border(isWanted: false)
        default:
            guard let meant = Self.meaning(ofEscaped: character) else {
                throw problem("'\\\(character)' is not known", place, to: position)
            }
            return .take(meant)
        }
    }

    private static func meaning(ofEscaped character: Character) -> TextPattern.Class? {
        switch character {
        case "d": return .digit
        case "D": return .digit.opposite
        case "w": return .word
        case "W": return .word.opposite
        case "s": return .space
        case "S": return .space.opposite
        case "n": return .scalar(0x0a)
        case "t": return .scalar(0x09)
        case "r": return .scalar(0x0d)
        default:
            guard let byte = character.asciiValue, !character.isLetter, !character.isNumber else { return nil }
            return .scalar(UInt32(byte))
        }
    }

    private mutating func bracket(_ place: Int) throws(FilterProblem) -> TextPattern.Class {
        var found = TextPattern.Class(ranges: [], isNegated: take("^"))
        let first = position
        while let character = next {
            position += 1
            // As in grep, a bracket that comes first is one of the characters.
            if character == "]", position > first + 1 { return found }
            let lower = try member(character, of: place)
            if next == "-", position + 1 < characters.count, characters[position + 1] != "]" {
                position += 2
                let upper = try member(characters[position - 1], of: place)
                guard let from = lower.single, let to = upper.single, from <= to else {
                    throw problem("a range that does not go upwards", place)
                }
                found.ranges.append(from...to)
            } else {
                guard !lower.isNegated else { throw problem("an opposite within '['", place) }
                found.ranges += lower.ranges
            }
        }
        throw problem("no ']' for this '['", place)
    }

    private mutating func member(_ character: Character, of place: Int) throws(FilterProblem) -> TextPattern.Class {
        if character == "\\" {
            guard let escaped = next, let meant = Self.meaning(ofEscaped: escaped) else {
                throw problem("an unknown '\\' within '['", place)
            }
            position += 1
            return meant
        }
        guard character.unicodeScalars.count == 1, let scalar = character.unicodeScalars.first else {
            throw problem("a character of several code points within '['", place)
        }
        return .scalar(scalar.value)
    }

    // MARK: laying out

    private mutating func layOut(_ node: Node) throws(FilterProblem) {
        laidOut += 1
        guard laidOut <= Self.longest, steps.count <= Self.longest else {
            throw FilterProblem("the regular expression is too large", start..<start + characters.count)
        }
        switch node {
        case .step(let step): steps.append(step)
        case .sequence(let parts): for part in parts { try layOut(part) }
        case .choice(let branches): try layOutChoice(branches)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try layOut(part) }
            if let most {
                for _ in least..<most { try layOutOptional(part) }
            } else {
                let fork = steps.count
                try layOutOptional(part, again: fork)
            }
        }
    }

    /// - Parameter again: where to go on behind it; nil for what follows.
    private mutating func layOutOptional(_ part: Node, again: Int? = nil) throws(FilterProblem) {
        let fork = steps.count
        steps.append(.found)
        try layOut(part)
        if let again { steps.append(.fork(again, again)) }
        steps[fork] = .fork(fork + 1, steps.count)
    }

    private mutating func layOutChoice(_ branches: [Node]) throws(FilterProblem) {
        var exits: [Int] = []
        for branch in branches.dropLast() {
            let fork = steps.count
            steps.append(.found)
            try layOut(branch)
            exits.append(steps.count)
            steps.append(.found)
            steps[fork] = .fork(fork + 1, steps.count)
        }
        if let last = branches.last { try layOut(last) }
        for exit in exits { steps[exit] = .fork(steps.count, steps.count) }
    }
}

extension TextPattern.Class {
    /// The one code point that matches.
    fileprivate var single: UInt32? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
