import Glibc

/// A module whose code calls the host where it would wait or wake by an instruction (Runtime.docc/InstructionWaits): no
/// instruction moves within its function, no index changes, and the code as a whole moves by one distance.
struct WaitRewriting {
    /// Part of the module cache's key: another number for every change of what is written.
    static let version = 1
    static let tableName = "wasix-top wait functions"
    static let startName = "wasix-top start function"

    /// What is compiled.
    let binary: [UInt8]
    /// How far an instruction is from where it is in the original.
    let codeShift: Int
    /// It has a start function, which is an export here.
    let hasStartFunction: Bool

    /// Nil for a module that stays as it is: one whose memory is not shared or that does not use these instructions on it,
    /// and one with code that the reader does not know.
    init?(_ original: [UInt8], _ interface: ModuleInterface) {
        guard let memory = interface.programMemory, interface.memories[memory].isShared,
            !interface.exports.contains(where: { [Self.tableName, Self.startName].contains($0.name) }),
            interface.hasPlainStartFunction,
            let parts = try? Parts(original, memory: memory, interface), !parts.helpers.isEmpty
        else { return nil }
        (binary, codeShift) = parts.joined(original)
        hasStartFunction = interface.startFunction != nil
    }
}

/// What changes in a module, and what is added.
private struct Parts {
    private let sections: [Section]
    private let interface: ModuleInterface
    private let is64: Bool
    /// The function that takes the place of each instruction.
    private var calls: [(range: Range<Int>, function: Int)] = []
    /// One for each instruction and offset that occurs.
    private(set) var helpers: [Helper] = []

    struct Helper: Hashable {
        let instruction: WaitInstruction
        let offset: UInt64
    }

    private struct Section {
        let id: UInt8
        /// With its head.
        let whole: Range<Int>
        /// Of a section that changes: how many there are, and the bytes behind that number.
        let count: Int
        let items: Range<Int>
    }

