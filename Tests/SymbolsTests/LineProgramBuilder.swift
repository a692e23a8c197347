/// Writes one unit of `.debug_line`.
struct LineProgramBuilder {
    var version: UInt64 = 4
    var is64 = false
    var minimumInstructionLength: UInt8 = 1
    var operationsPerInstruction: UInt8 = 1
    var lineRange: UInt8 = 14
    var opcodeBase: UInt8 = 13
    /// The directory and file tables in the version's own form.
    var tables: [UInt8] = []
    var program: [UInt8] = []

    private let operandCounts: [UInt8] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]

    var bytes: [UInt8] {
        var rest: [UInt8] = [minimumInstructionLength]
        if version >= 4 { rest.append(operationsPerInstruction) }
        rest += [1, UInt8(bitPattern: -5), lineRange, opcodeBase]
        rest += (operandCounts + [1, 1, 1]).prefix(Int(opcodeBase) - 1) + tables
        var unit = little(version, 2)
        if version >= 5 { unit += [4, 0] }
        unit += little(UInt64(rest.count), is64 ? 8 : 4) + rest + program
        return (is64 ? little(0xffff_ffff, 4) : []) + little(UInt64(unit.count), is64 ? 8 : 4) + unit
    }

    /// Up to version 4.
    mutating func oldTables(directories: [String], files: [(name: String, directory: Int)]) {
        tables = []
        for directory in directories { tables += text(directory) }
        tables.append(0)
        for file in files { tables += text(file.name) + leb(file.directory) + [0, 0] as [UInt8] }
        tables.append(0)
    }

    mutating func setAddress(_ address: UInt64, size: Int = 4) {
        program += [0, UInt8(size + 1), 2] + little(address, size)
    }

    mutating func endSequence() { program += [0, 1, 1] }
    mutating func copy() { program.append(1) }
    mutating func advanceAddress(_ by: Int) { program += [2] + leb(by) }
    /// Of 0 to 63.
    mutating func advanceLine(_ by: Int) { program += [3] + leb(by) }
    mutating func setFile(_ file: Int) { program += [4] + leb(file) }
    mutating func setColumn(_ column: Int) { program += [5] + leb(column) }

    /// The special opcode that advances both and adds a row.
    mutating func special(address: Int, line: Int) {
        program.append(UInt8(line + 5 + Int(lineRange) * address) + opcodeBase)
    }
}
