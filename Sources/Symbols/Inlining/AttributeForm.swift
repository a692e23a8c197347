/// How an attribute is stored, and what its value is (DWARF 5, 7.5.6; DW_FORM codes of versions 2 to 5).
enum AttributeValue {
    case number(UInt64)
    case address(UInt64)
    /// Of `.debug_addr`, from the unit's base.
    case addressIndex(UInt64)
    /// Where the text begins in the module.
    case text(Int)
    /// Of `.debug_str_offsets`, from the unit's base.
    case textIndex(UInt64)
    /// Where another entry begins in the module.
    case entry(Int)
    /// Of another section.
    case offset(UInt64)
    /// Of `.debug_rnglists`, from the unit's base.
    case rangesIndex(UInt64)
    /// Nothing that is asked for.
    case other
}

/// What is needed to read attributes of a unit.
struct AttributeForm {
    let sections: ModuleSections
    /// Where the unit begins in the module: references count from there.
    let unit: Int
    let offsetSize: Int
    let addressSize: Int
    let version: UInt64

    /// Reads a value. Without the size of an unknown form nothing after it can be read.
    func value(_ form: UInt64, _ implicit: Int64, _ reader: inout ByteReader) throws(Malformed) -> AttributeValue {
        switch form {
        case 0x01: return .address(try reader.number(size: addressSize))
        case 0x0b: return .number(try reader.number(size: 1))  // data1
        case 0x05: return .number(try reader.number(size: 2))
        case 0x06: return .number(try reader.number(size: 4))
        case 0x07: return .number(try reader.number(size: 8))
        case 0x0f: return .number(try reader.unsigned())  // udata
        case 0x0d: return .number(UInt64(bitPattern: try reader.signed()))  // sdata
        case 0x21: return .number(UInt64(bitPattern: implicit))  // implicit_const
        case 0x0c: return .number(try reader.number(size: 1))  // flag
        case 0x19: return .number(1)  // flag_present
        case 0x17: return .offset(try reader.number(size: offsetSize))  // sec_offset
        case 0x08: return .text(try reader.terminated().lowerBound)  // string
        case 0x0e: return try text(sections.debugStrings, &reader)  // strp
        case 0x1f: return try text(sections.debugLineStrings, &reader)  // line_strp
        case 0x1a: return .textIndex(try reader.unsigned())  // strx
        case 0x25, 0x26, 0x27, 0x28: return .textIndex(try reader.number(size: Int(form - 0x24)))  // strx1 to 4
        case 0x1b: return .addressIndex(try reader.unsigned())  // addrx
        case 0x29, 0x2a, 0x2b, 0x2c: return .addressIndex(try reader.number(size: Int(form - 0x28)))  // addrx1 to 4
        case 0x23: return .rangesIndex(try reader.unsigned())  // rnglistx
        case 0x11, 0x12: return try entry(reader.number(size: Int(form - 0x10)), from: unit)  // ref1, ref2
        case 0x13: return try entry(reader.number(size: 4), from: unit)
        case 0x14: return try entry(reader.number(size: 8), from: unit)
        case 0x15: return try entry(reader.unsigned(), from: unit)  // ref_udata
        // In version 2 as large as an address.
        case 0x10:
            return try entry(
                reader.number(size: version == 2 ? addressSize : offsetSize), from: sections.debugInfo.lowerBound)
        default: try skip(form, &reader)
        }
        return .other
    }

    private func skip(_ form: UInt64, _ reader: inout ByteReader) throws(Malformed) {
        switch form {
        case 0x09, 0x18: try reader.skip(reader.unsigned())  // block, exprloc
        case 0x0a: try reader.skip(reader.number(size: 1))  // block1
        case 0x03: try reader.skip(reader.number(size: 2))
        case 0x04: try reader.skip(reader.number(size: 4))
        case 0x1e: try reader.skip(16)  // data16
        case 0x20, 0x24: try reader.skip(8)  // ref_sig8, ref_sup8
        case 0x1c: try reader.skip(4)  // ref_sup4
        case 0x1d: try reader.skip(UInt64(offsetSize))  // strp_sup
        case 0x22: _ = try reader.unsigned()  // loclistx
        default: throw Malformed()
        }
    }

    private func text(_ section: Range<Int>, _ reader: inout ByteReader) throws(Malformed) -> AttributeValue {
        let offset = try reader.number(size: offsetSize)
        return offset < UInt64(section.count) ? .text(section.lowerBound + Int(offset)) : .other
    }

    private func entry(_ offset: UInt64, from start: Int) -> AttributeValue {
        guard offset < UInt64(sections.debugInfo.upperBound - start) else { return .other }
        return .entry(start + Int(offset))
    }
}
