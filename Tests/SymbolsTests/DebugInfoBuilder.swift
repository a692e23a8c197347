/// Writes one unit of `.debug_info` and its abbreviations: a unit with functions, and calls that were put into them.
struct DebugInfoBuilder {
    /// A function with code, a call in it, or a block that holds calls.
    indirect enum Entry {
        case function(name: String, low: UInt64, length: UInt64, [Entry])
        /// The function that was called is the one that `declare` was told of.
        case inlined(of: Int, low: UInt64, length: UInt64, file: Int, line: Int, [Entry])
        case block([Entry])
    }

    /// 4 or 5.
    var version: UInt64 = 4
    private var declared: [UInt64] = []
    private var body: [UInt8] = []

    /// Codes of abbreviations.
    private enum Code {
        static let unit: UInt8 = 1
        static let declaration: UInt8 = 2
        static let function: UInt8 = 3
        static let inlined: UInt8 = 4
        static let block: UInt8 = 5
    }

    init(version: UInt64 = 4) { self.version = version }

    private var headerSize: Int { version >= 5 ? 12 : 11 }
    private var unitEntry: [UInt8] { [Code.unit] + little(0, 4) + little(1, 4) + little(1000, 4) }

    /// A function that is put into others: its name, and its mangled one.
    mutating func declare(_ name: String, linkage: String? = nil) {
        declared.append(UInt64(headerSize + unitEntry.count + body.count))
        body += [Code.declaration] + text(name) + text(linkage ?? name)
    }

    mutating func add(_ entry: Entry) {
        switch entry {
        case .function(let name, let low, let length, let inside):
            body += [Code.function] + text(name) + little(low, 4) + little(length, 4)
            for entry in inside { add(entry) }
        case .inlined(let index, let low, let length, let file, let line, let inside):
            body += [Code.inlined] + little(declared[index], 4) + little(low, 4) + little(length, 4)
            body += [UInt8(file)] + leb(line)
            for entry in inside { add(entry) }
        case .block(let inside):
            body += [Code.block]
            for entry in inside { add(entry) }
        }
        body.append(0)
    }

    static let abbreviations: [UInt8] =
        // compile_unit with stmt_list, low_pc, high_pc
        [1, 0x11, 1, 0x10, 0x17, 0x11, 0x01, 0x12, 0x06, 0, 0]
        // subprogram with name, linkage_name
        + [2, 0x2e, 0, 0x03, 0x08, 0x6e, 0x08, 0, 0]
        // subprogram with name, low_pc, high_pc
        + [3, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x06, 0, 0]
        // inlined_subroutine with abstract_origin, low_pc, high_pc, call_file, call_line
        + [4, 0x1d, 1, 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0x58, 0x0b, 0x59, 0x0f, 0, 0]
        // lexical_block
        + [5, 0x0b, 1, 0, 0]
        + [0]

    var bytes: [UInt8] {
        var unit = little(version, 2)
        unit += version >= 5 ? [1, 4] + little(0, 4) : little(0, 4) + [4]
        unit += unitEntry + body + [0]
        return little(UInt64(unit.count), 4) + unit
    }
}