    init(_ module: [UInt8], memory: Int, _ interface: ModuleInterface) throws(UnknownCode) {
        self.interface = interface
        is64 = interface.memories[memory].is64
        var found: (sections: [Section], sites: [CodeReader.WaitSite]) = ([], [])
        let problem = module.withUnsafeBytes { bytes -> UnknownCode? in
            do throws(UnknownCode) {
                found.sections = try Self.sections(bytes)
                for section in found.sections where section.id == 10 {
                    found.sites += try Self.sites(in: section, of: bytes)
                }
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw problem }
        sections = found.sections
        let sites = found.sites.filter { site in
            // What is not valid stays, for the engine to refuse.
            site.memory == UInt64(memory) && site.alignment == site.instruction.alignment
                && (is64 || site.offset <= UInt64(UInt32.max))
        }
        var known: [Helper: Int] = [:]
        for site in sites {
            let helper = Helper(instruction: site.instruction, offset: site.offset)
            if known[helper] == nil {
                known[helper] = interface.functionCount + helpers.count
                helpers.append(helper)
            }
            calls.append((site.range, known[helper] ?? 0))
        }
        // Three bytes of a number are what the shortest form of these instructions has room for.
        guard interface.functionCount + helpers.count < 1 << 21 else { throw UnknownCode() }
    }

    private static func sections(_ bytes: UnsafeRawBufferPointer) throws(UnknownCode) -> [Section] {
        var reader = CodeReader(bytes, in: 8..<max(8, bytes.count))
        var sections: [Section] = []
        while !reader.isAtEnd {
            let start = reader.position
            let id = try reader.byte()
            let size = try reader.count()
            let contents = reader.position..<reader.position + size
            try reader.skip(size)
            var list = CodeReader(bytes, in: contents)
            let count = changed.contains(id) ? try list.count() : 0
            sections.append(
                Section(
                    id: id, whole: start..<contents.upperBound, count: count,
                    items: list.position..<contents.upperBound))
        }
        // What the engine would refuse for its order must not come out right.
        let places = sections.filter { $0.id != 0 }.map { order.firstIndex(of: $0.id) ?? 0 }
        guard zip(places, places.dropFirst()).allSatisfy({ $0 < $1 }) else { throw UnknownCode() }
        return sections
    }

    /// The sections that get more items.
    private static let changed: [UInt8] = [1, 3, 4, 7, 10]

    /// The sections that a module can have, by their numbers, as they must follow each other.
    private static let order: [UInt8] = [0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]

    /// Only functions that hold the bytes of such an instruction are read, be it by chance.
    private static func sites(
        in section: Section, of bytes: UnsafeRawBufferPointer
    ) throws(UnknownCode) -> [CodeReader.WaitSite] {
        var reader = CodeReader(bytes, in: section.items)
        var sites: [CodeReader.WaitSite] = []
        var candidate = nextCandidate(in: section.items, of: bytes)
        for _ in 0..<section.count {
            guard let place = candidate else { break }
            let size = try reader.count()
            let body = reader.position..<reader.position + size
            try reader.skip(size)
            guard place < body.upperBound else { continue }
            var code = CodeReader(bytes, in: body)
            sites += try code.waitSites()
            candidate = nextCandidate(in: body.upperBound..<section.items.upperBound, of: bytes)
        }
        return sites
    }

    /// Where the first byte of such an instruction may be: its second one is below three, in however many bytes.
    private static func nextCandidate(in range: Range<Int>, of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var start = range.lowerBound
        while start < range.upperBound, let found = memchr(base + start, 0xfe, range.upperBound - start) {
            let place = base.distance(to: found)
            if place + 1 < range.upperBound, bytes[place + 1] & 0x7f < 3 { return place }
            start = place + 1
        }
        return nil
    }

    // MARK: writing

    /// - Returns: the new module, and how far its code has moved.
    func joined(_ module: [UInt8]) -> (binary: [UInt8], codeShift: Int) {
        var binary = Array(module.prefix(8))
        binary.reserveCapacity(module.count + 256 * (helpers.count + 4))
        var codeShift = 0
        var hasExports = false
        for section in sections {
            // Exports stand before these.
            if !hasExports, [8, 9, 10, 12].contains(section.id) {
                binary += BinaryWriter.section(7, exports)
                hasExports = true
            }
            switch section.id {
            case 1: append(section, types, module, to: &binary)
            case 3:
                append(
                    section, helpers.map { BinaryWriter.number(Int($0.instruction.rawValue) + firstType) }, module,
                    to: &binary)
                if !sections.contains(where: { $0.id == 4 }) { binary += BinaryWriter.section(4, [Self.table]) }
            case 4: append(section, [Self.table], module, to: &binary)
            case 7:
                append(section, exports, module, to: &binary)
                hasExports = true
            case 8: continue
            case 10:
                codeShift = append(section, helpers.map(body), module, to: &binary) - section.items.lowerBound
                for call in calls { replace(call.range, call.function, codeShift, in: &binary) }
            default: binary += module[section.whole]
            }
        }
        return (binary, codeShift)
    }

    /// Appends a section with more items behind its own.
    /// - Returns: where its own items are now.
    @discardableResult
    private func append(
        _ section: Section, _ items: [[UInt8]], _ module: [UInt8], to binary: inout [UInt8]
    ) -> Int {
        let count = BinaryWriter.number(section.count + items.count)
        let size = count.count + section.items.count + items.reduce(0) { $0 + $1.count }
        binary += [section.id] + BinaryWriter.number(size) + count
        defer {
            binary += module[section.items]
            for item in items { binary += item }
        }
        return binary.count
    }

    /// Puts a call where an instruction is, and makes it as long.
    private func replace(_ range: Range<Int>, _ function: Int, _ shift: Int, in binary: inout [UInt8]) {
        let width = min(range.count - 1, 5)
        let call: [UInt8] = [0x10] + BinaryWriter.number(function, in: width)
        let rest = [UInt8](repeating: 0x01, count: range.count - call.count)
        binary.replaceSubrange(range.lowerBound + shift..<range.upperBound + shift, with: call + rest)
    }

    private var firstType: Int { interface.typeCount }

    /// Of the helpers, then of the host's functions.
    private var types: [[UInt8]] {
        let own = WaitInstruction.allCases.map { $0.type(address: is64 ? .i64 : .i32) }
        return (own + WaitInstruction.allCases.map(\.hostType)).compactMap { BinaryWriter.type($0) }
    }

    /// Three functions, no more and no less.
    private static let table: [UInt8] = [0x70, 0x01, 0x03, 0x03]

    private var exports: [[UInt8]] {
        var items = [BinaryWriter.name(WaitRewriting.tableName) + [0x01] + BinaryWriter.number(interface.tableCount)]
        if let start = interface.startFunction {
            items.append(BinaryWriter.name(WaitRewriting.startName) + [0x00] + BinaryWriter.number(UInt64(start)))
        }
        return items
    }

    /// Adds the offset, and calls the host's function as its last act, so that it has no frame of its own then.
    private func body(_ helper: Helper) -> [UInt8] {
        let instruction = Int(helper.instruction.rawValue)
        let operands = helper.instruction.hostType.parameters.count
        let sum: [UInt8] = [0x20] + BinaryWriter.number(operands)
        let offset: [UInt8] = [0x42] + BinaryWriter.signed(Int64(bitPattern: helper.offset))
        var code: [UInt8] = [0x20, 0x00]
        if !is64 { code.append(0xad) }
        if helper.offset > 0 {
            code += offset + [0x7c, 0x21] + BinaryWriter.number(operands)
            code += [0x42] + BinaryWriter.signed(-8) + sum
            code += is64 ? sum + offset : [0x42] + BinaryWriter.signed(Int64(UInt32.max)) + sum
            code += [0x54, 0x1b]
        }
        for operand in 1..<operands { code += [0x20] + BinaryWriter.number(operand) }
        code += [0x41] + BinaryWriter.signed(Int64(instruction))
        code += [0x13] + BinaryWriter.number(firstType + WaitInstruction.allCases.count + instruction)
        code += BinaryWriter.number(interface.tableCount) + [0x0b]
        let locals: [UInt8] = helper.offset > 0 ? [0x01, 0x01, 0x7e] : [0x00]
        return BinaryWriter.number(locals.count + code.count) + locals + code
    }
}
