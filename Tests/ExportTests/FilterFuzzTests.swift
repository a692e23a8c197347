import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

@testable import Export

/// Random filters: what is made by the rules means what it was made to mean, and anything else is refused with a place.
/// `WASIX_TOP_LONG=1` tries more than ten million.
@Suite struct FilterFuzzTests {
    private static let rounds = isLongForm ? 550 : 1

    // MARK: made by the rules

    /// A filter whose meaning is known without parsing it.
    private indirect enum Known {
        case term(text: String, verdict: (FilterLine) -> Bool?)
        case not(Known)
        case all([Known])
        case any([Known])

        func verdict(_ line: FilterLine) -> Bool? {
            switch self {
            case .term(_, let verdict): return verdict(line)
            case .not(let part): return part.verdict(line).map { !$0 }
            case .all(let parts):
                let verdicts = parts.map { $0.verdict(line) }
                return verdicts.contains(false) ? false : verdicts.contains(nil) ? nil : true
            case .any(let parts):
                let verdicts = parts.map { $0.verdict(line) }
                return verdicts.contains(true) ? true : verdicts.contains(nil) ? nil : false
            }
        }

        private var rank: Int {
            switch self {
            case .any: 0
            case .all: 1
            case .not, .term: 2
            }
        }

        /// With brackets where they are needed, and now and then where not.
        func text(_ random: inout SeededGenerator, rank least: Int = 0) -> String {
            let isBracketed = rank < least || Int.random(in: 0..<8, using: &random) == 0
            let text: String
            switch self {
            case .term(let term, _): text = term
            case .not(let part):
                text = ["not ", "!", "! "].randomElement(using: &random)! + part.text(&random, rank: 2)
            case .all(let parts): text = Self.joined(parts, [" and ", " && ", "&&"], rank: 2, &random)
            case .any(let parts): text = Self.joined(parts, [" or ", " || ", "||", "\tor\n"], rank: 1, &random)
            }
            return isBracketed ? "(" + text + ")" : text
        }

        private static func joined(
            _ parts: [Known], _ connectives: [String], rank: Int, _ random: inout SeededGenerator
        ) -> String {
            parts.dropFirst().reduce(parts[0].text(&random, rank: rank)) { text, part in
                text + connectives.randomElement(using: &random)! + part.text(&random, rank: rank)
            }
        }

        init(depth: Int, _ random: inout SeededGenerator) {
            let count = Int.random(in: 2...3, using: &random)
            switch depth > 0 ? Int.random(in: 0..<4, using: &random) : 0 {
            case 0: self = Self.term(&random)
            case 1: self = .not(Known(depth: depth - 1, &random))
            case 2: self = .all((0..<count).map { _ in Known(depth: depth - 1, &random) })
            default: self = .any((0..<count).map { _ in Known(depth: depth - 1, &random) })
            }
        }

        private static func term(_ random: inout SeededGenerator) -> Known {
            func ofCall(_ text: String, _ verdict: @escaping (TraceRecord) -> Bool) -> Known {
                .term(text: text) { $0.record.kind == RecordKind.call.rawValue ? verdict($0.record) : nil }
            }
            let number = UInt64.random(in: 0...3, using: &random)
            let call = CallID.allCases.randomElement(using: &random)!
            let compare = comparisons.randomElement(using: &random)!
            let space = ["", " "].randomElement(using: &random)!
            let symbol = space + compare.symbol + space
            switch Int.random(in: 0..<9, using: &random) {
            case 0: return ofCall("failed") { $0.errno != 0 }
            case 1: return ofCall("ok") { $0.errno == 0 }
            case 2:
                return ofCall("dur\(symbol)\(number)us") { compare.holds($0.duration, number * 1_000) }
            case 3:
                return .term(text: "tid\(symbol)\(number)") { compare.holds(UInt64($0.thread.rawValue), number) }
            case 4:
                return ofCall(["", "call=", "call == "].randomElement(using: &random)! + call.spec.name) {
                    CallID(rawValue: $0.call)?.spec.name == call.spec.name
                }
            case 5:
                return ofCall("%" + call.spec.family.rawValue) {
                    CallID(rawValue: $0.call)?.spec.family == call.spec.family
                        || call.spec.family == .process
                            && [.exec, .thread].contains(CallID(rawValue: $0.call)?.spec.family)
                }
            case 6:
                return ofCall("err in (\(number + 1), \(number + 5)..\(number + 8))") {
                    $0.errno == number + 1 || (number + 5...number + 8).contains(UInt64($0.errno))
                }
            case 7: return .term(text: "\"L\(number)\"") { $0.text.contains("l\(number)") }
            default: return .term(text: "pid in (\(number),9)") { [number, 9].contains(UInt64($0.process.rawValue)) }
            }
        }

        private static let comparisons: [(symbol: String, holds: @Sendable (UInt64, UInt64) -> Bool)] = [
            ("=", { $0 == $1 }), ("==", { $0 == $1 }), ("!=", { $0 != $1 }), ("<", { $0 < $1 }), ("<=", { $0 <= $1 }),
            (">", { $0 > $1 }), (">=", { $0 >= $1 }),
        ]
    }

    private static func line(_ random: inout SeededGenerator) -> FilterLine {
        var line = FilterLine()
        let kinds: [RecordKind] = [.call, .call, .call, .signal, .threadStart]
        line.record.kind = kinds.randomElement(using: &random)!.rawValue
        line.record.call = CallID.allCases.randomElement(using: &random)!.rawValue
        line.record.errno = Bool.random(using: &random) ? 0 : .random(in: 1...10, using: &random)
        line.record.duration = [0, 500, 1_000, 2_000, 2_001, 9_000].randomElement(using: &random)!
        line.thread = ThreadID(rawValue: .random(in: 0...4, using: &random))
        line.process = ProcessID(rawValue: .random(in: 1...4, using: &random))
        line.text = "l\(Int.random(in: 0...4, using: &random))"
        return line
    }

