import Glibc

/// Asks a terminal for its background colour (OSC 11) and then for its device attributes (DA1). Every terminal answers
/// DA1, and answers come in order: once that answer is there, none to OSC 11 can follow. What is typed meanwhile is
/// kept.
package struct BackgroundQuery {
    static let question = Array("\u{1b}]11;?\u{1b}\\\u{1b}[c".utf8)
    /// How long a terminal may take to answer, in nanoseconds. What comes later is skipped by `KeyDecoder`.
    private static let patience: UInt64 = 200_000_000

    package private(set) var background: Background?
    /// What belongs to neither answer.
    package private(set) var typed: [UInt8] = []
    private var pending: [UInt8] = []
    private var isAnswered = false

    package init() {}

    /// Asks and waits for the answers, at most `patience`. The terminal must not echo, and must hand over single bytes.
    package mutating func ask(input: Int32, output: Int32) {
        guard write(output, Self.question, Self.question.count) == Self.question.count else { return }
        let deadline = TerminalInput.now() + Self.patience
        var bytes = [UInt8](repeating: 0, count: 256)
        while !isAnswered {
            let now = TerminalInput.now()
            guard now < deadline else { break }
            var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            let count = poll(&descriptor, 1, Int32((deadline - now + 999_999) / 1_000_000))
            if count < 0 && errno == EINTR { continue }
            guard count > 0, descriptor.revents & Int16(POLLIN) != 0 else { break }
            let length = read(input, &bytes, bytes.count)
            guard length > 0 else { break }
            feed(bytes[..<length])
        }
        typed += pending
        pending = []
    }

    /// Takes the answers out of what came in.
    package mutating func feed(_ bytes: some Sequence<UInt8>) {
        pending += bytes
        while let escape = pending.firstIndex(of: 0x1b) {
            typed += pending[..<escape]
            pending.removeFirst(escape)
            guard let length = answerLength() else { return }
            if length == 0 {
                typed.append(pending.removeFirst())
            } else {
                pending.removeFirst(length)
            }
        }
        typed += pending
        pending = []
    }

    /// Bytes of the answer at the beginning of `pending`; 0 for something else, nil when its end is not there yet.
    private mutating func answerLength() -> Int? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case 0x5d:  // ESC ] 11 ; colour BEL or ESC \
            guard let end = KeySequences.stringEnd(pending[...]) else { return pending.count > 64 ? 0 : nil }
            let text = String(decoding: pending[2..<end.text], as: UTF8.self)
            if text.hasPrefix("11;") { background = Background(colour: String(text.dropFirst(3))) }
            return end.whole
        case 0x5b:  // ESC [ ? parameters c
            guard pending.count > 2 else { return nil }
            guard pending[2] == 0x3f else { return 0 }
            guard let end = pending.dropFirst(3).firstIndex(where: { !(0x30...0x3b).contains($0) }) else {
                return pending.count > 64 ? 0 : nil
            }
            guard pending[end] == 0x63 else { return 0 }
            isAnswered = true
            return end + 1
        default: return 0
        }
    }
}
