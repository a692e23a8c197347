/// A cursor over a part of a binary module. Every read is checked, though the engine has validated the module before.
struct BinaryReader {
    /// What has not been read yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws(EngineError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw EngineError("the module ends in the middle of a section") }
        return byte
    }

    mutating func bytes(_ count: Int) throws(EngineError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw EngineError("the module ends in the middle of a section") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) throws(EngineError) { _ = try bytes(count) }

    /// Consumes the next byte if it is one of `expected`.
    mutating func take(_ expected: UInt8...) -> Bool {
        guard let next = rest.first, expected.contains(next) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func u64() throws(EngineError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw EngineError("the module holds a number that is too long")
    }

    mutating func u32() throws(EngineError) -> UInt32 {
        guard let value = UInt32(exactly: try u64()) else {
            throw EngineError("the module holds a number that is too large")
        }
        return value
    }

    mutating func skipSigned() throws(EngineError) {
        while try byte() & 0x80 != 0 {}
    }

    mutating func name() throws(EngineError) -> String {
        String(decoding: try bytes(Int(u32())), as: UTF8.self)
    }
}
