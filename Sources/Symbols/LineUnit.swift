/// The header of one line program: how to run it, and the files it speaks of (DWARF 5, 6.2.4; versions 2 to 5).
struct LineUnit: Sendable {
    /// An entry of the directory or of the file table. Names are read when one is shown: many entries may share a long
    /// string.
    struct Entry {
        /// Where the name begins in the module; nil for none.
        let name: Int?
        let directory: Int
    }

    let version: UInt64
    /// How far the program's instructions reach in the module.
    let program: Range<Int>
    let minimumInstructionLength: UInt64
    /// At least 1.
    let operationsPerInstruction: UInt64
    let lineBase: Int64
    let lineRange: UInt8
    let opcodeBase: UInt8
    /// How many operands the standard opcodes have, from opcode 1.
    let operandCounts: Range<Int>
    private var directories: [Entry] = []
    private var files: [Entry] = []

    /// A longer path is damage.
    private static let longestName = 4096

    /// Reads the header of the unit that fills `reader`.
    init(_ reader: inout ByteReader, offsetSize: Int, _ sections: ModuleSections) throws(Malformed) {
        version = try reader.number(size: 2)
        guard (2...5).contains(version) else { throw Malformed() }
        // The sizes of addresses and segment selectors: instructions say their own.
        if version >= 5 { try reader.skip(2) }
        let rest = try reader.number(size: offsetSize)
        guard rest <= UInt64(reader.remaining.count) else { throw Malformed() }
        program = reader.position + Int(rest)..<reader.end

        var header = ByteReader(reader.bytes, reader.position..<program.lowerBound)
        minimumInstructionLength = UInt64(try header.byte())
        operationsPerInstruction = version >= 4 ? UInt64(max(try header.byte(), 1)) : 1
        try header.skip(1)
        lineBase = Int64(Int8(bitPattern: try header.byte()))
        lineRange = try header.byte()
        opcodeBase = try header.byte()
        guard opcodeBase >= 1 else { throw Malformed() }
        operandCounts = try header.skip(UInt64(opcodeBase - 1))
        if version >= 5 {
            directories = try LineEntryFormat.table(&header, offsetSize: offsetSize, sections)
            files = try LineEntryFormat.table(&header, offsetSize: offsetSize, sections)
        } else {
            try readTables(&header)
        }
    }

    /// Up to version 4 both tables end in an empty name, and their first entry is number 1.
    private mutating func readTables(_ header: inout ByteReader) throws(Malformed) {
        let none = Entry(name: nil, directory: 0)
        directories.append(none)
        while case let name = try header.terminated(), !name.isEmpty {
            directories.append(Entry(name: name.lowerBound, directory: 0))
        }
        files.append(none)
        while case let name = try header.terminated(), !name.isEmpty { try define(name, &header) }
    }

    /// Adds the file whose directory, time and size follow.
    mutating func define(_ name: Range<Int>, _ reader: inout ByteReader) throws(Malformed) {
        let directory = try reader.unsigned()
        _ = try reader.unsigned()
        _ = try reader.unsigned()
        files.append(Entry(name: name.lowerBound, directory: Int(clamping: directory)))
    }

    /// The path of a file by the number that the program uses; nil for a number without a file.
    func path(of number: UInt64, in module: [UInt8]) -> String? {
        guard number < UInt64(files.count) else { return nil }
        let file = files[Int(number)]
        guard let name = Self.text(file.name, in: module) else { return nil }
        // Directory 0 is the one of compilation.
        guard !name.hasPrefix("/"), file.directory > 0, file.directory < directories.count,
            let directory = Self.text(directories[file.directory].name, in: module)
        else { return name }
        return directory + "/" + name
    }

    private static func text(_ start: Int?, in module: [UInt8]) -> String? {
        guard let start else { return nil }
        var reader = ByteReader(module, start..<min(start + longestName, module.count))
        guard let text = try? reader.terminated(), !text.isEmpty else { return nil }
        return String(decoding: module[text], as: UTF8.self)
    }
}