    @Test func whatIsMadeByTheRulesMeansWhatItWasMadeToMean() throws {
        var random = SeededGenerator(seed: 11)
        var counts = [0, 0, 0]
        for _ in 0..<3_000 * Self.rounds {
            let known = Known(depth: Int.random(in: 0...4, using: &random), &random)
            let text = known.text(&random)
            let filter = try Filter(parsing: text)
            for _ in 0..<6 {
                let line = Self.line(&random)
                let expected = known.verdict(line)
                #expect(line.verdict(filter) == expected, "\(text)")
                counts[expected.map { $0 ? 1 : 0 } ?? 2] += 1
            }
        }
        #expect(counts.allSatisfy { $0 > 1_000 * Self.rounds }, "\(counts)")
    }

    // MARK: made by accident

    /// Whatever the text is, it is a filter that can be asked, or there is one line that says where it is wrong.
    private func check(_ text: String, _ lines: [FilterLine], width: Int) {
        do {
            let filter = try Filter(parsing: text)
            for line in lines { _ = line.verdict(filter) }
        } catch {
            let count = text.count
            #expect(!error.message.isEmpty && error.range.upperBound <= count + 1, "\(text)")
            let (shown, marks) = error.excerpt(of: text, width: width)
            #expect(shown.count <= max(width, 16) && marks.count <= max(width, 16), "\(text)")
            #expect(marks.last == "^" && !shown.unicodeScalars.contains { $0.value < 0x20 }, "\(text)")
        }
        if width.isMultiple(of: 5) {
            let completion = FilterCompletion(of: text, at: width)
            #expect(completion.range.upperBound <= text.count, "\(text)")
        }
    }

    private static func hostileLines(_ random: inout SeededGenerator) -> [FilterLine] {
        var hostile = HostileRecords(seed: random.next())
        return (0..<3).map { _ in
            let call = CallID.allCases.randomElement(using: &random)!
            var line = FilterLine()
            line.record = hostile.record(call, width: Bool.random(using: &random) ? .bits64 : .bits32)
            line.payload = hostile.payload(arguments: call.spec.arguments.count)
            line.record.kind = Bool.random(using: &random) ? 0 : .random(in: 0...9, using: &random)
            return line
        }
    }

    @Test func anyBytesAreUnderstoodOrRefused() {
        var random = SeededGenerator(seed: 12)
        let lines = Self.hostileLines(&random)
        let signs = Array("()!&|=<>~,.\"'\\/%[]{}*+?^$ \t0123456789".utf8)
        for _ in 0..<8_000 * Self.rounds {
            let count = Int.random(in: 0...24, using: &random)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? signs.randomElement(using: &random)! : .random(in: 0...255, using: &random)
            }
            check(String(decoding: bytes, as: UTF8.self), lines, width: Int.random(in: -1...30, using: &random))
        }
    }

    private static let pieces = [
        "and", "or", "not", "(", ")", "!", "&&", "||", "=", "==", "!=", "<", ">", "<=", ">=", "~", "in", "contains",
        ",", "..",
        " ", " ", " ", "1", "3..5", "1ms", "2.5s", "INF", "EAGAIN", "SIGINT", "tcp", "fd_read", "%net", "/^fd_",
        "/a(b|c)*/",
        "\"x\"", "'y'", "\\", "\"", "trace=", "all", "none", "T3", "0x10", "4K", "é", "\u{301}", "👩‍👧", "\r\n", "\u{0}",
        "%", "@",
    ]

    @Test func mutatedFiltersAreUnderstoodOrRefused() {
        var random = SeededGenerator(seed: 13)
        var understood = 0
        let words = Self.pieces + FilterField.names
        for round in 0..<8_000 * Self.rounds {
            let lines = round % 100 == 0 ? Self.hostileLines(&random) : []
            var text: String
            if Bool.random(using: &random) {
                text = Known(depth: 2, &random).text(&random)
            } else {
                text = FilterField.allCases.randomElement(using: &random)!.example
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                var characters = Array(text)
                let place = Int.random(in: 0...characters.count, using: &random)
                let end = min(characters.count, place + Int.random(in: 0...3, using: &random))
                let piece = words.randomElement(using: &random)!
                characters.replaceSubrange(place..<end, with: Bool.random(using: &random) ? Array(piece) : [])
                text = String(characters)
            }
            check(text, lines, width: Int.random(in: -1...90, using: &random))
            understood += (try? Filter(parsing: text)) == nil ? 0 : 1
        }
        #expect((1_500 * Self.rounds...7_500 * Self.rounds).contains(understood), "\(understood)")
    }

    /// Texts as long as they may be, of the kinds that make a parser look again and again.
    @Test func longFiltersTakeNoLonger() {
        var random = SeededGenerator(seed: 14)
        let lines = Self.hostileLines(&random)
        let most = 4_096
        for piece in [
            "(", "!", "! ", "!(", "not ", "a", "a ", ",", "a,", "%", "!%", "/", "/(", "/a|", "\"", "\"\" ", "\\", "=",
            "a=", "fd=", "fd=1 ",
            "fd in (", "1..", "ok and ", "ok&&", "ok or (", "fd_read,", "!fd_read,", "path~/", "path~/(a*)*/ and ",
            "'\\x41", "é",
        ] {
            let text = String(repeating: piece, count: most / piece.count)
            check(text, lines, width: 80)
            check(text + "ok", lines, width: 80)
            check("path~/" + text.prefix(most - 8) + "/", lines, width: 80)
            check("fd in (" + text.prefix(most - 8), lines, width: most)
        }
    }
}
