/// The byte sequences of function keys.
package struct KeySequences: Sendable {
    package enum Match: Equatable {
        case key(Key, length: Int)
        /// The bytes are the beginning of a known sequence.
        case prefix
        case none
    }

    private let known: [(bytes: [UInt8], key: Key)]

    /// `known`: sequences of this terminal, beginning with Esc and at least two bytes long; others are ignored.
    package init(_ known: [(bytes: [UInt8], key: Key)] = []) {
        self.known = known.filter { $0.bytes.count > 1 && $0.bytes[0] == 0x1b }
    }

    /// Terminfo's names of key capabilities, and the keys that they stand for.
    package static let capabilities: [(name: String, key: Key)] =
        [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
            ("kpp", .pageUp), ("knp", .pageDown), ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab),
        ] + (1...12).map { ("kf\($0)", .function($0)) }

    func match(_ input: ArraySlice<UInt8>) -> Match {
        var best: (key: Key, length: Int)?
        var isPrefix = false
        for (bytes, key) in known {
            if input.starts(with: bytes) {
                if bytes.count > best?.length ?? 0 { best = (key, bytes.count) }
            } else if input.count < bytes.count && bytes.starts(with: input) {
                isPrefix = true
            }
        }
        if let best { return .key(best.key, length: best.length) }
        return isPrefix ? .prefix : .none
    }

    /// ESC O final.
    static func applicationKey(_ final: UInt8) -> Key? {
        switch final {
        case 0x50...0x53: .function(Int(final) - 0x4f)
        case 0x4d: .enter
        default: letterKey(final)
        }
    }

    /// ESC [ number final. Modifiers do not matter to us.
    static func controlKey(number: Int, final: UInt8) -> Key? {
        switch final {
        case 0x7e, 0x5e, 0x24, 0x40: tildeKey(number)
        case 0x50...0x53: .function(Int(final) - 0x4f)
        case 0x5a: .backTab
        default: letterKey(final)
        }
    }

    /// The end of a terminal's answer, ESC ] up to BEL or ESC \: of its text, and of the whole. Nil when it is not
    /// there yet.
    static func stringEnd(_ bytes: ArraySlice<UInt8>) -> (text: Int, whole: Int)? {
        for index in bytes.indices.dropFirst(2) {
            if bytes[index] == 0x07 { return (index, index + 1) }
            if bytes[index] == 0x5c, bytes[index - 1] == 0x1b { return (index - 1, index + 1) }
        }
        return nil
    }

    private static func letterKey(_ final: UInt8) -> Key? {
        switch final {
        case 0x41: .up
        case 0x42: .down
        case 0x43: .right
        case 0x44: .left
        case 0x46: .end
        case 0x48: .home
        default: nil
        }
    }

    private static func tildeKey(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...24: .function(number - 12)
        default: nil
        }
    }
}
