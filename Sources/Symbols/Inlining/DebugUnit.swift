/// A compilation unit of `.debug_info`, and how to read its entries (DWARF 5, 7.5.1; versions 2 to 5).
struct DebugUnit: Sendable {
    /// What is asked of an entry.
    struct Entry {
        var tag: UInt64 = 0
        var hasChildren = false
        /// Where its text begins in the module.
        var name: Int?
        var linkageName: Int?
        /// Where the entry begins that it stands for: of an inlined call the function, of a definition its declaration.
        var origin: Int?
        var callFile: UInt64 = 0
        var callLine: UInt64 = 0
        var lines: UInt64?
        fileprivate(set) var low: UInt64?
        fileprivate(set) var high: AttributeValue?
        fileprivate(set) var rangesAt: AttributeValue?
    }

    enum Tag {
        static let inlined: UInt64 = 0x1d
        static let subprogram: UInt64 = 0x2e
    }

    /// Its entries in the module: the unit's own first.
    let entries: Range<Int>
    private let form: AttributeForm
    let abbreviations: Abbreviations
    let abbreviationsOffset: UInt64
    private var textOffsets: UInt64 = 0
    private var addresses: UInt64 = 0
    private var rangeLists: UInt64 = 0
    private(set) var top = Entry()

    /// Reads the unit that begins at `start` and whose contents behind the length fill `reader`.
    /// - Parameters:
    ///   - known: tables of abbreviations that were read before, by their offset.
    ///   - budget: bytes of such tables that may still be read.
    init(
        _ reader: inout ByteReader, start: Int, offsetSize: Int, _ sections: ModuleSections,
        known: [UInt64: Abbreviations],
        budget: inout Int
    ) throws(Malformed) {
        let version = try reader.number(size: 2)
        guard (2...5).contains(version) else { throw Malformed() }
        var addressSize: UInt64 = 0
        let abbreviationsAt: UInt64
        if version >= 5 {
            let type = try reader.byte()
            // Of types and of split units nothing is asked.
            guard type == 1 || type == 3 else { throw Malformed() }
            addressSize = try reader.number(size: 1)
            abbreviationsAt = try reader.number(size: offsetSize)
        } else {
            abbreviationsAt = try reader.number(size: offsetSize)
            addressSize = try reader.number(size: 1)
        }
        guard addressSize == 4 || addressSize == 8 else { throw Malformed() }
        entries = reader.remaining
        form = AttributeForm(
            sections: sections, unit: start, offsetSize: offsetSize, addressSize: Int(addressSize), version: version)
        abbreviationsOffset = abbreviationsAt
        if let table = known[abbreviationsAt] {
            abbreviations = table
        } else {
            abbreviations = try Abbreviations(sections, at: abbreviationsAt, budget: &budget)
        }
        // What indexes count from may stand behind what uses them.
        try readBases()
        var own = reader
        guard let top = try next(&own) else { throw Malformed() }
        self.top = top
    }

    private mutating func readBases() throws(Malformed) {
        var reader = ByteReader(form.sections.module, entries)
        guard let shape = abbreviations[try reader.unsigned()] else { throw Malformed() }
        for attribute in shape.attributes {
            let value = try form.value(attribute.form, attribute.implicit, &reader)
            guard case .offset(let offset) = value else { continue }
            switch attribute.name {
            case 0x72: textOffsets = offset
            case 0x73: addresses = offset
            case 0x74: rangeLists = offset
            default: break
            }
        }
    }

    /// Reads an entry and steps over it.
    /// - Returns: nil for the mark that ends a list of children.
    func next(_ reader: inout ByteReader) throws(Malformed) -> Entry? {
        let code = try reader.unsigned()
        guard code != 0 else { return nil }
        guard let shape = abbreviations[code] else { throw Malformed() }
        var entry = Entry()
        entry.tag = shape.tag
        entry.hasChildren = shape.hasChildren
        for attribute in shape.attributes {
            let value = try form.value(attribute.form, attribute.implicit, &reader)
            switch attribute.name {
            case 0x03: entry.name = text(value)
            case 0x6e, 0x2007: entry.linkageName = text(value)  // the second is what GCC wrote before version 4
            case 0x31, 0x47: if case .entry(let place) = value { entry.origin = place }
            case 0x58: if case .number(let number) = value { entry.callFile = number }
            case 0x59: if case .number(let number) = value { entry.callLine = number }
            case 0x10: entry.lines = offset(value)
            case 0x11: entry.low = address(value)
            case 0x12: entry.high = value
            case 0x55: entry.rangesAt = value
            default: break
            }
        }
        return entry
    }

    /// The entry that begins at a place of this unit.
    func entry(at place: Int) -> Entry? {
        guard entries.contains(place) else { return nil }
        var reader = ByteReader(form.sections.module, place..<entries.upperBound)
        return try? next(&reader)
    }

    // MARK: values

    private func text(_ value: AttributeValue) -> Int? {
        switch value {
        case .text(let place): return place
        case .textIndex(let index):
            guard let offset = number(form.sections.debugStringOffsets, textOffsets, index, size: form.offsetSize),
                offset < UInt64(form.sections.debugStrings.count)
            else { return nil }
            return form.sections.debugStrings.lowerBound + Int(offset)
        default: return nil
        }
    }

