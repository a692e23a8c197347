import Trace

/// The pieces of guest memory kept with one record.
struct PayloadChunks {
    struct Chunk {
        let argument: UInt8
        /// How large the guest's object is: bytes, or elements of an array.
        let total: UInt32
        let bytes: GuestBytes
    }

    private var chunks: [Chunk] = []

    /// Reads as many whole chunks as there are; a broken tail is left out.
    init(_ payload: UnsafeRawBufferPointer) {
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

    /// Descriptor numbers of the events that a wait reported.
    var reported: [UInt32] {
        guard let chunk = chunks.first(where: { $0.argument == PayloadChunk.reported }) else { return [] }
        return stride(from: 0, to: chunk.bytes.count, by: 4).compactMap { chunk.bytes.u32($0) }
    }

    /// The argument words that did not fit into the record.
    var moreWords: [UInt32] {
        guard let chunk = chunks.first(where: { $0.argument == PayloadChunk.moreArguments }) else { return [] }
        return stride(from: 0, to: chunk.bytes.count, by: 4).compactMap { chunk.bytes.u32($0) }
    }
}
