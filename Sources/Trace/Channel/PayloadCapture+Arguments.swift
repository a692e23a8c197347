/// What an argument points to, copied from guest memory as it is: nothing in it is believed.
extension PayloadCapture {
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

    func capture(
        _ step: CaptureStep, _ slots: UnsafePointer<UInt64>, _ memory: UnsafeRawBufferPointer, _ stringLimit: Int,
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
            let kept = min(count, UInt64(step.mostElements(stringLimit)))
            guard let bytes = Self.slice(memory, start, kept * UInt64(element)) else { return }
            writer.chunk(argument: argument, total: UInt32(clamping: count)) { $0.append(bytes) }
        case .vectors(let count, let used):
            // Of a read only the bytes that arrived are kept, of a write all that were offered.
            let filled = succeeded ? amount(used, slots, memory) ?? 0 : 0
            let moved = step.isOutput ? filled : .max
            vectors(step, start, amount(count, slots, memory) ?? 0, moved, memory, stringLimit, &writer)
        case .texts(let count):
            texts(step, start, amount(count, slots, memory) ?? 0, memory, stringLimit, &writer)
        }
    }

    /// The limit of strings applies to each vector on its own.
    private func vectors(
        _ step: CaptureStep, _ start: UInt64, _ count: UInt64, _ moved: UInt64, _ memory: UnsafeRawBufferPointer,
        _ stringLimit: Int, _ writer: inout PayloadWriter
    ) {
        let stride: UInt64 = isWide ? 16 : 8
        var left = moved
        writer.chunk(argument: UInt8(step.argument), total: UInt32(clamping: count)) { writer in
            for index in 0..<min(count, UInt64(CaptureStep.mostElements)) {
                guard let (base, length) = vector(memory, start &+ index &* stride) else { return }
                let kept = Self.slice(memory, base, min(length, left, UInt64(stringLimit)))
                let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                guard writer.vector(length: UInt32(clamping: length), kept ?? nothing), kept != nil else { return }
                left -= min(left, length)
            }
        }
    }

    /// One entry of a list of buffers: where it lies and how long it is.
    @inline(__always)
    private func vector(_ memory: UnsafeRawBufferPointer, _ entry: UInt64) -> (base: UInt64, length: UInt64)? {
        guard let bytes = Self.slice(memory, entry, isWide ? 16 : 8) else { return nil }
        return isWide
            ? (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            : (
                UInt64(bytes.loadUnaligned(as: UInt32.self)),
                UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            )
    }

    /// Written as vectors, each string without its NUL. The length of a string that was cut is not known: `UInt32.max`
    /// stands for it.
    private func texts(
        _ step: CaptureStep, _ start: UInt64, _ count: UInt64, _ memory: UnsafeRawBufferPointer, _ stringLimit: Int,
        _ writer: inout PayloadWriter
    ) {
        let stride: UInt64 = isWide ? 8 : 4
        writer.chunk(argument: UInt8(step.argument), total: UInt32(clamping: count)) { writer in
            for index in 0..<min(count, UInt64(CaptureStep.mostElements)) {
                guard let address = Self.number(memory, start &+ index * stride, Int(stride)),
                    address < UInt64(memory.count)
                else { return }
                let rest = memory[Int(address)...].prefix(stringLimit + 1)
                let end = rest.firstIndex(of: 0)
                let text = UnsafeRawBufferPointer(rebasing: end.map { rest[..<$0] } ?? rest.prefix(stringLimit))
                let length = end == nil ? UInt32.max : UInt32(text.count)
                guard writer.vector(length: length, text) else { return }
            }
        }
    }

    @inline(__always)
    private static func slice(
        _ memory: UnsafeRawBufferPointer, _ start: UInt64, _ count: UInt64
    ) -> UnsafeRawBufferPointer? {
        guard start <= UInt64(memory.count), UInt64(memory.count) - start >= count else { return nil }
        return UnsafeRawBufferPointer(rebasing: memory[Int(start)..<Int(start + count)])
    }
}
