/// Finds plain text: without regard to case unless the pattern has a capital; a leading `!` keeps what does not match.
struct TextMatcher: Sendable {
    private let pattern: [UInt8]
    private let foldsCase: Bool
    let isNegated: Bool

    init(_ text: String) {
        isNegated = text.first == "!" && text.count > 1
        let body = isNegated ? text.dropFirst() : text[...]
        foldsCase = !body.utf8.contains { (0x41...0x5a).contains($0) }
        pattern = Array(body.utf8)
    }

    var isEmpty: Bool { pattern.isEmpty }

    func matches(_ text: String) -> Bool {
        pattern.isEmpty || (ranges(in: text, limit: 1).isEmpty == isNegated)
    }

    /// Where the pattern stands, as ranges of UTF-8 offsets.
    func ranges(in text: String, limit: Int = 16) -> [Range<Int>] {
        guard !pattern.isEmpty else { return [] }
        var text = text
        return text.withUTF8 { bytes in
            var found: [Range<Int>] = []
            var start = 0
            while start + pattern.count <= bytes.count, found.count < limit {
                if isHere(bytes, start) {
                    found.append(start..<start + pattern.count)
                    start += pattern.count
                } else {
                    start += 1
                }
            }
            return found
        }
    }

    private func isHere(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        for (index, wanted) in pattern.enumerated() {
            let byte = bytes[start + index]
            let folded = foldsCase && (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            if folded != wanted { return false }
        }
        return true
    }
}
