import Testing

@testable import Symbols

/// Where the code of a function is, in all forms in which compilers write it: one call lies in all of it, so that the
/// addresses at which there is a call are those of the function.
@Suite struct CodeRangeTests {
    /// An attribute of an entry: its number, its form, its bytes.
    private struct Attribute {
        let name: UInt8
        let form: UInt8
        let bytes: [UInt8]
    }

    private enum Name {
        static let low: UInt8 = 0x11
        static let high: UInt8 = 0x12
        static let ranges: UInt8 = 0x55
        static let addressBase: UInt8 = 0x73
        static let rangeListsBase: UInt8 = 0x74
    }

    private enum Form {
        static let address: UInt8 = 0x01
        static let data4: UInt8 = 0x06
        static let data8: UInt8 = 0x07
        static let unsigned: UInt8 = 0x0f
        static let offset: UInt8 = 0x17
        static let addressIndex: UInt8 = 0x1b
        static let rangesIndex: UInt8 = 0x23
    }

    /// A module whose only unit has code from 100 to 399.
    private struct Unit {
        var version: UInt64 = 4
        var addressSize = 4
        /// 8 for the form of DWARF with long lengths.
        var offsetSize = 4
        /// Of the unit's own entry, beside its code.
        var top: [Attribute] = []
        var function: [Attribute] = []
        /// Debug sections by their names.
        var sections: [(name: String, bytes: [UInt8])] = []

        func address(_ value: UInt64) -> [UInt8] { little(value, addressSize) }
        func offset(_ value: UInt64) -> [UInt8] { little(value, offsetSize) }

        /// The addresses that have a call, as ranges.
        var covered: [Range<Int>] {
            var module = ModuleBuilder()
            module.code(size: 400)
            var lines = LineProgramBuilder()
            lines.oldTables(directories: [], files: [("a.c", 0)])
            lines.setAddress(100)
            lines.copy()
            lines.endSequence()
            module.custom(".debug_line", lines.bytes)
            module.custom(".debug_abbrev", abbreviations)
            module.custom(".debug_info", info)
            for section in sections { module.custom(section.name, section.bytes) }
            let table = SymbolTable(module: module.bytes)
            var found: [Range<Int>] = []
            for place in 0..<400 where !table.inlinedCalls(atModuleOffset: module.codeStart + place).isEmpty {
                if found.last?.upperBound == place {
                    found[found.count - 1] = found[found.count - 1].lowerBound..<place + 1
                } else {
                    found.append(place..<place + 1)
                }
            }
            return found
        }

        private var unitAttributes: [Attribute] {
            [
                Attribute(name: Name.low, form: Form.address, bytes: address(100)),
                Attribute(name: Name.high, form: version < 3 ? Form.address : Form.data4, bytes: unitEnd),
            ] + top
        }
        private var unitEnd: [UInt8] { version < 3 ? address(400) : little(300, 4) }

        /// A unit, a declaration with a name, the function, and a call that lies in all there is.
        private var abbreviations: [UInt8] {
            func shape(_ code: UInt8, _ tag: UInt8, _ children: UInt8, _ attributes: [Attribute]) -> [UInt8] {
                [code, tag, children] + attributes.flatMap { [$0.name, $0.form] } + [0, 0]
            }
            return shape(1, 0x11, 1, unitAttributes) + [2, 0x2e, 0, 0x03, 0x08, 0, 0] + shape(3, 0x2e, 1, function)
                + [4, 0x1d, 0, 0x31, 0x13, Name.low, Form.address, Name.high, Form.address, 0, 0, 0]
        }

        private var info: [UInt8] {
            let long = offsetSize == 8
            let head =
                version >= 5
                ? little(version, 2) + [1, UInt8(addressSize)] + offset(0)
                : little(version, 2) + offset(0) + [UInt8(addressSize)]
            let own: [UInt8] = [1] + unitAttributes.flatMap(\.bytes)
            let declared = (long ? 12 : 4) + head.count + own.count
            let unit =
                head + own + [2] + text("take") + [3] + function.flatMap(\.bytes)
                + [4] + little(UInt64(declared), 4) + address(1) + address(400) + [0, 0]
            return (long ? little(0xffff_ffff, 4) + little(UInt64(unit.count), 8) : little(UInt64(unit.count), 4))
                + unit
        }
    }

