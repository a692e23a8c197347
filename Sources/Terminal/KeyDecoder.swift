/// Turns bytes from a terminal into keys: those of its terminfo entry, and those that xterm, rxvt, the Linux console
/// and their kin send whatever their entry says. It has no clock: the caller waits and calls `giveUp`.
package struct KeyDecoder: Sendable {
    /// How long a lone Esc may be the beginning of something, in nanoseconds.
    package static let patience: UInt64 = 25_000_000
    private static let longestSequence = 32
    private static let longestAnswer = 256

    private let sequences: KeySequences
    private var pending: [UInt8] = []

    package init(sequences: KeySequences = KeySequences()) {
        self.sequences = sequences
    }

    /// Bytes wait for their rest; `giveUp` turns them into keys when none comes within `patience`.
    package var isWaiting: Bool { !pending.isEmpty }

    /// Takes the next bytes; answers the keys that are complete.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending.append(contentsOf: bytes)
        return decode(isComplete: false)
    }

    /// The keys that the waiting bytes are when nothing follows them.
    package mutating func giveUp() -> [Key] { decode(isComplete: true) }

    private mutating func decode(isComplete: Bool) -> [Key] {
        var keys: [Key] = []
        var rest = pending[...]
        while !rest.isEmpty {
            switch step(rest) {
            case .key(let key, let length):
                if let key { keys.append(key) }
                rest = rest.dropFirst(length)
            case .incomplete where isComplete:
                keys += Self.abandoned(rest)
                rest = []
            case .incomplete:
                pending = Array(rest)
                return keys
            }
        }
        pending = []
        return keys
    }

    /// What the beginning of something means when nothing follows: a lone Esc is the key; a sequence or a character
    /// that was cut says nothing.
    private static func abandoned(_ bytes: ArraySlice<UInt8>) -> [Key] {
        guard bytes.first == 0x1b, bytes.count <= 2 else { return [] }
        return [.escape] + bytes.dropFirst().map { .character(Unicode.Scalar($0)) }
    }

    private enum Step {
        /// No key: the bytes mean nothing to us and are skipped.
        case key(Key?, length: Int)
        case incomplete
    }

    private func step(_ bytes: ArraySlice<UInt8>) -> Step {
        let first = bytes[bytes.startIndex]
        if first == 0x1b { return escapeStep(bytes) }
        if first >= 0x80 { return characterStep(bytes) }
        return .key(Self.single(first), length: 1)
    }

    private func characterStep(_ bytes: ArraySlice<UInt8>) -> Step {
        let length = Sanitizer.sequenceLength(of: bytes[bytes.startIndex])
        if length == 0 { return .key(nil, length: 1) }
        let continuations = bytes.dropFirst().prefix(length - 1)
        guard continuations.allSatisfy({ $0 & 0xc0 == 0x80 }) else { return .key(nil, length: 1) }
        guard continuations.count == length - 1 else { return .incomplete }
        let text = String(validating: bytes.prefix(length), as: UTF8.self)
        guard let scalar = text?.unicodeScalars.first, scalar.value >= 0xa0 else { return .key(nil, length: length) }
        return .key(.character(scalar), length: length)
    }

    private func escapeStep(_ bytes: ArraySlice<UInt8>) -> Step {
        switch sequences.match(bytes) {
        case .key(let key, let length): return .key(key, length: length)
        case .prefix: return .incomplete
        case .none: break
        }
        guard bytes.count > 1 else { return .incomplete }
        let second = bytes[bytes.startIndex + 1]
        switch second {
        case 0x5b: return controlSequenceStep(bytes)
        case 0x5d where bytes.count == 2: return .incomplete
        case 0x5d where (0x30...0x39).contains(bytes[bytes.startIndex + 2]): return answerStep(bytes)
        case 0x4f:
            guard bytes.count > 2 else { return .incomplete }
            return .key(KeySequences.applicationKey(bytes[bytes.startIndex + 2]), length: 3)
        case 0x30...0x39:
            // Esc and a digit stand for the function keys of terminals that keep those for themselves.
            return .key(.function(second == 0x30 ? 10 : Int(second - 0x30)), length: 2)
        default: return .key(.escape, length: 1)
        }
    }

    /// Skips a terminal's answer (OSC) that came late.
    private func answerStep(_ bytes: ArraySlice<UInt8>) -> Step {
        if let end = KeySequences.stringEnd(bytes) { return .key(nil, length: end.whole - bytes.startIndex) }
        return bytes.count > Self.longestAnswer ? .key(nil, length: bytes.count) : .incomplete
    }

    /// ESC [ parameters intermediates final.
    private func controlSequenceStep(_ bytes: ArraySlice<UInt8>) -> Step {
        let body = bytes.dropFirst(2)
        if body.first == 0x5b {
            // The Linux console's F1 to F5: ESC [ [ A.
            guard let letter = body.dropFirst().first else { return .incomplete }
            return .key((0x41...0x45).contains(letter) ? .function(Int(letter) - 0x40) : nil, length: 4)
        }
        guard let end = body.firstIndex(where: { !(0x20...0x3f).contains($0) }) else {
            // rxvt ends some sequences with `$`, which is an intermediate elsewhere.
            if body.last == 0x24 { return finish(body.dropLast(), final: 0x24, length: bytes.count) }
            return bytes.count > Self.longestSequence ? .key(nil, length: bytes.count) : .incomplete
        }
        guard (0x40...0x7e).contains(bytes[end]) else { return .key(nil, length: end - bytes.startIndex) }
        return finish(body[..<end], final: bytes[end], length: end + 1 - bytes.startIndex)
    }

    private func finish(_ parameters: ArraySlice<UInt8>, final: UInt8, length: Int) -> Step {
        let digits = parameters.prefix { (0x30...0x39).contains($0) }
        let number = digits.prefix(4).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return .key(KeySequences.controlKey(number: number, final: final), length: length)
    }

    private static func single(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x0d, 0x0a: .enter
        case 0x09: .tab
        case 0x7f, 0x08: .backspace
        case 0x00: .control("@")
        case 0x01...0x1a: .control(Unicode.Scalar(byte + 0x60))
        case 0x1c...0x1f: .control(Unicode.Scalar(byte + 0x40))
        default: .character(Unicode.Scalar(byte))
        }
    }
}
