import TestSupport
import Testing

@testable import Packages

@Suite struct TomlReaderTests {
    private func table(_ text: String) throws(PackageFailure) -> [String: ManifestValue] {
        try TomlReader.table(Array(text.utf8))
    }

    private func message(_ text: String) -> String? {
        failure { () throws(PackageFailure) in _ = try table(text) }
    }

    @Test func tablesAndKeysAreRead() throws {
        let document = """
            \u{feff}# a comment
            top = "1"   # and another
            "quoted key" = '2'
            dotted . "key with.dot".last = "3"
            dotted.other = "4"

            [ package ]
            name = "test/x"
            [a.b.c]
            d = "5"
            [a]
            e = "6"
            [[list]]
            x = "7"
            [list.inner]
            y = "8"
            [[list]]
            [[list.deep]]
            z = "9"
            """
        #expect(
            try table(document) == [
                "top": .text("1"), "quoted key": .text("2"),
                "dotted": .table(["key with.dot": .table(["last": .text("3")]), "other": .text("4")]),
                "package": .table(["name": .text("test/x")]),
                "a": .table(["b": .table(["c": .table(["d": .text("5")])]), "e": .text("6")]),
                "list": .list([
                    .table(["x": .text("7"), "inner": .table(["y": .text("8")])]),
                    .table(["deep": .list([.table(["z": .text("9")])])]),
                ]),
            ])
        #expect(try table("") == [:])
        #expect(try table("a = '1'\r\n[b]\r\nc = '2'\r\n") == ["a": .text("1"), "b": .table(["c": .text("2")])])
    }

    @Test func stringsOfAllFourKinds() throws {
        let document = #"""
            basic = "tab\t quote\" slash\\ e\u00e9 \U0001F600"
            literal = 'C:\path "x"'
            lines = """
            one
            two \
                still two"""
            raw = '''
            a\b
            'c' '''
            quotes = """""two"""""
            """#
        #expect(
            try table(document) == [
                "basic": .text("tab\t quote\" slash\\ e\u{e9} \u{1F600}"), "literal": .text(#"C:\path "x""#),
                "lines": .text("one\ntwo still two"), "raw": .text("a\\b\n'c' "), "quotes": .text("\"\"two\"\""),
            ])
    }

    @Test func listsAndInlineTables() throws {
        let document = """
            list = [ "a", 'b', # why
              "c",
            ]
            nested = [[], ["x"], {k = "v", d.e = "f"}]
            inline = { a = "1", b = { c = "2" }, empty = {} }
            """
        #expect(
            try table(document) == [
                "list": .list([.text("a"), .text("b"), .text("c")]),
                "nested": .list([
                    .list([]), .list([.text("x")]), .table(["k": .text("v"), "d": .table(["e": .text("f")])]),
                ]),
                "inline": .table(["a": .text("1"), "b": .table(["c": .text("2")]), "empty": .table([:])]),
            ])
    }

    @Test(arguments: [
        "0", "-17", "+99", "1_000", "0xdead_BEEF", "0o755", "0b1101", "3.14", "-0.01", "5e+22", "1e06", "-2E-2",
        "6.626e-34", "inf", "-inf", "+nan", "true", "false", "1979-05-27", "07:32:00", "07:32:00.999",
        "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5-07:00", "1979-05-27t07:32:00",
    ])
    func scalarsAreGoneOver(word: String) throws {
        #expect(try table("a = \(word)\nb = 'x'") == ["a": .other, "b": .text("x")])
    }

    @Test(arguments: [
        "01", "1__0", "_1", "1_", "0x", "0xg", "0b2", "-0x1", ".5", "5.", "1.e2", "1e", "True", "yes", "1979-5-27",
        "07:32", "1979-05-27T", "++1", "1 2", "\u{661}", "nano",
    ])
    func whatIsNoScalarIsRefused(word: String) { #expect(message("a = \(word)") != nil) }

    @Test func messagesNameTheLine() {
        let expected: [(String, String)] = [
            ("a = 1\nb = \n", "line 2: no value where there should be one"),
            ("a = \"x", "line 1: a text without its end"),
            ("a = \"x\ny\"", "line 1: a text without its end"),
            ("\n\na = '''x\n\n", "line 5: a text without its end"),
            ("a = \"\\q\"", "line 1: an unknown escape"),
            ("a = \"\\ud800\"", "line 1: an escape of no character"),
            ("a = \"\\u12\"", "line 1: an escape of no character"),
            ("a = \"\u{1}\"", "line 1: a control character"),
            ("# \u{0}", "line 1: a control character"),
            ("a = 1 b = 2", "line 1: more than one thing in a line"),
            ("a", "line 1: no = after a key"),
            ("= 1", "line 1: no key where there should be one"),
            ("[a", "line 1: a header without its end"),
            ("[]", "line 1: no key where there should be one"),
            ("[[a]", "line 1: a header without its end"),
            ("a = [1, 2", "line 1: a list without its end"),
            ("a = [1 2]", "line 1: a list without its end"),
            ("a = [\n1,\n\n,]", "line 4: no value where there should be one"),
            ("a = {b = 1", "line 1: a table without its end"),
            ("a = {b = 1,}", "line 1: no key where there should be one"),
            ("a = {b = 1\n}", "line 1: a table without its end"),
            ("\"\"\"a\"\"\" = 1", "line 1: a key of many lines"),
            ("a = 1\na = 2", "line 2: a is there twice"),
            ("[a]\n[a]", "line 2: a is there twice"),
            ("a = 1\n[a]", "line 2: a is there twice"),
            ("a = 1\n[a.b]", "line 2: a is no table that can be extended"),
            ("a = {}\n[a.b]", "line 2: a is no table that can be extended"),
            ("a = []\n[[a]]", "line 2: a is there twice"),
            ("[[a]]\n[a]", "line 2: a is there twice"),
            ("[a]\n[[a]]", "line 2: a is there twice"),
            ("a.b = 1\na.b.c = 2", "line 2: b is there twice"),
            ("a = {b = 1}\na.c = 2", "line 2: a is there twice"),
            ("a.b = 1\n[a]", "line 2: a is there twice"),
            ("[a.b.c]\nz = 9\n[a]\nb.c.t = 1", "line 4: b is there twice"),
        ]
        for (text, words) in expected { #expect(message(text) == words, "\(text)") }
        #expect(
            failure { () throws(PackageFailure) in _ = try TomlReader.table([0x61, 0xff]) }
                == "the manifest is not UTF-8")
        #expect(message(String(repeating: "#", count: 1 << 20 + 1)) == "the manifest is larger than 1 MiB")
    }

    @Test func nothingNestsTooDeep() {
        let most = 1 << 19
        #expect(message("a = " + String(repeating: "[", count: most)) == "line 1: values nest too deep")
        #expect(message("a = " + String(repeating: "{a=", count: most / 3)) == "line 1: values nest too deep")
        #expect(message(String(repeating: "a.", count: most / 2) + "a = 1") == "line 1: a key of too many parts")
        #expect(message("[" + String(repeating: "a.", count: most / 2) + "a]") == "line 1: a key of too many parts")
        let dotted = String(repeating: "a.", count: 40)
        #expect(message(String(repeating: "\(dotted)a = {", count: 3)) == "line 1: values nest too deep")
    }

    @Test func noiseEndsInAnAnswer() {
        let pieces = [
            "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "'''", "\\", "\n", "\r\n", " ", "#",
            "a", "b",
            "1", "true", "\u{e9}", "u0041",
        ]
        var random = SeededGenerator(seed: 3)
        var read = 0
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...14, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random)! }.joined()
            if message(text) == nil { read += 1 }
        }
        #expect(read > 100)
    }
}