    /// Of another section: data of 4 or 8 bytes before version 4.
    private func offset(_ value: AttributeValue) -> UInt64? {
        switch value {
        case .offset(let offset), .number(let offset): offset
        default: nil
        }
    }

    private func address(_ value: AttributeValue) -> UInt64? {
        switch value {
        case .address(let address): address
        case .addressIndex(let index): address(at: index)
        default: nil
        }
    }

    private func address(at index: UInt64) -> UInt64? {
        number(form.sections.debugAddresses, addresses, index, size: form.addressSize)
    }

    /// Number `index` of those that begin at `base` of a section.
    private func number(_ section: Range<Int>, _ base: UInt64, _ index: UInt64, size: Int) -> UInt64? {
        let (offset, isOver) = index.multipliedReportingOverflow(by: UInt64(size))
        let place = base &+ offset
        guard !isOver, place >= base, place <= UInt64(section.count) else { return nil }
        var reader = ByteReader(form.sections.module, section.lowerBound + Int(place)..<section.upperBound)
        return try? reader.number(size: size)
    }

    // MARK: ranges

    /// Ranges of one entry that are read.
    private static let mostRanges = 4096

    /// Where the entry's code is, as far as it can be read; nil for an entry without code.
    func ranges(_ entry: Entry) -> [Range<UInt64>]? {
        if let value = entry.rangesAt { return listed(value) }
        guard let low = entry.low, let high = entry.high else { return nil }
        let end: UInt64?
        switch high {
        case .number(let length): end = place(low, length)
        default: end = self.address(high)
        }
        return live(low, end).map { [$0] } ?? []
    }

    /// Code that the linker left out begins at 0, at one of the two last addresses there are, or where no code is.
    private func live(_ low: UInt64?, _ high: UInt64?) -> Range<UInt64>? {
        guard let low, let high, low != 0, !isLeftOut(low), high > low else { return nil }
        return low..<high
    }

    private func isLeftOut(_ address: UInt64) -> Bool { address >= highestAddress - 1 }
    private var highestAddress: UInt64 { form.addressSize == 4 ? UInt64(UInt32.max) : .max }

    /// What is left out, or not known, has no places.
    private func place(_ base: UInt64?, _ offset: UInt64) -> UInt64? {
        guard let base, !isLeftOut(base) else { return nil }
        let (sum, isOver) = base.addingReportingOverflow(offset)
        return isOver ? nil : sum
    }

    private func listed(_ value: AttributeValue) -> [Range<UInt64>] {
        var found: [Range<UInt64>] = []
        // A list that breaks off counts as far as it goes.
        if form.version < 5 {
            if let offset = offset(value) { try? pairs(at: offset, into: &found) }
        } else if case .rangesIndex(let index) = value {
            if let relative = number(form.sections.debugRangeLists, rangeLists, index, size: form.offsetSize) {
                try? list(at: rangeLists &+ relative, into: &found)
            }
        } else if let offset = offset(value) {
            try? list(at: offset, into: &found)
        }
        return found
    }

    private func reader(_ section: Range<Int>, at offset: UInt64) throws(Malformed) -> ByteReader {
        guard offset < UInt64(section.count) else { throw Malformed() }
        return ByteReader(form.sections.module, section.lowerBound + Int(offset)..<section.upperBound)
    }

    /// `.debug_ranges`, up to version 4.
    private func pairs(at offset: UInt64, into found: inout [Range<UInt64>]) throws(Malformed) {
        var reader = try reader(form.sections.debugRanges, at: offset)
        var base = top.low ?? 0
        while found.count < Self.mostRanges {
            let low = try reader.number(size: form.addressSize)
            let high = try reader.number(size: form.addressSize)
            if low == 0, high == 0 { return }
            if low == highestAddress {
                base = high
            } else if let range = live(place(base, low), place(base, high)) {
                found.append(range)
            }
        }
    }

    /// `.debug_rnglists`, from version 5 on (7.25).
    private func list(at offset: UInt64, into found: inout [Range<UInt64>]) throws(Malformed) {
        var reader = try reader(form.sections.debugRangeLists, at: offset)
        var base: UInt64? = top.low ?? 0
        while found.count < Self.mostRanges {
            let low: UInt64?
            let high: UInt64?
            switch try reader.byte() {
            case 0: return
            case 1:
                base = address(at: try reader.unsigned())
                continue
            case 2:
                low = address(at: try reader.unsigned())
                high = address(at: try reader.unsigned())
            case 3:
                low = address(at: try reader.unsigned())
                high = place(low, try reader.unsigned())
            case 4:
                low = place(base, try reader.unsigned())
                high = place(base, try reader.unsigned())
            case 5:
                base = try reader.number(size: form.addressSize)
                continue
            case 6:
                low = try reader.number(size: form.addressSize)
                high = try reader.number(size: form.addressSize)
            case 7:
                low = try reader.number(size: form.addressSize)
                high = place(low, try reader.unsigned())
            default: throw Malformed()
            }
            if let range = live(low, high) { found.append(range) }
        }
    }
}
