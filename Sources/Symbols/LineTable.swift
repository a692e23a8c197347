/// The line programs of a module, indexed by the runs of addresses they describe.
///
/// Keeps no rows: a stack asks for few functions of many, and a function's rows are quickly run again. Answers are kept
/// because a waiting thread's stack is asked for over and over.
struct LineTable: Sendable {
    /// Addresses that rise row by row: with LLVM, one function.
    private struct Sequence {
        let start: UInt64
        let end: UInt64
        let unit: Int
        /// Where its instructions begin in the module.
        let program: Int
    }

    private let module: [UInt8]
    private let codeSize: UInt64
    private var units: [LineUnit] = []
    private var sequences: [Sequence] = []
    private var answers: [UInt64: SourcePosition?] = [:]

    private static let mostAnswers = 4096

    init(_ sections: ModuleSections) {
        module = sections.module
        codeSize = UInt64(sections.code.count)
        var reader = ByteReader(module, sections.debugLine)
        while !reader.isAtEnd {
            guard let (contents, offsetSize) = try? Self.unit(&reader) else { break }
            var body = ByteReader(module, contents)
            // A unit of another version, or a damaged one, leaves the others readable.
            guard let unit = try? LineUnit(&body, offsetSize: offsetSize, sections) else { continue }
            index(unit)
        }
        sequences.sort { $0.start < $1.start }
    }

    /// Steps over one unit: where it is behind its length, and how large its offsets are.
    private static func unit(_ reader: inout ByteReader) throws(Malformed) -> (Range<Int>, offsetSize: Int) {
        let length = try reader.number(size: 4)
        guard length >= 0xffff_fff0 else { return (try reader.skip(length), 4) }
        guard length == 0xffff_ffff else { throw Malformed() }
        return (try reader.skip(reader.number(size: 8)), 8)
    }

    /// Runs the unit's program once to find its sequences.
    private mutating func index(_ unit: LineUnit) {
        var unit = unit
        let known = sequences.count
        var program = LineProgram(unit, module: module, start: unit.program.lowerBound, codeSize: codeSize)
        var begin = program.position
        var start: UInt64?
        while let row = program.next() {
            if start == nil { start = row.address }
            guard row.isEnd else { continue }
            if program.isLive, let start, start < row.address, row.address <= codeSize {
                sequences.append(Sequence(start: start, end: row.address, unit: units.count, program: begin))
            }
            program.beginSequence()
            begin = program.position
            start = nil
        }
        guard sequences.count > known else { return }
        for definition in program.definitions {
            var reader = ByteReader(module, definition)
            guard let name = try? reader.terminated() else { continue }
            try? unit.define(name, &reader)
        }
        units.append(unit)
    }

    mutating func position(of address: UInt64) -> SourcePosition? {
        if let known = answers[address] { return known }
        let position = find(address)
        if answers.count >= Self.mostAnswers { answers.removeAll(keepingCapacity: true) }
        answers[address] = .some(position)
        return position
    }

    private func find(_ address: UInt64) -> SourcePosition? {
        let place = sequences.partitioningIndex { $0.start > address } - 1
        guard place >= 0, address < sequences[place].end else { return nil }
        let unit = units[sequences[place].unit]
        var program = LineProgram(unit, module: module, start: sequences[place].program, codeSize: codeSize)
        var found: LineProgram.Row?
        // Of several rows for one address the last counts.
        while let row = program.next(), !row.isEnd, row.address <= address { found = row }
        // Line 0 is code that the compiler could not attribute.
        guard let found, found.line > 0, let line = Int(exactly: found.line),
            let file = unit.path(of: found.file, in: module)
        else { return nil }
        return SourcePosition(file: file, line: line, column: Int(clamping: found.column))
    }
}
