import Diagnosis
import Testing
import Trace

/// A lesson's file is read whole, or each mistake in it is told with its place.
@Suite struct LessonParserTests {
    static let good = """
        # a comment
        title    A title
        number   7
        about    One line
        guest    stall.c brisk 300
        after    first-wait
        lint     E01
        native   seven.txt 300

        stop     T1 before epoll_wait(5) and queue(3) == 24
        only     T1 T2
        say      Some text that goes on
                 in the next line.
        say      Another one.
        show     source stall.c "for (;;)" .. "if (mod)"
        show     lifeline 3
        ask      What now?
        * the right one :: A word for you.
        - a wrong one :: What it
          misunderstands.
        why      Because.
        whatif   level 3
        then     told(3) == 1
        say      See?
        show     ready 5

        stop     asleep
        free
        say      Choose.
        cure     "read it all" brisk drain :: It holds.
        cure     "as it was" :: It does not.
        end      A rule.
        """

    private static func parse(_ text: String) -> (lesson: Lesson, problems: [LessonProblem]) {
        LessonParser.parse(Array(text.utf8), name: "seven")
    }

    @Test func everyKeywordIsUnderstood() throws {
        let (lesson, problems) = Self.parse(Self.good)
        #expect(problems.isEmpty, "\(problems)")
        #expect(lesson.name == "seven" && lesson.title == "A title" && lesson.number == 7)
        #expect(lesson.guest.file == "stall.c" && lesson.guest.arguments == ["brisk", "300"])
        #expect(lesson.guest.module == "stall.wasm")
        #expect(lesson.needs == ["first-wait"] && lesson.lints == ["E01"])
        #expect(lesson.native?.file == "seven.txt" && lesson.native?.arguments == ["300"])
        #expect(lesson.ending == "A rule.")
        try #require(lesson.checkpoints.count == 2)
        let first = lesson.checkpoints[0]
        #expect(first.page.texts == ["Some text that goes on in the next line.", "Another one."])
        #expect(first.page.movers == [ThreadID(rawValue: 1), ThreadID(rawValue: 2)])
        #expect(first.page.shows.count == 2)
        #expect(first.question?.answers.map(\.isRight) == [true, false])
        #expect(first.question?.answers.map(\.note) == ["A word for you.", "What it misunderstands."])
        #expect(first.question?.why == "Because.")
        #expect(first.whatIf == FdNumber(rawValue: 3))
        #expect(first.outcome?.texts == ["See?"] && first.outcome?.shows == [.ready(FdNumber(rawValue: 5))])
        #expect(lesson.checkpoints[1].isFree)
        #expect(lesson.checkpoints[1].cures.map(\.arguments) == [["brisk", "drain"], []])
        #expect(lesson.words > 20)
    }

    /// A line of the good lesson, what takes its place, and what is said of it at which line and column.
    static let mistakes: [(line: String, bad: String, at: (Int, Int), says: String)] = [
        ("title    A title", "titel    A title", (2, 1), "did you mean 'title'?"),
        ("title    A title", "title", (2, 1), "a text is missing behind 'title'"),
        ("title    A title", "title A\u{7}", (2, 8), "control character"),
        ("title    A title", "title A\u{202e}", (2, 8), "control character"),
        ("number   7", "number   seven", (3, 10), "expected a number from 1 to 999"),
        ("number   7", "number   -1", (3, 10), "expected a number"),
        ("number   7", "number   99999999999999999999", (3, 10), "expected a number"),
        ("number   7", "title    Again", (3, 1), "'title' is there already, in line 2"),
        ("guest    stall.c brisk 300", "guest    stall.wasm", (5, 10), "a name that ends in .c"),
        ("guest    stall.c brisk 300", "guest    ../../etc/passwd.c", (5, 10), "without a folder"),
        ("guest    stall.c brisk 300", "guest    /etc/passwd", (5, 10), "without a folder"),
        ("after    first-wait", "after    a/b", (6, 10), "expected the name of a lesson"),
        ("lint     E01", "lint     E99", (7, 10), "there is no lint 'E99'"),
        ("only     T1 T2", "only     1 2", (11, 10), "expected threads behind 'only'"),
        ("only     T1 T2", "title    Late", (11, 1), "'title' belongs before the first 'stop'"),
        ("show     lifeline 3", "show     lifeline", (16, 10), "expected one descriptor behind 'lifeline'"),
        ("show     lifeline 3", "show     lifeline 3 4", (16, 10), "expected one descriptor"),
        ("show     lifeline 3", "show     everything", (16, 10), "expected source, lifeline"),
        ("show     lifeline 3", "show     source stall.c for", (16, 10), "expected FILE \"text of a line\""),
        ("show     lifeline 3", "show     source stall.c \"a\" \"b\"", (16, 10), "expected FILE"),
        ("show     lifeline 3", "show     source ../x.c \"a\"", (16, 10), "without a folder"),
        ("ask      What now?", "ask", (17, 1), "a text is missing behind 'ask'"),
        ("* the right one :: A word for you.", "- the right one :: no", (17, 1), "has no right answer"),
        ("* the right one :: A word for you.", "*", (18, 1), "the answer is empty"),
        ("why      Because.", "# no why", (17, 1), "the question has no 'why'"),
        ("whatif   level 3", "whatif   edge 3", (22, 10), "expected 'level' and a descriptor"),
        ("then     told(3) == 1", "then     told(3) = 1", (23, 18), "equal is =="),
        ("then     told(3) == 1", "then", (23, 1), "a condition is missing"),
        ("free", "free     now", (28, 10), "nothing belongs behind 'free'"),
        (
            "cure     \"read it all\" brisk drain :: It holds.", "cure     read it all", (30, 10),
            "the cure's name in \"quotes\""
        ),
        ("cure     \"as it was\" :: It does not.", "cure     \"as it was\"", (31, 1), "needs ':: what is seen then'"),
        ("end      A rule.", "", (31, 1), "there is no 'end'"),
        ("say      Choose.", "stop     start", (27, 1), "says and asks nothing"),
    ]

