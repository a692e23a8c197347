import WasixABI

/// Which parts of guest memory are kept with the records of one row of the call table. It is worked out once and run
/// after each traced call. It is never freed, because the call site that has it lives as long as the program.
public final class PayloadCapture: @unchecked Sendable {
    // Safe to share: constant. Plain memory instead of arrays, which would be counted at every use.
    /// Bytes. A payload that may be larger than this is measured before room is reserved for it: a large `-s` must not
    /// reserve far more than the call needs.
    private static let mostUnmeasured = 1 << 14

    let steps: UnsafeBufferPointer<CaptureStep>
    /// The slot of the argument whose value goes into the record itself, and the size of the value; 0 when there is
    /// none.
    @usableFromInline let resultSlot: Int
    @usableFromInline let resultSize: Int
    @usableFromInline let isResultWide: Bool
    let scalarSizes: UnsafeBufferPointer<Int?>
    private let words: UnsafeBufferPointer<Int>
    private let wordCount: Int
    /// The payload's upper bound where strings are cut to nothing, and what each byte of their limit adds.
    private let fixedBound: Int
    private let boundPerByte: Int
    /// Where the words that fit into the record stand in the slots: offsets in 32-bit words.
    @usableFromInline let inlineWords: UnsafeBufferPointer<Int>
    /// The part of a slot that is an address: all of it or its low half.
    @usableFromInline let addressMask: UInt64
    let isWide: Bool

    /// Whether the record itself is all that is kept.
    public let isEmpty: Bool

    public init(_ spec: CallSpec, width: PointerWidth) {
        let layout = spec.words(width)
        let result = spec.inlineResult(width)
        steps = Self.plain(
            spec.arguments.enumerated().compactMap { index, argument in
                index == result?.argument ? nil : CaptureStep(index, argument.kind, width)
            })
        resultSlot = (result?.argument ?? 0) * 2
        resultSize = result?.size ?? 0
        isResultWide = result?.isWide ?? false
        scalarSizes = Self.plain(spec.arguments.map { $0.kind.scalarResult?.size(width) })
        words = Self.plain(layout.counts)
        wordCount = layout.total
        fixedBound = Self.bound(steps, wordCount: wordCount, limit: 0)
        boundPerByte = Self.bound(steps, wordCount: wordCount, limit: 1) - fixedBound
        let places = layout.counts.enumerated().flatMap { index, count in (0..<count).map { index * 4 + $0 } }
        inlineWords = Self.plain(Array(places.prefix(TraceRecord.inlineWords)))
        isWide = width == .bits64
        addressMask = isWide ? .max : 0xffff_ffff
        isEmpty = steps.isEmpty && wordCount <= TraceRecord.inlineWords
    }

    private static let narrow = CallTable.all.map { PayloadCapture($0, width: .bits32) }
    private static let wide = CallTable.all.map { PayloadCapture($0, width: .bits64) }

    /// The only one there is for this row and width. Any thread.
    public static func of(_ id: CallID, _ width: PointerWidth) -> PayloadCapture {
        (width == .bits64 ? wide : narrow)[Int(id.rawValue)]
    }

