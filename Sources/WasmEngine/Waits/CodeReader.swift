/// What a module's code holds that is no instruction which the reader knows, or ends in the middle of one.
struct UnknownCode: Error {}

/// A cursor over the code of a module, which knows how long each instruction is: all that the engine accepts as it is
/// configured (WebAssembly 3.0 with threads, relaxed SIMD and wide arithmetic). It checks nothing else; that is the
/// engine's part.
struct CodeReader {
    private let bytes: UnsafeRawBufferPointer
    /// Where in the module the next byte is.
    private(set) var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    @inline(__always)
    mutating func byte() throws(UnknownCode) -> UInt8 {
        guard position < end else { throw UnknownCode() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func skip(_ count: Int) throws(UnknownCode) {
        guard count <= end - position else { throw UnknownCode() }
        position += count
    }

    /// Unsigned LEB128 of at most 64 bits.
    @inline(__always)
    mutating func number() throws(UnknownCode) -> UInt64 {
        let first = try byte()
        if first & 0x80 == 0 { return UInt64(first) }
        return try number(after: first)
    }

    private mutating func number(after first: UInt8) throws(UnknownCode) -> UInt64 {
        var value = UInt64(first & 0x7f)
        var shift: UInt64 = 7
        while shift < 70 {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw UnknownCode()
    }

    /// LEB128 whose value does not matter, with a sign or without: indices, labels, constants, heap types.
    @inline(__always)
    mutating func skipNumbers(_ count: Int = 1) throws(UnknownCode) {
        for _ in 0..<count {
            while try byte() & 0x80 != 0 {}
        }
    }

    /// A number of things that take at least a byte each.
    mutating func count() throws(UnknownCode) -> Int {
        let count = try number()
        guard count <= UInt64(end - position) else { throw UnknownCode() }
        return Int(count)
    }

    // MARK: instructions

    /// A place in the code where a thread waits or wakes others.
    struct WaitSite {
        let instruction: WaitInstruction
        /// The bytes of the instruction, from the beginning of the module.
        let range: Range<Int>
        let alignment: UInt64
        let memory: UInt64
        let offset: UInt64
    }

    /// Reads the body of a function, from its locals to its end, which must be that of the cursor's range.
    /// - Returns: the instructions in it that wait or wake.
    mutating func waitSites() throws(UnknownCode) -> [WaitSite] {
        for _ in 0..<(try count()) {
            try skipNumbers()
            try skipValueType()
        }
        var sites: [WaitSite] = []
        var depth = 1
        while depth > 0 {
            let start = position
            switch try byte() {
            case 0x02, 0x03, 0x04:
                try skipValueType()
                depth += 1
            case 0x1f:
                try skipValueType()
                try skipCatches()
                depth += 1
            case 0x0b: depth -= 1
            case 0xfe: if let site = try atomic(from: start) { sites.append(site) }
            case let opcode: try skipOperands(of: opcode)
            }
        }
        guard isAtEnd else { throw UnknownCode() }
        return sites
    }

    /// A type of a value, or of a block, which may be the index of a type.
    private mutating func skipValueType() throws(UnknownCode) {
        let first = try byte()
        if first == 0x63 || first == 0x64 || first & 0x80 != 0 { try skipNumbers() }
    }

    private mutating func skipCatches() throws(UnknownCode) {
        for _ in 0..<(try count()) {
            switch try byte() {
            case 0x00, 0x01: try skipNumbers(2)
            case 0x02, 0x03: try skipNumbers()
            default: throw UnknownCode()
            }
        }
    }

    private mutating func access() throws(UnknownCode) -> (alignment: UInt64, memory: UInt64, offset: UInt64) {
        let flags = try number()
        let memory = flags & 0x40 != 0 ? try number() : 0
        return (flags & ~0x40, memory, try number())
    }

    @inline(__always)
    private mutating func skipOperands(of opcode: UInt8) throws(UnknownCode) {
        switch opcode {
        case 0x00, 0x01, 0x05, 0x0a, 0x0f, 0x1a, 0x1b, 0x45...0xc4, 0xd1, 0xd3, 0xd4: return
        case 0x08, 0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0x20...0x26, 0x3f...0x42, 0xd0, 0xd2, 0xd5, 0xd6:
            try skipNumbers()
        case 0x11, 0x13: try skipNumbers(2)
        case 0x0e: try skipNumbers(try count() + 1)
        case 0x1c: for _ in 0..<(try count()) { try skipValueType() }
        case 0x28...0x3e: _ = try access()
        case 0x43: try skip(4)
        case 0x44: try skip(8)
        case 0xfb: try skipReferenceOperands()
        case 0xfc: try skipBulkOperands()
        case 0xfd: try skipVectorOperands()
        default: throw UnknownCode()
        }
    }

    /// Garbage collection.
    private mutating func skipReferenceOperands() throws(UnknownCode) {
        switch try number() {
        case 15, 26...30: return
        case 0, 1, 6, 7, 11...14, 16, 20...23: try skipNumbers()
        case 2...5, 8...10, 17...19: try skipNumbers(2)
        case 24, 25:
            try skip(1)
            try skipNumbers(3)
        default: throw UnknownCode()
        }
    }

    /// Conversions that saturate, memory and tables in bulk, wide arithmetic.
    private mutating func skipBulkOperands() throws(UnknownCode) {
        switch try number() {
        case 0...7, 19...22: return
        case 9, 11, 13, 15...17: try skipNumbers()
        case 8, 10, 12, 14: try skipNumbers(2)
        default: throw UnknownCode()
        }
    }

    private mutating func skipVectorOperands() throws(UnknownCode) {
        switch try number() {
        case 0...11, 92, 93: _ = try access()
        case 12, 13: try skip(16)
        case 21...34: try skip(1)
        case 84...91:
            _ = try access()
            try skip(1)
        case 14...20, 35...83, 94...275: return
        default: throw UnknownCode()
        }
    }

    private mutating func atomic(from start: Int) throws(UnknownCode) -> WaitSite? {
        switch try number() {
        case 3:
            try skip(1)
            return nil
        case 16...78:
            _ = try access()
            return nil
        case let number:
            guard number < 3, let instruction = WaitInstruction(rawValue: UInt8(number)) else { throw UnknownCode() }
            let (alignment, memory, offset) = try access()
            return WaitSite(
                instruction: instruction, range: start..<position, alignment: alignment, memory: memory, offset: offset)
        }
    }
}
