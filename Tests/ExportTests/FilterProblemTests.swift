import Testing

@testable import Export

/// What is wrong with a filter, and where.
@Suite struct FilterProblemTests {
    private func problem(_ expression: String) -> FilterProblem? {
        do {
            _ = try Filter(parsing: expression)
            return nil
        } catch {
            return error
        }
    }

    /// Each filter with the marks that belong below it, and words of the message.
    private static let wrong: [(filter: String, marks: String, words: String)] = [
        ("", "^", "something is missing"),
        ("   ", "   ^", "something is missing"),
        ("ok and", "      ^", "something is missing"),
        ("ok or ", "      ^", "something is missing"),
        ("not", "   ^", "something is missing"),
        ("!", " ^", "something is missing"),
        ("and ok", "^^^", "nothing before 'and'"),
        ("ok and or ok", "       ^^", "nothing before 'or'"),
        ("= 3", "^", "nothing to compare before '='"),
        ("ok failed", "   ^^^^^^", "'and' or 'or' is missing"),
        ("dur > 1 ms", "      ^", "'1' is no duration, as 100us, 1.5ms, 2s"),
        ("(ok", "^", "no ')' for this '('"),
        ("ok)", "  ^", "no '(' for this ')'"),
        ("(ok failed)", "    ^^^^^^", "'and', 'or' or ')' is missing"),
        ("durr>1ms", "^^^^", "unknown field 'durr'; did you mean 'dur'?"),
        ("inject=fd_read", "^^^^^^", "unknown field 'inject'"),
        ("fd_read=1", "^^^^^^^", "unknown field 'fd_read'"),
        ("ok and epoll_wiat", "       ^^^^^^^^^^", "did you mean 'epoll_wait'?"),
        ("fd_read,fd_wriet", "        ^^^^^^^^", "unknown call 'fd_wriet'; did you mean 'fd_write'?"),
        ("fd_read,", "        ^", "a call is missing"),
        ("!!fd_read,ok", "          ^^", "unknown call 'ok'"),
        ("%nonsense", "^^^^^^^^^", "there are %args"),
        ("ok and %", "       ^", "unknown family"),
        ("call=", "     ^", "a call is missing"),
        ("call=%net,fd_raed", "          ^^^^^^^", "did you mean 'fd_read'?"),
        ("call=\"fd_raed\"", "      ^^^^^^^", "did you mean 'fd_read'?"),
        ("call>fd_read", "    ^", "is compared with = != ~ in"),
        ("/^zz_/", "^^^^^", "no call matches '/^zz_'"),
        ("/a(", "  ^", "in the regular expression: no ')'"),
        ("dur=7tcp", "    ^^^^", "'7tcp' is no duration, as 100us, 1.5ms, 2s"),
        ("dur>-1ms", "    ^^^^", "is no duration"),
        ("dur=1.5.5s", "    ^^^^^^", "is no duration"),
        ("dur>9999999999999h", "    ^^^^^^^^^^^^^^", "is no duration"),
        ("dur=INF", "    ^^^", "is no duration"),
        ("dur~1ms", "   ^", "is compared with = != < <= > >= in"),
        ("wait", "", ""),
        ("bytes>4X", "      ^^", "is no number of bytes, as 4096, 4K, 1M"),
        ("bytes>99999999999G", "      ^^^^^^^^^^^^", "is no number of bytes"),
        ("ret>-1", "    ^^", "'-1' is no number"),
        ("tid=x", "    ^", "is no number"),
        ("fd=18446744073709551616", "   ^^^^^^^^^^^^^^^^^^^^", "is no number"),
        ("fd=9..3", "   ^^^^", "a range goes upwards"),
        ("fd=3..", "   ^^^", "'' is no number"),
        ("fd<1..3", "   ^^^^", "is no number"),
        ("fd=", "   ^", "a value is missing, as in fd in (3, 7..9)"),
        ("fd= and ok", "    ^^^", "'and' is no number"),
        ("fd in 3", "      ^", "'in' takes a list, as in (1, 3)"),
        ("fd in (3", "      ^", "no ')' for this '('"),
        ("fd in (3 4)", "         ^", "',' or ')' is missing"),
        ("fd in ()", "       ^", "a value is missing"),
        ("fd in (3,)", "         ^", "a value is missing"),
        ("err=EAGIAN", "    ^^^^^^", "unknown error 'EAGIAN'; did you mean 'EAGAIN'?"),
        ("err=OK", "    ^^", "it is 'ok'"),
        ("err>EAGAIN", "   ^", "is compared with = != in"),
        ("signal=SIGCHDL", "       ^^^^^^^", "did you mean 'SIGCHLD'?"),
        ("fd.type=tpc", "        ^^^", "did you mean 'tcp'?"),
        ("fd.type=nonsense", "        ^^^^^^^^", "there are file stdio pipe"),
        ("failed=1", "      ^", "'failed' stands alone"),
        ("tid", "^^^", "every line has 'tid': compare it, as tid in (1, 3)"),
        ("text", "^^^^", "every line has 'text'"),
        ("call", "^^^^", "every line has 'call'"),
        ("path~/a", "     ^", "no closing '/' of the regular expression"),
        ("path~/a**/", "        ^", "in the regular expression: nothing to repeat"),
        ("path~/[a/", "      ^", "in the regular expression: no ']'"),
        ("path~/(ab/", "      ^", "no ')' for this '('"),
        ("path~/a{2/", "       ^^", "a repetition is written"),
        ("path~/a\\qb/", "       ^^", "is not known"),
        ("path~/a\\/", "     ^", "no closing '/'"),
        ("\"text", "^", "no closing quotation mark"),
        ("path='a", "     ^", "no closing quotation mark"),
        ("\"a\\q\"", "  ^^", "'\\q' is not known"),
        ("\"a\\x4\"", "  ^^", "two hexadecimal digits"),
        ("\"a\\", "  ^", "nothing behind '\\'"),
        ("a<b", "^", "unknown field 'a'; quotes make it a text"),
    ]

