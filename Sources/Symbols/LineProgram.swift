/// Runs the instructions of a line program row by row (DWARF 5, 6.2.5).
struct LineProgram {
    struct Row {
        var address: UInt64 = 0
        var file: UInt64 = 1
        var line: UInt64 = 1
        var column: UInt64 = 0
        /// Which operation of a bundle; 0 on every machine without bundles.
        var operation: UInt64 = 0
        /// The first address behind the sequence: not a row of code.
        var isEnd = false
    }

    private let unit: LineUnit
    private var reader: ByteReader
    private var row: Row
    /// Whether the running sequence has been given an address that code can have. A linker writes 0, or all ones, for
    /// the functions it removed, and rows may have moved on from there.
    private(set) var isLive = false
    /// Where files are that the program itself declares.
    private(set) var definitions: [Range<Int>] = []

    private let codeSize: UInt64

    /// Begins with a sequence at `start`: instructions before it have no effect on it. Or goes on behind a row of one.
    init(_ unit: LineUnit, module: [UInt8], start: Int, behind row: Row = Row(), codeSize: UInt64) {
        self.unit = unit
        self.row = row
        self.codeSize = codeSize
        reader = ByteReader(module, start..<max(start, unit.program.upperBound))
    }

    /// Where the next instruction is.
    var position: Int { reader.position }

    private enum Step {
        case quiet, row, end
    }

    /// Runs to the next row; nil when the program ends or cannot be read further.
    @inline(__always)
    mutating func next() -> Row? {
        do throws(Malformed) {
            while !reader.isAtEnd {
                switch try step() {
                case .quiet: continue
                case .row: return row
                case .end:
                    defer { row = Row() }
                    row.isEnd = true
                    return row
                }
            }
        } catch {}
        return nil
    }

    /// One instruction.
    @inline(__always)
    private mutating func step() throws(Malformed) -> Step {
        let opcode = try reader.byte()
        guard opcode < unit.opcodeBase else {
            let adjusted = opcode - unit.opcodeBase
            advance(by: special(adjusted))
            if unit.lineRange > 0 { addToLine(unit.lineBase + Int64(adjusted % unit.lineRange)) }
            return .row
        }
        return try standard(opcode)
    }

    private mutating func standard(_ opcode: UInt8) throws(Malformed) -> Step {
        switch opcode {
        case 0: return try extended()
        case 1: return .row  // copy
        case 2: advance(by: try reader.unsigned())
        case 3: addToLine(try reader.signed())
        case 4: row.file = try reader.unsigned()
        case 5: row.column = try reader.unsigned()
        case 6, 7, 10, 11: break  // marks of statements, blocks, prologues and epilogues
        case 8: advance(by: special(255 - unit.opcodeBase))  // const_add_pc
        case 9:  // fixed_advance_pc
            row.address &+= try reader.number(size: 2)
            row.operation = 0
        default:
            let count = reader.bytes[unit.operandCounts.lowerBound + Int(opcode) - 1]
            for _ in 0..<count { _ = try reader.unsigned() }
        }
        return .quiet
    }

    private mutating func extended() throws(Malformed) -> Step {
        let body = try reader.skip(reader.unsigned())
        guard !body.isEmpty else { return .quiet }
        var operands = ByteReader(reader.bytes, body)
        switch try operands.byte() {
        case 1:
            return .end
        case 2:
            guard (1...8).contains(operands.remaining.count) else { throw Malformed() }
            row.address = try operands.number(size: operands.remaining.count)
            row.operation = 0
            isLive = row.address > 0 && row.address < codeSize
        case 3: definitions.append(operands.remaining)
        default: break  // discriminators, and what vendors add
        }
        return .quiet
    }

    /// Forgets the sequence that has ended.
    mutating func beginSequence() { isLive = false }

    /// How many operations a special opcode steps over.
    private func special(_ adjusted: UInt8) -> UInt64 {
        unit.lineRange > 0 ? UInt64(adjusted / unit.lineRange) : 0
    }

    private mutating func advance(by operations: UInt64) {
        guard unit.operationsPerInstruction > 1 else {
            row.address &+= unit.minimumInstructionLength &* operations
            return
        }
        let total = row.operation &+ operations
        row.address &+= unit.minimumInstructionLength &* (total / unit.operationsPerInstruction)
        row.operation = total % unit.operationsPerInstruction
    }

    private mutating func addToLine(_ lines: Int64) {
        row.line &+= UInt64(bitPattern: lines)
    }
}
