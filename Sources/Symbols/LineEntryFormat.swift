/// How version 5 writes an entry of its directory and file tables: pairs of what a field means and how it is stored
/// (DWARF 5, 6.2.4.1).
struct LineEntryFormat {
    private enum Content {
        static let path: UInt64 = 1
        static let directoryIndex: UInt64 = 2
    }

    private let fields: [(content: UInt64, form: UInt64)]

    /// Reads a whole table: its format, its count, its entries.
    static func table(
        _ reader: inout ByteReader, offsetSize: Int, _ sections: ModuleSections
    ) throws(Malformed) -> [LineUnit.Entry] {
        let format = try LineEntryFormat(&reader)
        let count = try reader.unsigned()
        // Every field takes a byte at least, so that no count outruns the bytes; but entries without fields would.
        guard !format.fields.isEmpty, count <= UInt64(reader.remaining.count) else {
            if count == 0 { return [] }
            throw Malformed()
        }
        var entries: [LineUnit.Entry] = []
        for _ in 0..<count { entries.append(try format.entry(&reader, offsetSize: offsetSize, sections)) }
        return entries
    }

    private init(_ reader: inout ByteReader) throws(Malformed) {
        var fields: [(content: UInt64, form: UInt64)] = []
        for _ in 0..<(try reader.byte()) { fields.append((try reader.unsigned(), try reader.unsigned())) }
        self.fields = fields
    }

    private func entry(
        _ reader: inout ByteReader, offsetSize: Int, _ sections: ModuleSections
    ) throws(Malformed) -> LineUnit.Entry {
        var name: Int?
        var directory = 0
        for field in fields {
            switch (field.content, try Self.value(field.form, &reader, offsetSize: offsetSize, sections)) {
            case (Content.path, .text(let text)): name = text
            case (Content.directoryIndex, .number(let number)): directory = Int(clamping: number)
            default: continue
            }
        }
        return LineUnit.Entry(name: name, directory: directory)
    }

    private enum Value {
        case number(UInt64)
        /// Where it begins in the module; nil when its offset is wrong.
        case text(Int?)
        case block
    }

    /// Reads a field by its DW_FORM code. Without the size of an unknown form nothing after it can be read.
    private static func value(
        _ form: UInt64, _ reader: inout ByteReader, offsetSize: Int, _ sections: ModuleSections
    ) throws(Malformed) -> Value {
        switch form {
        case 0x08: return .text(try reader.terminated().lowerBound)  // string
        case 0x0e: return try text(at: reader.number(size: offsetSize), in: sections.debugStrings)  // strp
        case 0x1f:  // line_strp
            return try text(at: reader.number(size: offsetSize), in: sections.debugLineStrings)
        case 0x0f: return .number(try reader.unsigned())  // udata
        case 0x0b: return .number(try reader.number(size: 1))  // data1
        case 0x05: return .number(try reader.number(size: 2))
        case 0x06: return .number(try reader.number(size: 4))
        case 0x07: return .number(try reader.number(size: 8))
        case 0x1e: try reader.skip(16)  // data16
        case 0x0a: try reader.skip(UInt64(reader.byte()))  // block1
        case 0x03: try reader.skip(reader.number(size: 2))
        case 0x04: try reader.skip(reader.number(size: 4))
        case 0x09: try reader.skip(reader.unsigned())  // block
        default: throw Malformed()
        }
        return .block
    }

    /// A string of a string section. A wrong offset loses the name, not the table.
    private static func text(at offset: UInt64, in section: Range<Int>) -> Value {
        .text(offset < UInt64(section.count) ? section.lowerBound + Int(offset) : nil)
    }
}
