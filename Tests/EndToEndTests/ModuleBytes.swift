import Foundation

/// Modules put together by hand: names that no text form writes, and sizes that no text form should have.
enum ModuleBytes {
    /// A module with these sections, and an entry that is its only function of its own.
    static func module(
        importing imports: [(module: String, name: [UInt8])] = [], functionNames: [UInt8: [UInt8]] = [:],
        entry: [UInt8] = [0x00, 0x0b], others: Int = 0, other: [UInt8] = [], custom: [String] = []
    ) -> Data {
        var bytes: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
        for name in custom { bytes += section(0, text(name)) }
        bytes += section(1, [1, 0x60, 0, 0])
        if !imports.isEmpty {
            bytes += section(2, number(imports.count) + imports.flatMap { text($0.module) + text($0.name) + [0, 0] })
        }
        bytes += section(3, number(1 + others) + [UInt8](repeating: 0, count: 1 + others))
        bytes += section(7, [1] + text("_start") + [0] + number(imports.count))
        let bodies = [[UInt8]](repeating: other, count: others)
        bytes += section(10, number(1 + others) + ([entry] + bodies).flatMap { number($0.count) + $0 })
        if !functionNames.isEmpty {
            let names = functionNames.sorted { $0.key < $1.key }.flatMap { [$0.key] + text($0.value) }
            bytes += section(0, text("name") + section(1, number(functionNames.count) + names))
        }
        return Data(bytes)
    }

    /// One that a compiler is busy with for seconds.
    static let large: Data = {
        // (local i32) ... local.get 0, i32.const n, i32.mul, i32.const n, i32.xor, local.set 0 ...
        let steps = (0..<120).flatMap { step -> [UInt8] in
            [0x20, 0, 0x41, UInt8(step % 60), 0x6c, 0x41, UInt8(step % 50), 0x73, 0x21, 0]
        }
        return module(others: 8000, other: [1, 1, 0x7f] + steps + [0x0b])
    }()

    private static func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [id] + number(contents.count) + contents
    }
    private static func text(_ text: String) -> [UInt8] { self.text(Array(text.utf8)) }
    private static func text(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }

    /// LEB128.
    private static func number(_ value: Int) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }
}