    @Test(arguments: wrong.indices) func theMarksAreBelowWhatIsWrong(_ index: Int) {
        let (filter, marks, words) = Self.wrong[index]
        guard let problem = problem(filter) else {
            #expect(marks.isEmpty, "'\(filter)' is understood")
            return
        }
        #expect(problem.message.contains(words), "'\(filter)': \(problem.message)")
        let excerpt = problem.excerpt(of: filter, width: 80)
        #expect(excerpt.text == filter)
        #expect(excerpt.marks == marks, "'\(filter)': \(problem.message)")
    }

    @Test func aLongFilterIsShownAroundThePlace() throws {
        let many = String(repeating: "ok and ", count: 40)
        for (filter, isCutBefore, isCutAfter) in [
            ("durr>1ms and " + many + "ok", false, true), (many + "durr>1ms and " + many + "ok", true, true),
            (many + "durr>1ms", true, false),
        ] {
            let problem = try #require(self.problem(filter))
            for width in [20, 40, 76] {
                let (text, marks) = problem.excerpt(of: filter, width: width)
                #expect(text.count <= width && marks.count <= width)
                #expect(text.hasPrefix("...") == isCutBefore && text.hasSuffix("...") == isCutAfter, "\(text)")
                let place = marks.prefix { $0 == " " }.count
                #expect(text.dropFirst(place).hasPrefix("durr"), "\(text)\n\(marks)")
                #expect(marks.dropFirst(place) == "^^^^")
            }
        }
        let missing = try #require(self.problem(many))
        let (text, marks) = missing.excerpt(of: many, width: 30)
        #expect(text.count < marks.count && marks.count <= 30 && marks.hasSuffix(" ^"))
    }

    @Test func whatWouldMoveTheCursorIsASpace() {
        let problem = FilterProblem("", 2..<4)
        let (text, marks) = problem.excerpt(of: "a\u{1b}\t\u{7f}\u{9b}\r\nb", width: 40)
        #expect(text == "a     b" && marks == "  ^^")
    }

    @Test func nestingAndLengthHaveLimits() throws {
        let nested = { (depth: Int) in
            String(repeating: "(", count: depth) + "ok" + String(repeating: ")", count: depth)
        }
        #expect(problem(nested(64)) == nil)
        #expect(problem(nested(65))?.range == 64..<65)
        #expect(problem(nested(2_000))?.message.contains("too many brackets") == true)
        #expect(problem(String(repeating: "!", count: 4_000) + "ok") == nil)
        #expect(problem(String(repeating: "not ", count: 1_000) + "ok") == nil)
        #expect(problem(String(repeating: "ok or ", count: 600) + "ok") == nil)
        #expect(problem(String(repeating: "x", count: 4_097))?.message.contains("at most 4096") == true)
    }
}
