import WasixABI

/// What of guest memory goes with a record of one row of the call table: worked out once, run after each traced call.
/// Never freed: it belongs to a call site, and those live as long as the program.
public final class PayloadCapture: @unchecked Sendable {
    // Safe to share: constant. Plain memory instead of arrays, which would be counted at every use.
    private enum Source: Sendable {
        /// `element` bytes each; the count (for bytes: of bytes) is in `length`, what was written in `used`.
        case span(element: Int, length: Int, used: Int?)
        case vectors(count: Int, used: Int)
        /// Pointers to NUL-terminated strings.
        case texts(count: Int)
        case block(Int)
    }

    private struct Step: Sendable {
        let argument: Int
        let source: Source
        let isOutput: Bool

        /// What a failed call leaves to be seen: what it was given, and how large the buffers were that it did not fill.
        var survivesFailure: Bool {
            if case .vectors = source { return true }
            return !isOutput
        }
    }

    /// Elements kept of an array of structures, vectors kept of a vector list.
    private static let mostElements = 16
    private static let headers = 512
    private static let mostPayload = 16_384

    private let steps: UnsafeBufferPointer<Step>
    /// The slot of the `.out` argument whose value goes into the record itself, and the size of the value; 0 when there
    /// is none.
    @usableFromInline let resultSlot: Int
    @usableFromInline let resultSize: Int
    @usableFromInline let isResultWide: Bool
    private let scalarSizes: UnsafeBufferPointer<Int?>
    private let words: UnsafeBufferPointer<Int>
    private let wordCount: Int
    /// Where the words that fit into the record stand in the slots: offsets in 32-bit words.
    @usableFromInline let inlineWords: UnsafeBufferPointer<Int>
    /// What of a slot is the address in it.
    @usableFromInline let addressMask: UInt64
    private let isWide: Bool

    /// True when nothing but the record itself is kept.
    public let isEmpty: Bool

    public init(_ spec: CallSpec, width: PointerWidth) {
        let widths = spec.arguments.map { $0.kind.wasmType(width) == .i64 ? 2 : 1 }
        let wordCount = widths.reduce(0, +)
        let result = Self.inlineResult(spec, width, wordCount: wordCount)
        var steps: [Step] = []
        for (index, argument) in spec.arguments.enumerated() {
            switch argument.kind {
            case .text(let direction, let length, let used), .path(let direction, let length, let used),
                .bytes(let direction, let length, let used):
                steps.append(
                    Step(
                        argument: index, source: .span(element: 1, length: length, used: used),
                        isOutput: direction == .output))
            case .dirents(let length, let used):
                steps.append(
                    Step(argument: index, source: .span(element: 1, length: length, used: used), isOutput: true))
            case .iovecs(let direction, let count, let used):
                steps.append(
                    Step(argument: index, source: .vectors(count: count, used: used), isOutput: direction == .output))
            case .structure(let kind, let direction):
                steps.append(
                    Step(argument: index, source: .block(kind.size(width)), isOutput: direction == .output))
            case .array(let kind, let direction, let count, let used):
                steps.append(
                    Step(
                        argument: index, source: .span(element: kind.size(width), length: count, used: used),
                        isOutput: direction == .output))
            case .texts(let count):
                steps.append(Step(argument: index, source: .texts(count: count), isOutput: false))
            case .out(let scalar), .update(let scalar):
                if index == result?.argument { continue }
                steps.append(Step(argument: index, source: .block(scalar.size(width)), isOutput: true))
            case .u8, .u16, .u32, .i32, .u64, .i64, .size, .bool, .fd, .pid, .tid, .signal, .flags, .constant,
                .nanoseconds, .timestamp, .function, .pointer, .area:
                break
            }
        }
        self.steps = Self.plain(steps)
        resultSlot = (result?.argument ?? 0) * 2
        resultSize = result?.size ?? 0
        isResultWide = result?.isWide ?? false
        scalarSizes = Self.plain(
            spec.arguments.map { argument in
                switch argument.kind {
                case .out(let scalar), .update(let scalar): scalar.size(width)
                default: nil
                }
            })
        words = Self.plain(widths)
        self.wordCount = wordCount
        let places = widths.enumerated().flatMap { index, width in (0..<width).map { index * 4 + $0 } }
        inlineWords = Self.plain(Array(places.prefix(TraceRecord.inlineWords)))
        isWide = width == .bits64
        addressMask = isWide ? .max : 0xffff_ffff
        isEmpty = steps.isEmpty && wordCount <= TraceRecord.inlineWords
    }

