import Testing

@testable import Symbols

/// Debug sections are validated by nobody before they are read.
@Suite struct DamagedModuleTests {
    private static let valid: (bytes: [UInt8], codeStart: Int) = {
        var old = LineProgramBuilder()
        old.oldTables(directories: ["lib", "inc"], files: [("a.c", 0), ("b.c", 1), ("c.h", 2)])
        var new = LineProgramBuilder()
        new.version = 5
        new.tables = [1, 1, 0x1f, 2] + little(0, 4) + little(3, 4)
        new.tables += [3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 1] + little(3, 4) + [0] + [UInt8](repeating: 7, count: 16)
        for start in [20, 60, 100] as [UInt64] {
            old.setAddress(start)
            new.setAddress(start + 20)
            for row in 1..<6 {
                old.special(address: 2, line: row)
                old.setFile(row)
                new.special(address: 3, line: 1)
            }
            old.program += [0, 8, 3] + text("d.c") + [1, 0, 0]
            old.endSequence()
            new.endSequence()
        }
        var module = ModuleBuilder()
        module.code(size: 200)
        module.custom(".debug_line_str", text("/d") + text("x.c"))
        module.custom(".debug_line", old.bytes + new.bytes)
        var info = DebugInfoBuilder(version: 5)
        info.declare("take", linkage: "_Z4takev")
        info.add(
            .function(
                name: "serve", low: 20, length: 90,
                [.block([.inlined(of: 0, low: 30, length: 50, file: 1, line: 9, [])])]))
        module.custom(".debug_abbrev", DebugInfoBuilder.abbreviations)
        module.custom(".debug_info", info.bytes)
        module.names([(0, "first"), (1, "second"), (9, "third")])
        return (module.bytes, module.codeStart)
    }()

    private func askEverything(_ bytes: [UInt8]) {
        let table = SymbolTable(module: bytes)
        for offset in stride(from: 0, to: 260, by: 3) {
            _ = table.line(atModuleOffset: offset)
            _ = table.inlinedCalls(atModuleOffset: offset)
        }
        for index in 0..<12 { _ = table.functionName(UInt32(index)) }
    }

    @Test func everyTruncationIsRead() {
        for count in 0...Self.valid.bytes.count { askEverything(Array(Self.valid.bytes.prefix(count))) }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func randomDamageIsRead(seed: UInt64) {
        var random = SplitMix(state: seed)
        let telling: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, 0x1f, 3]
        for _ in 0..<200 {
            var bytes = Self.valid.bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 8..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] = telling.randomElement(using: &random)!
                case 2: bytes.remove(at: place)
                default: bytes.insert(0xff, at: place)
                }
            }
            askEverything(bytes)
        }
    }

    /// A megabyte that claims to be a table of billions of files without fields, and one of names that never end.
    @Test func hugeCountsCostNothing() {
        for tables in [
            [0, 0xff, 0xff, 0xff, 0xff, 0x7f], [1, 1, 0x1f, 0xff, 0xff, 0xff, 0x7f],
            [1, 1, 0x1f, 0xff, 0xff, 0x3f],
        ] as [[UInt8]] {
            var unit = LineProgramBuilder()
            unit.version = 5
            unit.tables = tables + [UInt8](repeating: 0, count: 1 << 20)
            var module = ModuleBuilder()
            module.code(size: 200)
            module.custom(".debug_line_str", [UInt8](repeating: 0x61, count: 1 << 20))
            module.custom(".debug_line", unit.bytes)
            let table = SymbolTable(module: module.bytes)
            let spent = ContinuousClock().measure { _ = table.line(atModuleOffset: module.codeStart + 5) }
            #expect(spent < .seconds(10))
        }
    }
}