    // MARK: one range

    /// Version 2 knows the end as an address alone; later ones as a length, too.
    @Test(arguments: [2, 3, 4, 5] as [UInt64]) func theEndIsAnAddressOrALength(version: UInt64) {
        var unit = Unit(version: version)
        let low = Attribute(name: Name.low, form: Form.address, bytes: unit.address(120))
        unit.function = [low, Attribute(name: Name.high, form: Form.address, bytes: unit.address(150))]
        #expect(unit.covered == [120..<150])
        guard version > 3 else { return }
        for (form, bytes) in [
            (Form.data4, little(30, 4)), (Form.data8, little(30, 8)), (Form.unsigned, leb(30)), (UInt8(0x0b), [30]),
        ] {
            unit.function = [low, Attribute(name: Name.high, form: form, bytes: bytes)]
            #expect(unit.covered == [120..<150], "form \(form)")
        }
    }

    /// The table's place stands behind what counts from it.
    @Test(arguments: [4, 8]) func theBeginningIsAnIndexOfAddresses(size: Int) {
        var unit = Unit(version: 5, addressSize: size)
        unit.function = [
            Attribute(name: Name.low, form: Form.addressIndex, bytes: leb(1)),
            Attribute(name: Name.high, form: Form.data4, bytes: little(20, 4)),
        ]
        unit.top = [Attribute(name: Name.addressBase, form: Form.offset, bytes: unit.offset(8))]
        let head = little(4, 2) + [UInt8(size), 0]
        unit.sections = [
            (".debug_addr", little(UInt64(4 + 2 * size), 4) + head + unit.address(300) + unit.address(200))
        ]
        #expect(unit.covered == [200..<220])
        unit.function[0] = Attribute(name: Name.low, form: Form.addressIndex, bytes: leb(2))
        #expect(unit.covered.isEmpty)
    }

    @Test(arguments: [0, 0xffff_ffff, 0xffff_fffe] as [UInt64]) func codeThatWasLeftOutIsNowhere(low: UInt64) {
        for size in [4, 8] {
            var unit = Unit(addressSize: size)
            let low = size == 8 && low != 0 ? low | 0xffff_ffff << 32 : low
            unit.function = [
                Attribute(name: Name.low, form: Form.address, bytes: unit.address(low)),
                Attribute(name: Name.high, form: Form.data4, bytes: little(300, 4)),
            ]
            #expect(unit.covered.isEmpty, "\(size) bytes")
        }
    }

    // MARK: .debug_ranges

    /// Pairs count from the unit's beginning until another base is chosen. Version 3 stores the place as plain data.
    @Test(arguments: [(2, 4), (3, 4), (4, 4), (4, 8)] as [(UInt64, Int)]) func pairsCountFromABase(
        version: UInt64, size: Int
    ) {
        var unit = Unit(version: version, addressSize: size)
        let pair = { (low: UInt64, high: UInt64) in unit.address(low) + unit.address(high) }
        let list =
            pair(5, 10) + pair(7, 7) + pair(.max, 200) + pair(10, 20) + pair(0, 5) + pair(.max, 0) + pair(300, 310)
            + pair(0, 0) + pair(50, 60)
        unit.sections = [(".debug_ranges", pair(20, 30) + pair(0, 0) + list)]
        let place = UInt64(4 * size)
        unit.function = [
            Attribute(
                name: Name.ranges, form: version < 4 ? Form.data4 : Form.offset,
                bytes: version < 4 ? little(place, 4) : unit.offset(place))
        ]
        #expect(unit.covered == [105..<110, 200..<205, 210..<220, 300..<310])
    }

