/// Parts of a binary module.
enum BinaryWriter {
    /// Unsigned LEB128.
    static func number(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        repeat {
            bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    static func number(_ value: Int) -> [UInt8] { number(UInt64(value)) }

    /// Unsigned LEB128 in exactly `count` bytes, which must be enough.
    static func number(_ value: Int, in count: Int) -> [UInt8] {
        (0..<count).map { index in
            UInt8(truncatingIfNeeded: value >> (7 * index)) & 0x7f | (index < count - 1 ? 0x80 : 0)
        }
    }

    /// Signed LEB128.
    static func signed(_ value: Int64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while !(-0x40...0x3f).contains(rest) {
            bytes.append(UInt8(truncatingIfNeeded: rest) & 0x7f | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(truncatingIfNeeded: rest) & 0x7f]
    }

    static func name(_ text: String) -> [UInt8] { number(text.utf8.count) + Array(text.utf8) }

    /// A type of functions; nil when one of its values' types cannot be written.
    static func type(_ type: FunctionType) -> [UInt8]? {
        guard let parameters = values(type.parameters), let results = values(type.results) else { return nil }
        return [0x60] + parameters + results
    }

    private static func values(_ types: [ValueType]) -> [UInt8]? {
        var bytes = number(types.count)
        for type in types {
            switch type {
            case .i32: bytes.append(0x7f)
            case .i64: bytes.append(0x7e)
            case .f32: bytes.append(0x7d)
            case .f64: bytes.append(0x7c)
            case .v128: bytes.append(0x7b)
            case .funcref: bytes.append(0x70)
            case .externref: bytes.append(0x6f)
            case .otherReference: return nil
            }
        }
        return bytes
    }

    /// A section that is a list.
    static func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
        let contents = number(items.count) + items.flatMap { $0 }
        return [id] + number(contents.count) + contents
    }
}
