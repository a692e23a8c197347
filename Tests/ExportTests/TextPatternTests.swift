import TestSupport
import Testing

@testable import Export

@Suite struct TextPatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        try TextPattern(pattern, at: 0).matches(text)
    }

    @Test(arguments: [
        ("abc", "xabcx"), ("", ""), ("", "a"), ("^$", ""), ("^a", "ab"), ("b$", "ab"), ("a.c", "aéc"), ("^.$", "é"),
        ("a*", ""), ("^a+$", "aaa"), ("^ab?$", "a"), ("^(a|bc)+$", "abca"), ("[a-c]", "xb"), ("[^a-c]", "ax"),
        ("[]x]", "]"),
        ("[a-]", "-"), ("[\\d_]", "_"), ("\\d{3}", "a123"), ("^\\d{2,3}$", "12"), ("^\\d{2,}$", "12345"),
        ("^a{0}$", ""),
        ("(?:a|b)c", "bc"), ("\\bfd\\b", "an fd is"), ("\\Bd", "fd"), ("\\.conf$", "a.conf"), ("\\/x", "/x"),
        ("a|", ""),
        ("(a*)*b", "aab"), ("(a|a)*c", "aac"), ("\\w+\\s\\w+", "one two"), ("\\t", "\t"), ("a+?b", "aab"), ("()", ""),
        ("^(ab){2}$", "abab"), ("é", "caf\u{e9}"), ("\\S\\D\\W", "ab-"),
    ]) func matchesWhatItSays(pattern: String, text: String) throws {
        #expect(try matches(pattern, text))
    }

    @Test(arguments: [
        ("abc", "ab"), ("^b", "ab"), ("a$", "ab"), ("^a+$", "aba"), ("[^a]", "a"), ("\\d{3}", "12"),
        ("^\\d{2,3}$", "1234"),
        ("\\bd", "fd"), ("\\Bfd", "fd"), ("^a{0}$", "a"), ("a.c", "ac"), ("^(ab){2}$", "ab"), ("A", "a"), ("^$", "a"),
    ]) func matchesNothingElse(pattern: String, text: String) throws {
        #expect(try !matches(pattern, text))
    }

    @Test(arguments: [
        "(", ")", "(()", "a)", "[", "[]", "[a", "*", "a**", "+", "{2}", "a{", "a{2", "a{3,2}", "a{256}",
        "a{99999999999999999999}",
        "\\", "\\q", "\\9", "[\\", "[\\q]", "[b-a]", "[\\d-z]", "(?=a)", "(?<x>a)", "(*)", "a|*", "[[\\D]]",
        "((a{255}){255}){255}", "(((){255}){255}){255}", String(repeating: "(", count: 100_000),
        String(repeating: "[", count: 5_000), String(repeating: "a?", count: 5_000),
    ]) func whatCannotBeReadIsRefused(pattern: String) {
        #expect(throws: FilterProblem.self) { try TextPattern(pattern, at: 0) }
    }

    /// These take for ever where one way after another is tried. There is no time limit: a test's time counts from when it is
    /// begun, with hundreds of others that want the same processors.
    @Test func clumsyPatternsAreNoSlower() throws {
        let text = String(repeating: "a", count: 5_000)
        for pattern in ["^(a+)+$b", "(a|a)*b", "(a*)*b", "^(a?){40}a{40}b"] { #expect(try !matches(pattern, text)) }
    }

    /// Against the standard library's regular expressions, which go about it in another way.
    @Test func randomPatternsMatchAsTheStandardLibrarysDo() throws {
        var random = SeededGenerator(seed: 4)
        var hits = 0
        for _ in 0..<1_500 {
            let pattern = Self.pattern(depth: 3, &random)
            let ours = try TextPattern(pattern, at: 0)
            let theirs = try Regex(pattern)
            for _ in 0..<6 {
                let text = String(
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in "ab_ ".randomElement(using: &random)! })
                let isFound = ours.matches(text)
                #expect(isFound == (text.firstMatch(of: theirs) != nil), "/\(pattern)/ in '\(text)'")
                hits += isFound ? 1 : 0
            }
        }
        #expect((1_000...8_000).contains(hits))
    }

    private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
        let atoms = ["a", "b", ".", "[ab]", "[^a]", "\\w", "\\s", "_", "^", "$"]
        guard depth > 0 else { return atoms.randomElement(using: &random)! }
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in pattern(depth: depth - 1, &random) }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "(?:" + parts.joined(separator: "|") + ")"
        case 1:
            return "(?:" + parts.joined() + ")" + ["*", "+", "?", "{2}", "{1,2}", "{0,}"].randomElement(using: &random)!
        default: return parts.joined()
        }
    }
}
