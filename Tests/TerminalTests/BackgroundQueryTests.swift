import Glibc
import Terminal
import Testing

@Suite struct BackgroundQueryTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: ["\u{7}", "\u{1b}\\"])
    func theAnswerIsTakenOutOfTheInput(end: String) {
        var query = BackgroundQuery()
        // In pieces of one byte, with keys before, between and after.
        for byte in bytes("j\u{1b}[A\u{1b}]11;rgb:ffff/ffff/dddd\(end)k\u{1b}[?62;22cq") { query.feed([byte]) }
        #expect(query.background == .light)
        #expect(query.typed == bytes("j\u{1b}[Akq"))
    }

    @Test func aTerminalThatDoesNotKnowTheQuestionAnswersTheSecond() throws {
        let terminal = try Pty()
        terminal.reply { _ in "x\u{1b}[?1;2c" }
        var query = BackgroundQuery()
        query.ask(input: terminal.slave, output: terminal.slave)
        #expect(query.background == nil)
        #expect(query.typed == bytes("x"))
        #expect(terminal.isDrained)
    }

    @Test func aTerminalThatAnswers() throws {
        let terminal = try Pty()
        terminal.reply { _ in "\u{1b}]11;rgb:1c1c/1c1c/1c1c\u{1b}\\\u{1b}[?65;1;9c" }
        var query = BackgroundQuery()
        query.ask(input: terminal.slave, output: terminal.slave)
        #expect(query.background == .dark)
        #expect(query.typed.isEmpty)
        #expect(terminal.isDrained)
    }

    @Test func aTerminalThatSaysNothingIsNotWaitedForLong() throws {
        let terminal = try Pty()
        terminal.type("jk")
        var query = BackgroundQuery()
        query.ask(input: terminal.slave, output: terminal.slave)
        #expect(query.background == nil)
        #expect(query.typed == bytes("jk"))
    }

    /// What comes too late is no key.
    @Test(arguments: ["\u{7}", "\u{1b}\\"])
    func lateAnswersAreSkipped(end: String) {
        var decoder = KeyDecoder()
        let keys = decoder.feed(bytes("j\u{1b}]11;rgb:ffff/ffff/ffff\(end)\u{1b}[?62;22ck"))
        #expect(keys == [.character("j"), .character("k")])
        #expect(!decoder.isWaiting)
    }

    @Test func altBracketIsStillTwoKeys() {
        var decoder = KeyDecoder()
        #expect(decoder.feed(bytes("\u{1b}]")) == [])
        #expect(decoder.giveUp() == [.escape, .character("]")])
        #expect(decoder.feed(bytes("\u{1b}]x")) == [.escape, .character("]"), .character("x")])
    }
}

/// A raw terminal; the test is what it is connected to.
private final class Pty {
    let master: Int32
    let slave: Int32
    private var answering = pthread_t()
    private var isAnswered = false

    init() throws {
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, index): (Int32, Int32) = (0, 0)
        try #require(ioctl(master, unlock, &locked) == 0 && ioctl(master, number, &index) == 0)
        slave = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
        var modes = termios()
        tcgetattr(slave, &modes)
        cfmakeraw(&modes)
        tcsetattr(slave, TCSANOW, &modes)
    }

    func type(_ text: String) { _ = write(master, text, text.utf8.count) }

    /// Answers the first question from another thread.
    func reply(_ answer: @escaping @Sendable (String) -> String) {
        let master = master
        let work = Unmanaged.passRetained(
            Work {
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = read(master, &bytes, bytes.count)
                let text = answer(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self))
                _ = write(master, text, text.utf8.count)
            })
        pthread_create(
            &answering, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        isAnswered = true
    }

    /// Nothing is left to read.
    var isDrained: Bool {
        var count: Int32 = 0
        return ioctl(slave, UInt(FIONREAD), &count) == 0 && count == 0
    }

    deinit {
        if isAnswered { pthread_join(answering, nil) }
        close(master)
        close(slave)
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
