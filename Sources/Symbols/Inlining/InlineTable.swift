/// Which calls the compiler has put into their callers, by `.debug_info`. A unit's functions are listed when an address in
/// it is asked for first.
struct InlineTable: Sendable {
    /// A call that has no frame of its own.
    struct Call: Sendable, Equatable {
        /// The function that was called; mangled where the compiler says so. The guest's text.
        let function: String
        /// Where it is called: the number of a file in the line table at `lines`, and the line.
        let file: UInt64
        let line: UInt64
        let lines: UInt64
    }

    private let sections: ModuleSections
    private var units: [DebugUnit] = []
    /// Where the code of each unit is, sorted by its beginning.
    private var spans: [(range: Range<UInt64>, unit: Int)] = []
    /// The functions of the units that were asked about: where their code is, and their entries.
    private var functions: [Int: [(range: Range<UInt64>, entry: Int)]] = [:]

    /// Entries inside of each other, steps from an entry to what it stands for, bytes of a name: more is damage.
    private static let deepest = 256
    private static let mostSteps = 8
    private static let longestName = 8192
    /// Ranges of code that are read to answer one question, or for all units: whole sections could be read again and again
    /// for entries that say so.
    private static let mostRanges = 1 << 20

    init(_ sections: ModuleSections) {
        self.sections = sections
        var tables: [UInt64: Abbreviations] = [:]
        // Each table belongs to a unit or to several: together they are as long as their section.
        var rest = sections.debugAbbreviations.count * 2
        var reader = ByteReader(sections.module, sections.debugInfo)
        while !reader.isAtEnd, rest >= 0, spans.count < Self.mostRanges {
            let start = reader.position
            guard let (contents, offsetSize) = try? reader.unit() else { break }
            var body = ByteReader(sections.module, contents)
            // A unit of another kind, or a damaged one, leaves the others readable.
            guard
                let unit = try? DebugUnit(
                    &body, start: start, offsetSize: offsetSize, sections, known: tables, budget: &rest)
            else { continue }
            tables[unit.abbreviationsOffset] = unit.abbreviations
            for range in unit.ranges(unit.top) ?? [] { spans.append((range, units.count)) }
            units.append(unit)
        }
        spans.sort { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The calls at this address of the code section, the innermost first; empty where none was put into its caller.
    mutating func calls(at address: UInt64) -> [Call] {
        let place = spans.partitioningIndex { $0.range.lowerBound > address } - 1
        guard place >= 0, spans[place].range.contains(address) else { return [] }
        let number = spans[place].unit
        if functions[number] == nil { functions[number] = list(units[number]) }
        guard let function = functions[number]?.last(where: { $0.range.contains(address) }) else { return [] }
        return (try? chain(units[number], function.entry, address)) ?? []
    }

    /// Every function of the unit that has code.
    private func list(_ unit: DebugUnit) -> [(range: Range<UInt64>, entry: Int)] {
        var reader = ByteReader(sections.module, unit.entries)
        var found: [(range: Range<UInt64>, entry: Int)] = []
        // What cannot be read any more ends the list.
        while !reader.isAtEnd, found.count < Self.mostRanges {
            let start = reader.position
            guard let entry = try? unit.next(&reader) else {
                if reader.position > start, !reader.isAtEnd, sections.module[start] == 0 { continue }
                break
            }
            guard entry.tag == DebugUnit.Tag.subprogram else { continue }
            for range in unit.ranges(entry) ?? [] { found.append((range, start)) }
        }
        return found
    }

    /// Goes through the entries inside of a function, down to the innermost call.
    private func chain(_ unit: DebugUnit, _ function: Int, _ address: UInt64) throws(Malformed) -> [Call] {
        var reader = ByteReader(sections.module, function..<unit.entries.upperBound)
        guard let top = try unit.next(&reader), top.hasChildren else { return [] }
        var calls: [Call] = []
        var rest = Self.mostRanges
        // For each list of entries that is open, whether its code holds the address.
        var inside = [true]
        while !inside.isEmpty {
            guard let entry = try unit.next(&reader) else {
                inside.removeLast()
                continue
            }
            // Blocks hold calls, too, and some have no code of their own.
            var holds = inside[inside.count - 1] && entry.tag != DebugUnit.Tag.subprogram
            if holds {
                let ranges = unit.ranges(entry)
                rest -= ranges?.count ?? 0
                guard rest >= 0 else { throw Malformed() }
                holds = ranges?.contains { $0.contains(address) } ?? (entry.tag != DebugUnit.Tag.inlined)
            }
            if holds, entry.tag == DebugUnit.Tag.inlined, let name = name(of: entry, unit) {
                calls.append(
                    Call(function: name, file: entry.callFile, line: entry.callLine, lines: unit.top.lines ?? .max))
            }
            if entry.hasChildren {
                guard inside.count < Self.deepest else { throw Malformed() }
                inside.append(holds)
            }
        }
        return calls.reversed()
    }

    /// Of the function that an inlined call stands for.
    private func name(of entry: DebugUnit.Entry, _ unit: DebugUnit) -> String? {
        var entry = entry
        var name: Int?
        for _ in 0..<Self.mostSteps {
            if let linkage = entry.linkageName { return text(linkage) }
            name = name ?? entry.name
            guard let place = entry.origin, let origin = self.entry(at: place, unit) else { break }
            entry = origin
        }
        return name.flatMap { text($0) }
    }

    /// It may belong to another unit.
    private func entry(at place: Int, _ unit: DebugUnit) -> DebugUnit.Entry? {
        if let own = unit.entry(at: place) { return own }
        let index = units.partitioningIndex { $0.entries.lowerBound > place } - 1
        return index >= 0 ? units[index].entry(at: place) : nil
    }

    private func text(_ start: Int) -> String? {
        var reader = ByteReader(sections.module, start..<min(start + Self.longestName, sections.module.count))
        guard let text = try? reader.terminated(), !text.isEmpty else { return nil }
        return String(decoding: sections.module[text], as: UTF8.self)
    }
}
