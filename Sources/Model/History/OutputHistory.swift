import Trace

/// One line the guest wrote, as bytes: not yet made safe for a terminal.
package struct OutputLine: Sendable, Equatable {
    /// Of its first byte.
    package var stream: OutputChunk.Stream
    package var bytes: [UInt8]
    /// False while the guest has not written the line's end.
    package var isComplete: Bool
}

/// The guest's standard output and error as lines, in the order of writing, with what was typed; the newest `byteLimit`
/// bytes are kept.
package struct OutputHistory: Sendable {
    /// The length at which a line is broken, so that a single endless line stays below the limit.
    static let lineLimit = 4096

    private let byteLimit: Int
    package private(set) var lines = Scrollback<OutputLine>()
    /// Bytes that are kept; each line counts one more for its end.
    package private(set) var bytes = 0
    /// Bytes the guest wrote in all.
    package private(set) var totalBytes: UInt64 = 0

    package init(byteLimit: Int = 1 << 20) { self.byteLimit = byteLimit }

    /// Adds what the guest wrote; inspector only.
    package mutating func append(_ chunk: OutputChunk) {
        if chunk.stream != .typed { totalBytes += UInt64(chunk.bytes.count) }
        var rest = chunk.bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            append(rest[..<(end ?? rest.endIndex)], endsLine: end != nil, stream: chunk.stream)
            rest = end.map { rest[($0 + 1)...] } ?? []
        }
        while bytes > byteLimit, let block = lines.dropBlock() { bytes -= block.reduce(0) { $0 + cost($1) } }
    }

    private mutating func append(_ piece: ArraySlice<UInt8>, endsLine: Bool, stream: OutputChunk.Stream) {
        var piece = piece
        var line = takeOpenLine(of: stream)
        if line.bytes.count + piece.count > Self.lineLimit { line.bytes = Self.withoutOverwritten(line.bytes) }
        while line.bytes.count + piece.count > Self.lineLimit {
            let head = piece.prefix(Self.lineLimit - line.bytes.count)
            line.bytes += head
            line.isComplete = true
            push(line)
            piece = piece.dropFirst(head.count)
            line = OutputLine(stream: stream, bytes: [], isComplete: false)
        }
        line.bytes += piece
        line.isComplete = endsLine
        push(line)
    }

    /// Without the text that carriage returns have overwritten: a progress display is one line that never ends.
    private static func withoutOverwritten(_ bytes: [UInt8]) -> [UInt8] {
        guard let last = bytes.lastIndex(of: 0x0d), last + 1 < bytes.count || last > 0 else { return bytes }
        // From the last carriage return but one: the text after the last one may have only begun.
        let before = bytes[..<last].lastIndex(of: 0x0d) ?? last
        return Array(bytes[before...])
    }

    /// The unfinished last line of the same stream, which continues; else a new line. Typed text continues the guest's
    /// unfinished line (a prompt), as on a terminal.
    private mutating func takeOpenLine(of stream: OutputChunk.Stream) -> OutputLine {
        if let last = lines.last, !last.isComplete, last.stream == stream || stream == .typed {
            bytes -= cost(last)
            lines.removeLast()
            return last
        }
        return OutputLine(stream: stream, bytes: [], isComplete: false)
    }

    private mutating func push(_ line: OutputLine) {
        bytes += cost(line)
        lines.append(line)
    }

    /// A line's end counts as a byte, too, so that empty lines count.
    private func cost(_ line: OutputLine) -> Int { line.bytes.count + 1 }
}