    @Test(arguments: mistakes.indices)
    func aMistakeIsToldWithItsPlace(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        let text = Self.good.replacing(mistake.line, with: mistake.bad, maxReplacements: 1)
        #expect(text != Self.good)
        let problems = Self.parse(text).problems
        let found = problems.first { $0.message.contains(mistake.says) }
        let problem = try #require(found, "\(problems)")
        #expect(problem.place == LessonPlace(line: mistake.at.0, column: mistake.at.1), "\(problem)")
    }

    @Test func severalMistakesAreToldAtOnce() {
        let text = Self.good.replacing("number   7", with: "number x").replacing("lint     E01", with: "lint Q")
            .replacing("whatif   level 3", with: "whatif")
        #expect(Self.parse(text).problems.map(\.place.line) == [3, 7, 22])
    }

    @Test func whatIsNoLessonIsManyMistakesAndNoCrash() {
        for text in ["", "\n\n", " ", "# nothing", "stop", "end", "end x\nend y", "*", "ask", "then", "cure", "only"] {
            #expect(!Self.parse(text).problems.isEmpty, "\(text)")
        }
        let long = String(repeating: "x", count: 2_000)
        #expect(Self.parse("title \(long)").problems.contains { $0.message.contains("more than 1,000 bytes") })
        let huge = String(repeating: "# comment\n", count: 10_000)
        #expect(Self.parse(huge).problems.contains { $0.message.contains("larger than 64 KiB") })
        #expect(
            LessonParser.parse([0xff, 0xfe, 0x0a, 0x00], name: "x").problems.contains { $0.message.contains("UTF-8") })
        let deep = "stop " + String(repeating: "(", count: 900)
        #expect(Self.parse(deep).problems.contains { $0.message.contains("nested too deeply") })
        let lines = "stop not\n" + String(repeating: "  not not not not\n", count: 2_000)
        #expect(Self.parse(lines).problems.contains { $0.message.contains("nested too deeply") })
    }

    /// Changed at random, a lesson is read or refused with places that exist.
    @Test func randomChangesNeverCrash() {
        var random = SplitMix(seed: 7)
        let good = Array(Self.good.utf8)
        let pieces =
            LessonParserTests.mistakes.map { Array($0.bad.utf8) } + [[0x0a], [0x20], [0xff], Array(" :: ".utf8)]
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, at + Int.random(in: 0...12, using: &random))
                let new =
                    Bool.random(using: &random)
                    ? pieces.randomElement(using: &random)! : [UInt8.random(in: 0...255, using: &random)]
                bytes.replaceSubrange(at..<end, with: new)
            }
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).count
            let (lesson, problems) = LessonParser.parse(bytes, name: "random")
            for problem in problems {
                #expect((1...lines).contains(problem.place.line) && problem.place.column >= 1)
            }
            if problems.isEmpty { #expect(!lesson.checkpoints.isEmpty) }
        }
    }
}

/// The same random numbers in every run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