    @Test func aListOfPairsThatBreaksOffCountsAsFarAsItGoes() {
        var unit = Unit()
        unit.sections = [(".debug_ranges", unit.address(5) + unit.address(10) + unit.address(20) + [1, 2])]
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(0))]
        #expect(unit.covered == [105..<110])
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(14))]
        #expect(unit.covered.isEmpty)
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(0xffff_fff0))]
        #expect(unit.covered.isEmpty)
    }

    // MARK: .debug_rnglists

    /// Every kind of entry, with addresses 200, 300 and the one of code that was left out in `.debug_addr`.
    private func lists(addressSize: Int, offsetSize: Int = 4, _ list: (Unit) -> [UInt8]) -> Unit {
        var unit = Unit(version: 5, addressSize: addressSize, offsetSize: offsetSize)
        let addresses = unit.address(200) + unit.address(300) + unit.address(.max)
        let entries = list(unit)
        // Two lists: the first is empty.
        let offsets = unit.offset(UInt64(2 * offsetSize)) + unit.offset(UInt64(2 * offsetSize + 1))
        let head = little(5, 2) + [UInt8(addressSize), 0] + little(2, 4)
        let length = offsetSize == 8 ? little(0xffff_ffff, 4) + little(0, 8) : little(0, 4)
        let base = UInt64(length.count + head.count)
        unit.sections = [
            (".debug_addr", [UInt8](repeating: 0, count: 8) + addresses),
            (".debug_rnglists", length + head + offsets + [0] + entries),
        ]
        unit.top = [
            Attribute(name: Name.rangeListsBase, form: Form.offset, bytes: unit.offset(base)),
            Attribute(name: Name.addressBase, form: Form.offset, bytes: unit.offset(8)),
        ]
        unit.function = [Attribute(name: Name.ranges, form: Form.rangesIndex, bytes: leb(1))]
        return unit
    }

    @Test(arguments: [(4, 4), (8, 4), (4, 8), (8, 8)]) func everyKindOfEntryIsRead(addresses: Int, offsets: Int) {
        let cases: [(entries: (Unit) -> [UInt8], covered: [Range<Int>])] = [
            // offset_pair: from the unit's beginning, or from a base
            ({ _ in [4] + leb(5) + leb(10) }, [105..<110]),
            ({ $0.address(150).reduce(into: [5]) { $0.append($1) } + [4] + leb(5) + leb(10) }, [155..<160]),
            ({ _ in [1] + leb(1) + [4] + leb(5) + leb(10) }, [305..<310]),
            // startx_endx, startx_length
            ({ _ in [2] + leb(0) + leb(1) }, [200..<300]),
            ({ _ in [3] + leb(1) + leb(7) }, [300..<307]),
            // start_end, start_length
            ({ [6] + $0.address(120) + $0.address(125) }, [120..<125]),
            ({ [7] + $0.address(130) + leb(5) }, [130..<135]),
            // several, an empty one among them
            ({ _ in [4] + leb(0) + leb(1) + [3] + leb(0) + leb(0) + [3] + leb(0) + leb(2) }, [100..<101, 200..<202]),
            // what was left out, or whose address is not there
            ({ _ in [1] + leb(2) + [4] + leb(5) + leb(300) + [4] + leb(102) + leb(200) }, []),
            ({ _ in [3] + leb(2) + leb(300) + [2] + leb(2) + leb(2) }, []),
            ({ _ in [1] + leb(9) + [4] + leb(150) + leb(160) }, []),
            ({ _ in [3] + leb(9) + leb(300) + [2] + leb(0) + leb(9) }, []),
            // an unknown kind ends the list
            ({ _ in [3] + leb(0) + leb(2) + [99] + [3] + leb(1) + leb(2) }, [200..<202]),
        ]
        for (index, one) in cases.enumerated() {
            let unit = lists(addressSize: addresses, offsetSize: offsets) { one.entries($0) + [0] }
            #expect(unit.covered == one.covered, "case \(index)")
        }
    }

    /// By its place in the section, not by its number.
    @Test func aListIsFoundByItsOffset() {
        var unit = lists(addressSize: 4) { _ in [3] + leb(0) + leb(2) + [0] }
        // length, head, two offsets, the empty list
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(4 + 8 + 8 + 1))]
        #expect(unit.covered == [200..<202])
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(4 + 8 + 8))]
        #expect(unit.covered.isEmpty)
    }

    @Test func aListThatIsNotThereIsEmpty() {
        var unit = lists(addressSize: 4) { _ in [3] + leb(0) + leb(2) }
        #expect(unit.covered == [200..<202])
        for index in [2, 1_000, 1 << 40] {
            unit.function = [Attribute(name: Name.ranges, form: Form.rangesIndex, bytes: leb(index))]
            #expect(unit.covered.isEmpty, "\(index)")
        }
        unit.function = [Attribute(name: Name.ranges, form: Form.offset, bytes: unit.offset(0xffff_ffff))]
        #expect(unit.covered.isEmpty)
    }
}