    private struct Result {
        let argument: Int
        let size: Int
        let isWide: Bool
    }

    /// The result that travels in the record: the first that fits, else the first of 64 bits where the arguments leave a
    /// word free.
    private static func inlineResult(_ spec: CallSpec, _ width: PointerWidth, wordCount: Int) -> Result? {
        let results = spec.arguments.enumerated().compactMap { index, argument -> Result? in
            switch argument.kind {
            case .out(let scalar), .update(let scalar):
                Result(argument: index, size: scalar.size(width), isWide: !scalar.fitsRecord(width))
            default: nil
            }
        }
        if let small = results.first(where: { !$0.isWide }) { return small }
        return wordCount < TraceRecord.inlineWords ? results.first : nil
    }

    private static func plain<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }

    /// Fills the record's words, result and payload reference. Guest thread only.
    /// - Parameters:
    ///   - slots: the engine's argument slots as they were at entry, 16 bytes each.
    ///   - memory: guest memory as large as is known.
    ///   - note: why the call was refused, where that is known.
    @inlinable @inline(__always)
    public func fill(
        _ record: inout TraceRecord, slots: UnsafePointer<UInt64>, memory: UnsafeRawBufferPointer, ring: TraceRing,
        stringLimit: Int, note: UnsafePointer<CallNote>? = nil
    ) {
        let source = UnsafeRawPointer(slots)
        withUnsafeMutableBytes(of: &record.words) { target in
            for index in 0..<inlineWords.count {
                let word = source.load(fromByteOffset: inlineWords[index] &* 4, as: UInt32.self)
                target.storeBytes(of: word, toByteOffset: index &* 4, as: UInt32.self)
            }
        }
        if resultSize != 0, record.errno == 0 { fillResult(&record, slots[resultSlot] & addressMask, memory) }
        if !isEmpty || note != nil { fillPayload(&record, slots, memory, ring, stringLimit, note) }
    }

    @inlinable @inline(__always)
    func fillResult(_ record: inout TraceRecord, _ address: UInt64, _ memory: UnsafeRawBufferPointer) {
        guard let value = Self.number(memory, address, resultSize) else { return }
        let high = UInt32(truncatingIfNeeded: value >> 32)
        if isResultWide {
            record.words.5 = high
            record.flags |= TraceRecord.Flags.hasWideResult
        } else {
            guard high == 0 else { return }
            record.flags |= TraceRecord.Flags.hasResult
        }
        record.result = UInt32(truncatingIfNeeded: value)
    }

    /// The most bytes of payload that a record can have.
    public func most(_ stringLimit: Int, _ note: UnsafePointer<CallNote>?) -> Int {
        isEmpty && note == nil
            ? 0 : min(Self.headers + steps.count * (stringLimit + Self.headers), Self.mostPayload)
    }

    @usableFromInline func fillPayload(
        _ record: inout TraceRecord, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer,
        _ ring: TraceRing, _ stringLimit: Int, _ note: UnsafePointer<CallNote>?
    ) {
        let succeeded = record.errno == 0
        let most = most(stringLimit, note)
        guard let room = ring.reservePayload(most) else {
            record.flags |= TraceRecord.Flags.payloadCut
            return
        }
        var writer = PayloadWriter(start: room.bytes, capacity: most)
        if wordCount > TraceRecord.inlineWords { moreArguments(slots, &writer) }
        if let note { writer.chunk(note.pointee) }
        for step in steps where succeeded || step.survivesFailure {
            capture(step, slots, memory, stringLimit, succeeded, &writer)
        }
        ring.trimPayload(unused: most - writer.used)
        record.payloadPosition = room.position
        record.payloadLength = UInt16(writer.used)
        if writer.isCut { record.flags |= TraceRecord.Flags.payloadCut }
    }

    /// The words that found no room in the record.
    private func moreArguments(_ slots: UnsafePointer<UInt64>, _ writer: inout PayloadWriter) {
        let extra = wordCount - TraceRecord.inlineWords
        writer.chunk(argument: PayloadChunk.moreArguments, total: UInt32(extra)) { writer in
            var position = 0
            for index in 0..<words.count {
                for half in 0..<words[index] {
                    if position >= TraceRecord.inlineWords {
                        writer.append(word: UInt32(truncatingIfNeeded: slots[index * 2] >> (half == 0 ? 0 : 32)))
                    }
                    position += 1
                }
            }
        }
    }

    private func address(_ slots: UnsafePointer<UInt64>, _ argument: Int) -> UInt64 {
        slots[argument * 2] & addressMask
    }

    /// The value of a length or count argument, looked up in guest memory when it is behind a pointer.
    private func amount(
        _ argument: Int, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer
    ) -> UInt64? {
        guard let size = scalarSizes[argument] else { return address(slots, argument) }
        return Self.number(memory, address(slots, argument), size)
    }

    @inlinable @inline(__always)
    static func number(_ memory: UnsafeRawBufferPointer, _ address: UInt64, _ size: Int) -> UInt64? {
        let known = UInt64(truncatingIfNeeded: memory.count)
        guard address <= known, known &- address >= UInt64(truncatingIfNeeded: size), let base = memory.baseAddress
        else { return nil }
        let raw = base + Int(truncatingIfNeeded: address)
        return switch size {
        case 1: UInt64(raw.load(as: UInt8.self))
        case 2: UInt64(raw.loadUnaligned(as: UInt16.self))
        case 4: UInt64(raw.loadUnaligned(as: UInt32.self))
        default: raw.loadUnaligned(as: UInt64.self)
        }
    }

    private func capture(
        _ step: Step, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer, _ stringLimit: Int,
        _ succeeded: Bool, _ writer: inout PayloadWriter
    ) {
        let start = address(slots, step.argument)
        let argument = UInt8(step.argument)
        switch step.source {
        case .block(let size):
            guard let bytes = Self.slice(memory, start, UInt64(size)) else { return }
            writer.chunk(argument: argument, total: UInt32(size)) { $0.append(bytes) }
        case .span(let element, let length, let used):
            var count = amount(length, slots, memory) ?? 0
            if step.isOutput, let used, let written = amount(used, slots, memory) { count = min(count, written) }
            let kept = element == 1 ? min(count, UInt64(stringLimit)) : min(count, UInt64(Self.mostElements))
            guard let bytes = Self.slice(memory, start, kept * UInt64(element)) else { return }
            writer.chunk(argument: argument, total: UInt32(clamping: count)) { $0.append(bytes) }
        case .vectors(let count, let used):
            // Of a read only what came is worth keeping, of a write everything offered.
            let filled = succeeded ? amount(used, slots, memory) ?? 0 : 0
            let moved = step.isOutput ? filled : .max
            vectors(step, start, amount(count, slots, memory) ?? 0, moved, memory, stringLimit, &writer)
        case .texts(let count):
            texts(step, start, amount(count, slots, memory) ?? 0, memory, stringLimit, &writer)
        }
    }

    private func vectors(
        _ step: Step, _ start: UInt64, _ count: UInt64, _ moved: UInt64, _ memory: UnsafeRawBufferPointer,
        _ stringLimit: Int, _ writer: inout PayloadWriter
    ) {
        let stride: UInt64 = isWide ? 16 : 8
        var left = moved
        var room = UInt64(stringLimit)
        writer.chunk(argument: UInt8(step.argument), total: UInt32(clamping: count)) { writer in
            for index in 0..<min(count, UInt64(Self.mostElements)) {
                let entry = start &+ index * stride
                guard let base = Self.number(memory, entry, Int(stride / 2)),
                    let length = Self.number(memory, entry &+ stride / 2, Int(stride / 2))
                else { return }
                let kept = min(length, left, room)
                writer.append(word: UInt32(clamping: length))
                guard let bytes = Self.slice(memory, base, kept) else {
                    writer.append(word: 0)
                    return
                }
                writer.append(word: UInt32(kept))
                writer.append(bytes)
                left -= min(left, length)
                room -= kept
            }
        }
    }

    /// The strings back to back, each with its NUL. One that is cut is the last: its missing NUL shows it.
    private func texts(
        _ step: Step, _ start: UInt64, _ count: UInt64, _ memory: UnsafeRawBufferPointer, _ stringLimit: Int,
        _ writer: inout PayloadWriter
    ) {
        let stride: UInt64 = isWide ? 8 : 4
        var room = stringLimit + Self.headers / 2
        writer.chunk(argument: UInt8(step.argument), total: UInt32(clamping: count)) { writer in
            for index in 0..<min(count, UInt64(Self.mostElements)) {
                guard let address = Self.number(memory, start &+ index * stride, Int(stride)),
                    address < UInt64(memory.count)
                else { return }
                let rest = memory[Int(address)...].prefix(min(stringLimit, room))
                let end = rest.firstIndex(of: 0)
                let text = UnsafeRawBufferPointer(rebasing: end.map { rest[...$0] } ?? rest)
                writer.append(text)
                room -= text.count
                if end == nil { return }
            }
        }
    }

    private static func slice(
        _ memory: UnsafeRawBufferPointer, _ start: UInt64, _ count: UInt64
    ) -> UnsafeRawBufferPointer? {
        guard start <= UInt64(memory.count), UInt64(memory.count) - start >= count else { return nil }
        return UnsafeRawBufferPointer(rebasing: memory[Int(start)..<Int(start + count)])
    }
}

