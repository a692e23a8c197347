import Testing

@testable import Symbols

/// Calls that the compiler has put into their callers.
@Suite struct InlineTableTests {
    /// `lock` in `take` in `serve`: lines of a.c (file 1) and h.h (file 2).
    private func table(version: UInt64, _ change: (inout ModuleBuilder) -> Void = { _ in }) -> (SymbolTable, Int) {
        var lines = LineProgramBuilder()
        lines.oldTables(directories: [], files: [("a.c", 0), ("h.h", 0)])
        lines.setAddress(100)
        lines.setFile(2)
        lines.advanceLine(6)
        lines.copy()
        lines.advanceAddress(100)
        lines.endSequence()
        var info = DebugInfoBuilder(version: version)
        info.declare("lock", linkage: "_ZN2os4lockEv")
        info.declare("take")
        info.add(
            .function(
                name: "serve", low: 100, length: 100,
                [
                    .inlined(of: 1, low: 110, length: 10, file: 1, line: 20, []),
                    .block([
                        .inlined(
                            of: 1, low: 120, length: 40, file: 1, line: 30,
                            [.inlined(of: 0, low: 130, length: 10, file: 2, line: 5, [])])
                    ]),
                ]))
        info.add(
            .function(name: "dead", low: 0, length: 500, [.inlined(of: 0, low: 0, length: 400, file: 1, line: 1, [])]))
        var module = ModuleBuilder()
        module.code(size: 400)
        module.custom(".debug_line", lines.bytes)
        module.custom(".debug_abbrev", DebugInfoBuilder.abbreviations)
        module.custom(".debug_info", info.bytes)
        change(&module)
        return (SymbolTable(module: module.bytes), module.codeStart)
    }

    private func calls(_ table: (SymbolTable, Int), at address: Int) -> [String] {
        table.0.inlinedCalls(atModuleOffset: table.1 + address).map { call in
            "\(call.function) from \(call.caller.map { "\($0.file):\($0.line)" } ?? "?")"
        }
    }

    @Test(arguments: [4, 5] as [UInt64]) func theInnermostCallComesFirst(version: UInt64) {
        let table = table(version: version)
        #expect(calls(table, at: 135) == ["_ZN2os4lockEv from h.h:5", "take from a.c:30"])
        #expect(calls(table, at: 125) == ["take from a.c:30"])
        #expect(calls(table, at: 115) == ["take from a.c:20"])
        #expect(table.0.line(atModuleOffset: table.1 + 135)?.file == "h.h")
    }

    @Test func codeOfTheFunctionItselfHasNone() {
        let table = table(version: 4)
        for address in [100, 109, 160, 199, 200, 50, 399] { #expect(calls(table, at: address).isEmpty) }
        #expect(table.0.inlinedCalls(atModuleOffset: -1).isEmpty)
        #expect(table.0.inlinedCalls(atModuleOffset: .max).isEmpty)
    }

    /// A unit of a kind that is not known stands before: the others are read.
    @Test func aUnitThatCannotBeReadIsPassedOver() {
        var info = DebugInfoBuilder()
        info.declare("take")
        info.add(
            .function(name: "serve", low: 100, length: 50, [.inlined(of: 0, low: 100, length: 9, file: 1, line: 7, [])])
        )
        var module = ModuleBuilder()
        var lines = LineProgramBuilder()
        lines.oldTables(directories: [], files: [("a.c", 0)])
        lines.setAddress(100)
        lines.copy()
        lines.advanceAddress(50)
        lines.endSequence()
        module.code(size: 400)
        module.custom(".debug_line", lines.bytes)
        module.custom(".debug_abbrev", DebugInfoBuilder.abbreviations)
        module.custom(".debug_info", little(3, 4) + [9, 0, 0] + info.bytes)
        // References count from the unit, so that the second one's are right wherever it stands.
        let table = (SymbolTable(module: module.bytes), module.codeStart)
        #expect(calls(table, at: 104) == ["take from a.c:7"])
    }

    /// Every unit names the same endless table of abbreviations, from another place in it.
    @Test func tablesThatAreReadAgainAndAgainCostLittle() {
        var module = ModuleBuilder()
        var lines = LineProgramBuilder()
        lines.oldTables(directories: [], files: [("a.c", 0)])
        lines.setAddress(100)
        lines.copy()
        lines.endSequence()
        let shapes = [UInt8]((0..<50_000).flatMap { leb($0 + 1) + [0x2e, 0, 0x03, 0x08, 0, 0] })
        var info: [UInt8] = []
        for unit in 0..<20_000 { info += little(9, 4) + little(4, 2) + little(UInt64(unit), 4) + [4, 1, 0] }
        module.code(size: 400)
        module.custom(".debug_line", lines.bytes)
        module.custom(".debug_abbrev", shapes)
        module.custom(".debug_info", info)
        let table = SymbolTable(module: module.bytes)
        let spent = ContinuousClock().measure { _ = table.inlinedCalls(atModuleOffset: module.codeStart + 100) }
        #expect(spent < .seconds(10))
    }
}
