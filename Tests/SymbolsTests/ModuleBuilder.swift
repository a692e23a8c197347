/// Writes wasm modules byte by byte.
struct ModuleBuilder {
    private(set) var bytes: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    /// Where the code section's contents begin: what DWARF counts from.
    private(set) var codeStart = 0

    mutating func section(_ id: UInt8, _ contents: [UInt8]) {
        bytes += [id] + leb(contents.count)
        if id == 10 { codeStart = bytes.count }
        bytes += contents
    }

    mutating func custom(_ name: String, _ contents: [UInt8]) {
        section(0, leb(name.utf8.count) + Array(name.utf8) + contents)
    }

    /// A code section of this size; its contents do not matter to anyone here.
    mutating func code(size: Int) {
        section(10, [1] + [UInt8](repeating: 0, count: size - 1))
    }

    mutating func names(_ functions: [(index: Int, name: String)]) {
        let entries = functions.flatMap { leb($0.index) + leb($0.name.utf8.count) + Array($0.name.utf8) }
        let contents = leb(functions.count) + entries
        custom("name", [0, 2, 1, 0x6d] + [1] + leb(contents.count) + contents)
    }
}

/// Unsigned LEB128.
func leb(_ value: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = UInt64(value)
    repeat {
        let low = UInt8(rest & 0x7f)
        rest >>= 7
        bytes.append(rest == 0 ? low : low | 0x80)
    } while rest != 0
    return bytes
}

func little(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}

/// With its NUL.
func text(_ string: String) -> [UInt8] { Array(string.utf8) + [0] }
