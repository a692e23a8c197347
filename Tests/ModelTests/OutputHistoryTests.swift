import Testing
import Trace

@testable import Model

@Suite struct OutputHistoryTests {
    private func chunk(_ text: String, _ stream: OutputChunk.Stream = .output) -> OutputChunk {
        OutputChunk(stream: stream, bytes: Array(text.utf8))
    }

    private func texts(_ history: OutputHistory) -> [String] {
        history.lines.range.map { String(decoding: history.lines[$0].bytes, as: UTF8.self) }
    }

    @Test func aLineMayArriveInPieces() {
        var history = OutputHistory()
        history.append(chunk("one\ntw"))
        #expect(texts(history) == ["one", "tw"])
        #expect(history.lines.last?.isComplete == false)
        history.append(chunk("o\n\nthree"))
        #expect(texts(history) == ["one", "two", "", "three"])
        #expect(history.totalBytes == 14)
    }

    @Test func streamsDoNotShareLines() {
        var history = OutputHistory()
        history.append(chunk("out"))
        history.append(chunk("err\n", .error))
        #expect(texts(history) == ["out", "err"])
        #expect(history.lines[1].stream == .error)
    }

    @Test func anEndlessLineIsBroken() {
        var history = OutputHistory()
        history.append(chunk(String(repeating: "x", count: 10_000)))
        #expect(history.lines.range.map { history.lines[$0].bytes.count } == [4096, 4096, 1808])
    }

    /// A line of progress never ends, and is one line however long it goes on.
    @Test func whatACarriageReturnOverwritesIsForgotten() {
        var history = OutputHistory()
        for step in 0..<5000 { history.append(chunk("\rdone: \(step) of 5000")) }
        #expect(history.lines.count == 1)
        #expect(history.lines[0].bytes.count <= 4096)
        #expect(String(decoding: history.lines[0].bytes, as: UTF8.self).hasSuffix("\rdone: 4999 of 5000"))
        history.append(chunk("\nnext\n"))
        #expect(texts(history).last == "next")
        #expect(history.lines.count == 2)
    }

    @Test func whatIsTypedStandsBehindTheQuestion() {
        var history = OutputHistory()
        history.append(chunk("name? "))
        history.append(chunk("Ada\n", .typed))
        history.append(chunk("more\n", .typed))
        history.append(chunk("hello Ada\n"))
        #expect(texts(history) == ["name? Ada", "more", "hello Ada"])
        #expect(history.lines.range.map { history.lines[$0].stream } == [.output, .typed, .output])
        #expect(history.totalBytes == 16)
    }

    @Test func theOldestLinesLeaveAtTheByteLimit() {
        var history = OutputHistory(byteLimit: 10_000)
        for number in 0..<5000 { history.append(chunk("line \(number)\n")) }
        #expect(history.bytes <= 10_000)
        #expect(history.lines.first > 0)
        #expect(texts(history).last == "line 4999")
        #expect(history.bytes == texts(history).reduce(0) { $0 + $1.utf8.count + 1 })
    }

    @Test func aCopyStaysAsItWas() {
        var history = OutputHistory()
        history.append(chunk("a\nb"))
        let frozen = history
        history.append(chunk("c\n"))
        #expect(texts(frozen) == ["a", "b"])
        #expect(texts(history) == ["a", "bc"])
    }

    @Test func removingTheLastElementReachesIntoFullBlocks() {
        var list = Scrollback<Int>()
        for number in 0..<256 { list.append(number) }
        list.removeLast()
        list.append(7)
        #expect(list.count == 256)
        #expect(list[255] == 7)
        #expect(list[254] == 254)
    }
}
