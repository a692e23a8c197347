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
    /// The `.out` argument whose value goes into the record itself.
    private let result: (argument: Int, size: Int)?
    private let scalarSizes: UnsafeBufferPointer<Int?>
    private let words: UnsafeBufferPointer<Int>
    private let wordCount: Int
    private let isWide: Bool

    /// True when nothing but the argument words is kept.
    public let isEmpty: Bool

    public init(_ spec: CallSpec, width: PointerWidth) {
        var steps: [Step] = []
        var result: (argument: Int, size: Int)?
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
                let size = scalar.size(width)
                if result == nil, scalar.fitsRecord(width) {
                    result = (index, size)
                } else {
                    steps.append(Step(argument: index, source: .block(size), isOutput: true))
                }
            case .u8, .u16, .u32, .i32, .u64, .i64, .size, .bool, .fd, .pid, .tid, .signal, .flags, .constant,
                .nanoseconds, .timestamp, .function, .pointer, .area:
                break
            }
        }
        self.steps = Self.plain(steps)
        self.result = result
        scalarSizes = Self.plain(
            spec.arguments.map { argument in
                switch argument.kind {
                case .out(let scalar), .update(let scalar): scalar.size(width)
                default: nil
                }
            })
        words = Self.plain(spec.arguments.map { $0.kind.wasmType(width) == .i64 ? 2 : 1 })
        wordCount = words.reduce(0, +)
        isWide = width == .bits64
        isEmpty = steps.isEmpty && wordCount <= TraceRecord.inlineWords
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
    @inline(__always)
    public func fill(
        _ record: inout TraceRecord, slots: UnsafePointer<UInt64>, memory: UnsafeRawBufferPointer, ring: TraceRing,
        stringLimit: Int
    ) {
        fillWords(&record, slots)
        let succeeded = record.errno == 0
        if succeeded, let result {
            let address = slots[result.argument * 2] & (isWide ? .max : 0xffff_ffff)
            if let value = Self.number(memory, address, result.size), value >> 32 == 0 {
                record.result = UInt32(truncatingIfNeeded: value)
                record.flags |= TraceRecord.Flags.hasResult
            }
        }
        guard !isEmpty else { return }
        fillPayload(&record, slots, memory, ring, stringLimit, succeeded)
    }

    @inline(__always)
    private func fillWords(_ record: inout TraceRecord, _ slots: UnsafePointer<UInt64>) {
        withUnsafeMutablePointer(to: &record.words) { tuple in
            tuple.withMemoryRebound(to: UInt32.self, capacity: TraceRecord.inlineWords) { target in
                var position = 0
                for index in 0..<words.count {
                    let value = slots[index * 2]
                    guard position < TraceRecord.inlineWords else { return }
                    target[position] = UInt32(truncatingIfNeeded: value)
                    position += 1
                    guard words[index] == 2, position < TraceRecord.inlineWords else { continue }
                    target[position] = UInt32(truncatingIfNeeded: value >> 32)
                    position += 1
                }
            }
        }
    }

    /// The most bytes of payload that a record can have.
    public func most(_ stringLimit: Int) -> Int {
        isEmpty ? 0 : min(Self.headers + steps.count * (stringLimit + Self.headers), Self.mostPayload)
    }

    private func fillPayload(
        _ record: inout TraceRecord, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer,
        _ ring: TraceRing, _ stringLimit: Int, _ succeeded: Bool
    ) {
        let most = most(stringLimit)
        guard let room = ring.reservePayload(most) else {
            record.flags |= TraceRecord.Flags.payloadCut
            return
        }
        var writer = PayloadWriter(start: room.bytes, capacity: most)
        if wordCount > TraceRecord.inlineWords { moreArguments(slots, &writer) }
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
        isWide ? slots[argument * 2] : slots[argument * 2] & 0xffff_ffff
    }

    /// The value of a length or count argument, looked up in guest memory when it is behind a pointer.
    private func amount(
        _ argument: Int, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer
    ) -> UInt64? {
        guard let size = scalarSizes[argument] else { return address(slots, argument) }
        return Self.number(memory, address(slots, argument), size)
    }

    private static func number(_ memory: UnsafeRawBufferPointer, _ address: UInt64, _ size: Int) -> UInt64? {
        guard address <= UInt64(memory.count), UInt64(memory.count) - address >= UInt64(size) else { return nil }
        let raw = memory.baseAddress! + Int(address)
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
