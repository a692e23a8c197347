import Trace

/// The pieces of guest memory kept with one record.
package struct PayloadChunks {
    struct Chunk {
        let argument: UInt8
        /// How large the guest's object is: bytes, or elements of an array.
        let total: UInt32
        let bytes: GuestBytes
    }

    private var chunks: [Chunk] = []

    /// Reads as many whole chunks as there are; a broken tail is left out.
    package init(_ payload: UnsafeRawBufferPointer) {
        let all = GuestBytes(payload)
        var offset = 0
        while let head = all.u32(offset), let total = all.u32(offset + 4),
            offset + PayloadChunk.headerSize + PayloadChunk.captured(head) <= all.count
        {
            let bytes = all.slice(offset + PayloadChunk.headerSize, PayloadChunk.captured(head))
            chunks.append(Chunk(argument: PayloadChunk.argument(head), total: total, bytes: bytes))
            offset += PayloadChunk.headerSize + bytes.count
        }
    }

    /// What was kept of an argument; where it was kept before and after the call, the later one.
    func last(_ argument: Int) -> Chunk? {
        chunks.last { Int($0.argument) == argument }
    }

    /// What an argument held before the call, where that was kept separately.
    func before(_ argument: Int) -> Chunk? {
        let all = chunks.filter { Int($0.argument) == argument }
        return all.count > 1 ? all[0] : nil
    }

    /// Why the call was refused.
    var note: GuestBytes? { chunks.first { $0.argument == PayloadChunk.note }?.bytes }

    /// The registrations whose events a wait reported.
    var reported: [ReportedItem] {
        words(of: PayloadChunk.reported, each: 2).map { ReportedItem(fd: $0[0], edge: $0[1]) }
    }

    /// What the call did to others, as far as it was kept.
    package var changes: [ReadinessChange] {
        words(of: PayloadChunk.changes, each: 6).map { words in
            var change = ReadinessChange()
            change.instance = words[0]
            change.object = words[1]
            change.fd = words[2]
            change.edge = words[3]
            change.events = words[4]
            change.thread = words[5]
            return change
        }
    }

    /// The stack of the call, as far as it was kept; a broken tail is left out.
    var stack: [GuestFrame] {
        guard let bytes = chunks.first(where: { $0.argument == PayloadChunk.stack })?.bytes else { return [] }
        var frames: [GuestFrame] = []
        var offset = 0
        while let module = bytes.u32(offset), let inFunction = bytes.u32(offset + 4), let line = bytes.u32(offset + 8),
            let functionSize = bytes.u16(offset + 12), let fileSize = bytes.u16(offset + 14)
        {
            let number = { (word: UInt32) in word == StackBytes.absent ? nil : Int(word) }
            let names = offset + StackBytes.headSize
            offset = names + Int(functionSize) + Int(fileSize)
            guard offset <= bytes.count else { break }
            let function = bytes.slice(names, Int(functionSize)).array
            let file = bytes.slice(names + Int(functionSize), Int(fileSize)).array
            frames.append(
                GuestFrame(
                    function: String(decoding: function, as: UTF8.self), functionOffset: number(inFunction),
                    moduleOffset: number(module), file: file.isEmpty ? nil : String(decoding: file, as: UTF8.self),
                    line: number(line)))
        }
        return frames
    }

    /// A chunk as rows of `count` words; a broken tail is left out.
    private func words(of argument: UInt8, each count: Int) -> [[UInt32]] {
        guard let chunk = chunks.first(where: { $0.argument == argument }) else { return [] }
        let all = stride(from: 0, to: chunk.bytes.count, by: 4).compactMap { chunk.bytes.u32($0) }
        return stride(from: 0, to: all.count - all.count % count, by: count).map { Array(all[$0..<($0 + count)]) }
    }

    /// The argument words that did not fit into the record.
    var moreWords: [UInt32] {
        words(of: PayloadChunk.moreArguments, each: 1).map { $0[0] }
    }
}
