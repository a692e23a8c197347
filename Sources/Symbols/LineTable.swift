/// The line programs of a module, indexed by the runs of addresses they describe.
///
/// Keeps one row of many: a stack asks for few places, and the rows between two kept ones are quickly run again. Answers
/// are kept because a waiting thread's stack is asked for over and over.
struct LineTable: Sendable {
    /// A part of a sequence, whose addresses rise row by row: with LLVM, of one function.
    private struct Span {
        let start: UInt64
        var end: UInt64 = 0
        let unit: Int
        /// Where its instructions begin in the module, and the row they begin behind.
        let program: Int
        let row: LineProgram.Row?
    }

    private let module: [UInt8]
    private let codeSize: UInt64
    private var units: [LineUnit] = []
    /// Places in `units` by where their headers begin in `.debug_line`.
    private var unitsByOffset: [UInt64: Int] = [:]
    private var spans: [Span] = []
    private var answers: [UInt64: SourcePosition?] = [:]

    private static let mostAnswers = 4096
    private static let rowsInSpan = 64

    init(_ sections: ModuleSections) {
        module = sections.module
        codeSize = UInt64(sections.code.count)
        var reader = ByteReader(module, sections.debugLine)
        while !reader.isAtEnd {
            let offset = UInt64(reader.position - sections.debugLine.lowerBound)
            guard let (contents, offsetSize) = try? reader.unit() else { break }
            var body = ByteReader(module, contents)
            // A unit of another version, or a damaged one, leaves the others readable.
            guard let unit = try? LineUnit(&body, offsetSize: offsetSize, sections) else { continue }
            index(unit, at: offset)
        }
        spans.sort { $0.start < $1.start }
    }

    /// Runs the unit's program once to find its sequences.
    private mutating func index(_ unit: LineUnit, at offset: UInt64) {
        var unit = unit
        let known = spans.count
        var program = LineProgram(unit, module: module, start: unit.program.lowerBound, codeSize: codeSize)
        var begin = program.position
        var sequence: [Span] = []
        var rows = 0
        while let row = program.next() {
            if sequence.isEmpty {
                sequence = [Span(start: row.address, unit: units.count, program: begin, row: nil)]
                rows = 0
            } else if rows >= Self.rowsInSpan, !row.isEnd {
                sequence[sequence.count - 1].end = row.address
                sequence.append(Span(start: row.address, unit: units.count, program: program.position, row: row))
                rows = 0
            }
            rows += 1
            guard row.isEnd else { continue }
            if program.isLive, row.address <= codeSize { keep(sequence, end: row.address) }
            program.beginSequence()
            begin = program.position
            sequence.removeAll(keepingCapacity: true)
        }
        guard spans.count > known else { return }
        for definition in program.definitions {
            var reader = ByteReader(module, definition)
            guard let name = try? reader.terminated() else { continue }
            try? unit.define(name, &reader)
        }
        unitsByOffset[offset] = units.count
        units.append(unit)
    }

    /// The path of a file by the number that the line table at an offset of `.debug_line` gives it.
    func path(of file: UInt64, lines offset: UInt64) -> String? {
        unitsByOffset[offset].flatMap { units[$0].path(of: file, in: module) }
    }

    private mutating func keep(_ sequence: [Span], end: UInt64) {
        var sequence = sequence
        sequence[sequence.count - 1].end = end
        spans += sequence.filter { $0.start < $0.end }
    }

    mutating func position(of address: UInt64) -> SourcePosition? {
        if let known = answers[address] { return known }
        let position = find(address)
        if answers.count >= Self.mostAnswers { answers.removeAll(keepingCapacity: true) }
        answers[address] = .some(position)
        return position
    }

    private func find(_ address: UInt64) -> SourcePosition? {
        let place = spans.partitioningIndex { $0.start > address } - 1
        guard place >= 0, address < spans[place].end else { return nil }
        let span = spans[place]
        let unit = units[span.unit]
        var program = LineProgram(
            unit, module: module, start: span.program, behind: span.row ?? LineProgram.Row(), codeSize: codeSize)
        var found = span.row
        // Of several rows for one address the last counts.
        while let row = program.next(), !row.isEnd, row.address <= address { found = row }
        // Line 0 is code that the compiler could not attribute.
        guard let found, found.line > 0, let line = Int(exactly: found.line),
            let file = unit.path(of: found.file, in: module)
        else { return nil }
        return SourcePosition(file: file, line: line, column: Int(clamping: found.column))
    }
}