    private static func plain<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = memory.initialize(from: elements)
        return UnsafeBufferPointer(memory)
    }

    // MARK: after a call

    /// Fills the record's words, result and payload reference. Guest thread only.
    /// - Parameters:
    ///   - slots: the engine's argument slots as they were at entry, 16 bytes each.
    ///   - memory: guest memory as large as is known.
    ///   - options: how much to keep, and whether to wait for the reader when the arena is full.
    ///   - note: why the call was refused, where that is known.
    ///   - reported: the registrations whose events it reports.
    ///   - changes: what it did to others.
    ///   - stack: where in the guest's code it was made, as `StackBytes`.
    @inlinable @inline(__always)
    public func fill(
        _ record: inout TraceRecord, slots: UnsafePointer<UInt64>, memory: UnsafeRawBufferPointer, ring: TraceRing,
        options: TraceOptions, note: UnsafePointer<CallNote>? = nil,
        reported: UnsafeBufferPointer<ReportedItem> = UnsafeBufferPointer(start: nil, count: 0),
        changes: ChangeLog? = nil, stack: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        let source = UnsafeRawPointer(slots)
        withUnsafeMutableBytes(of: &record.words) { target in
            for index in 0..<inlineWords.count {
                let word = source.load(fromByteOffset: inlineWords[index] &* 4, as: UInt32.self)
                target.storeBytes(of: word, toByteOffset: index &* 4, as: UInt32.self)
            }
        }
        if resultSize != 0, record.errno == 0 { fillResult(&record, slots[resultSlot] & addressMask, memory) }
        if !isEmpty || note != nil || changes != nil || !stack.isEmpty {
            let extras = Extras(note: note, reported: reported, changes: changes, stack: stack)
            fillPayload(&record, slots, memory, ring, options, extras)
        }
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

    /// What the kernel adds to the arguments.
    @usableFromInline struct Extras {
        @usableFromInline var note: UnsafePointer<CallNote>?
        @usableFromInline var reported: UnsafeBufferPointer<ReportedItem>
        @usableFromInline var changes: ChangeLog?
        @usableFromInline var stack: UnsafeRawBufferPointer

        @usableFromInline
        init(
            note: UnsafePointer<CallNote>? = nil,
            reported: UnsafeBufferPointer<ReportedItem> = UnsafeBufferPointer(start: nil, count: 0),
            changes: ChangeLog? = nil, stack: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
        ) {
            self.note = note
            self.reported = reported
            self.changes = changes
            self.stack = stack
        }
    }

    @usableFromInline func fillPayload(
        _ record: inout TraceRecord, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer,
        _ ring: TraceRing, _ options: TraceOptions, _ extras: Extras
    ) {
        let succeeded = record.errno == 0
        let limit = min(options.stringLimit, CaptureStep.mostString)
        var most = fixedBound + limit * boundPerByte + PayloadChunk.headerSize + extras.stack.count
        if most > Self.mostUnmeasured {
            var measure = PayloadWriter.measuring
            write(slots, memory, limit, succeeded, extras, &measure)
            most = measure.used
        }
        guard let room = ring.reservePayload(min(most, ring.mostPayload), waits: options.isLossless) else {
            record.flags |= TraceRecord.Flags.payloadCut
            return
        }
        var writer = PayloadWriter(start: room.bytes, capacity: min(most, ring.mostPayload))
        write(slots, memory, limit, succeeded, extras, &writer)
        if extras.changes != nil, !writer.isCut { record.flags |= TraceRecord.Flags.hasChanges }
        ring.trimPayload(unused: writer.room)
        record.payloadPosition = room.position
        record.payloadLength = writer.used
        if writer.isCut { record.flags |= TraceRecord.Flags.payloadCut }
    }

    /// An upper bound of the payload's size, from the row of the call table alone.
    private static func bound(_ steps: UnsafeBufferPointer<CaptureStep>, wordCount: Int, limit: Int) -> Int {
        let header = PayloadChunk.headerSize
        var bytes =
            header + max(wordCount - TraceRecord.inlineWords, 0) * 4 + header + CallNoteLayout.most
            + header + PayloadChunk.mostReported * MemoryLayout<ReportedItem>.stride
            + header + ChangeLog.most * MemoryLayout<ReadinessChange>.stride
        for step in steps { bytes += header + step.bound(limit) }
        return bytes
    }

    private func write(
        _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer, _ limit: Int, _ succeeded: Bool,
        _ extras: Extras, _ writer: inout PayloadWriter
    ) {
        if wordCount > TraceRecord.inlineWords { moreArguments(slots, &writer) }
        if let note = extras.note { writer.chunk(note.pointee) }
        if succeeded, !extras.reported.isEmpty {
            writer.chunk(argument: PayloadChunk.reported, total: UInt32(extras.reported.count)) {
                $0.append(UnsafeRawBufferPointer(extras.reported))
            }
        }
        if let changes = extras.changes {
            writer.chunk(argument: PayloadChunk.changes, total: changes.total) {
                $0.append(UnsafeRawBufferPointer(changes.kept))
            }
        }
        for step in steps where succeeded || step.survivesFailure {
            capture(step, slots, memory, limit, succeeded, &writer)
        }
        if !extras.stack.isEmpty {
            writer.chunk(argument: PayloadChunk.stack, total: UInt32(clamping: extras.stack.count)) {
                $0.append(extras.stack)
            }
        }
    }

    // MARK: during a call

    /// The payload of a call in progress: its inputs, in the form that its record will have. Any thread, while the
    /// thread that is in the call cannot leave it.
    public func entry(
        slots: UnsafePointer<UInt64>, memory: UnsafeRawBufferPointer, stringLimit: Int
    ) -> [UInt8] {
        guard !isEmpty else { return [] }
        let limit = min(stringLimit, CaptureStep.mostString)
        var measure = PayloadWriter.measuring
        write(slots, memory, limit, false, Extras(), &measure)
        return [UInt8](unsafeUninitializedCapacity: measure.used) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var writer = PayloadWriter(start: start, capacity: buffer.count)
            write(slots, memory, limit, false, Extras(), &writer)
            count = writer.used
        }
    }

    /// All argument words of a call in progress.
    public func argumentWords(slots: UnsafePointer<UInt64>) -> [UInt32] {
        var all: [UInt32] = []
        for index in 0..<words.count {
            for half in 0..<words[index] {
                all.append(UInt32(truncatingIfNeeded: slots[index * 2] >> (half == 0 ? 0 : 32)))
            }
        }
        return all
    }

    /// The argument words that do not fit into the record.
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
}
