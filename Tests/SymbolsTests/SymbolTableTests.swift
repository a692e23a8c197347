import Testing

@testable import Symbols

@Suite struct SymbolTableTests {
    @Test func functionsAreNamedByIndex() {
        var module = ModuleBuilder()
        module.names([(0, "imported"), (7, "_ZN2ns1fEi"), (300, "run")])
        let table = SymbolTable(module: module.bytes)
        #expect(table.functionName(0) == "imported")
        #expect(table.functionName(7) == "_ZN2ns1fEi")
        #expect(table.functionName(300) == "run")
        #expect(table.functionName(1) == nil)
        #expect(table.functionName(.max) == nil)
        #expect(!table.hasLines)
        #expect(table.line(atModuleOffset: 10) == nil)
    }

    @Test func namesOutOfOrderAreFound() {
        var module = ModuleBuilder()
        module.names([(9, "nine"), (2, "two"), (5, "five")])
        let table = SymbolTable(module: module.bytes)
        #expect([2, 5, 9].map { table.functionName($0) } == ["two", "five", "nine"])
    }

    @Test func namesBeforeADamagedOneStay() {
        var module = ModuleBuilder()
        module.custom("name", [1, 20, 0xff, 0xff, 0xff, 0xff, 0x0f, 4, 1, 0x61, 5, 0x80])
        #expect(SymbolTable(module: module.bytes).functionName(4) == nil)
        module = ModuleBuilder()
        module.custom("name", [1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 4, 1, 0x61, 5, 0x80])
        #expect(SymbolTable(module: module.bytes).functionName(4) == "a")
    }

    @Test(
        arguments: [
            [], [0], [0, 0x61, 0x73, 0x6d], [0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0, 10, 1, 0],
            [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 2, 0x80, 0x80],
        ] as [[UInt8]]) func whatIsNoModuleHasNothing(bytes: [UInt8])
    {
        let table = SymbolTable(module: bytes)
        #expect(!table.hasLines)
        #expect(table.functionName(0) == nil)
        for offset in [-1, 0, 8, .max, .min] { #expect(table.line(atModuleOffset: offset) == nil) }
    }

    @Test func anyThreadMayAsk() async {
        var unit = LineProgramBuilder()
        unit.oldTables(directories: [], files: [("a.c", 0)])
        unit.setAddress(10)
        unit.copy()
        unit.advanceAddress(20)
        unit.endSequence()
        var module = ModuleBuilder()
        module.code(size: 100)
        module.custom(".debug_line", unit.bytes)
        let (table, start) = (SymbolTable(module: module.bytes), module.codeStart)
        let found = await withTaskGroup(of: Int.self) { group in
            for place in 0..<100 {
                group.addTask { table.line(atModuleOffset: start + place)?.line ?? 0 }
            }
            return await group.reduce(0, +)
        }
        #expect(found == 20)
    }
}