/// Chunks into reserved payload memory; what does not fit is left out and noted.
private struct PayloadWriter {
    let start: UnsafeMutableRawPointer
    let capacity: Int
    private(set) var used = 0
    private(set) var isCut = false

    init(start: UnsafeMutableRawPointer, capacity: Int) {
        self.start = start
        self.capacity = capacity
    }

    mutating func chunk(argument: UInt8, total: UInt32, _ body: (inout PayloadWriter) -> Void) {
        guard used + PayloadChunk.headerSize <= capacity else {
            isCut = true
            return
        }
        let head = start + used
        used += PayloadChunk.headerSize
        let first = used
        body(&self)
        head.storeBytes(of: argument, as: UInt8.self)
        head.storeBytes(of: 0, toByteOffset: 1, as: UInt8.self)
        head.storeBytes(of: UInt16(used - first), toByteOffset: 2, as: UInt16.self)
        head.storeBytes(of: total, toByteOffset: 4, as: UInt32.self)
    }

    mutating func chunk(_ note: CallNote) {
        let rule = UnsafeRawBufferPointer(rebasing: note.rule.prefix(CallNoteLayout.mostRule))
        chunk(argument: PayloadChunk.note, total: UInt32(CallNoteLayout.rule + rule.count)) { writer in
            guard writer.used + CallNoteLayout.rule <= writer.capacity else {
                writer.isCut = true
                return
            }
            let target = writer.start + writer.used
            target.storeBytes(of: note.reason.rawValue, toByteOffset: CallNoteLayout.reason, as: UInt8.self)
            target.storeBytes(of: note.transport.rawValue, toByteOffset: CallNoteLayout.transport, as: UInt8.self)
            target.storeBytes(of: note.direction.rawValue, toByteOffset: CallNoteLayout.direction, as: UInt8.self)
            target.storeBytes(of: note.addressVersion, toByteOffset: CallNoteLayout.addressVersion, as: UInt8.self)
            target.storeBytes(of: note.port, toByteOffset: CallNoteLayout.port, as: UInt16.self)
            target.storeBytes(of: note.address.0, toByteOffset: CallNoteLayout.address, as: UInt64.self)
            target.storeBytes(of: note.address.1, toByteOffset: CallNoteLayout.address + 8, as: UInt64.self)
            writer.used += CallNoteLayout.rule
            writer.append(rule)
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard used + bytes.count <= capacity else {
            isCut = true
            return
        }
        if let base = bytes.baseAddress { (start + used).copyMemory(from: base, byteCount: bytes.count) }
        used += bytes.count
    }

    mutating func append(word: UInt32) {
        guard used + 4 <= capacity else {
            isCut = true
            return
        }
        (start + used).storeBytes(of: word, as: UInt32.self)
        used += 4
    }
}
