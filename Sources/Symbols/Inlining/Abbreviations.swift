/// The shapes of a unit's entries (DWARF 5, 7.5.3): which attributes an entry of each code has, and how they are stored.
struct Abbreviations: Sendable {
    struct Attribute {
        let name: UInt64
        let form: UInt64
        /// The value itself, for the form that stores it here.
        let implicit: Int64
    }

    struct Shape {
        let tag: UInt64
        let hasChildren: Bool
        let attributes: [Attribute]
    }

    private var shapes: [UInt64: Shape] = [:]

    /// More of them, or of attributes in one, is damage.
    private static let most = 100_000
    private static let mostAttributes = 256

    /// Reads the table that begins at `offset` of `.debug_abbrev`.
    /// - Parameter budget: bytes that may be read; what was read is taken off, also when it was for nothing.
    init(_ sections: ModuleSections, at offset: UInt64, budget: inout Int) throws(Malformed) {
        let section = sections.debugAbbreviations
        guard offset < UInt64(section.count) else { throw Malformed() }
        var reader = ByteReader(sections.module, section.lowerBound + Int(offset)..<section.upperBound)
        let start = reader.position
        let most = budget
        defer { budget = most - (reader.position - start) }
        while case let code = try reader.unsigned(), code != 0 {
            guard reader.position - start <= most else { throw Malformed() }
            let tag = try reader.unsigned()
            let hasChildren = try reader.byte() != 0
            var attributes: [Attribute] = []
            while true {
                let name = try reader.unsigned()
                let form = try reader.unsigned()
                let implicit = form == 0x21 ? try reader.signed() : 0
                if name == 0, form == 0 { break }
                guard attributes.count < Self.mostAttributes else { throw Malformed() }
                attributes.append(Attribute(name: name, form: form, implicit: implicit))
            }
            guard shapes.count < Self.most else { throw Malformed() }
            shapes[code] = Shape(tag: tag, hasChildren: hasChildren, attributes: attributes)
        }
    }

    subscript(code: UInt64) -> Shape? { shapes[code] }
}
