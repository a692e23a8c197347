import Testing

@testable import Symbols

@Suite struct LineTableTests {
    /// What the table says of offsets from the code section's contents.
    private func positions(_ unit: LineProgramBuilder, _ addresses: Int...) -> [String] {
        positions([unit.bytes], addresses)
    }

    private func positions(_ units: [[UInt8]], strings: [UInt8] = [], _ addresses: [Int]) -> [String] {
        var module = ModuleBuilder()
        module.code(size: 200)
        module.custom(".debug_line_str", strings)
        module.custom(".debug_line", units.flatMap { $0 })
        let table = SymbolTable(module: module.bytes)
        #expect(table.hasLines)
        return addresses.map { address in
            guard let found = table.line(atModuleOffset: module.codeStart + address) else { return "-" }
            return "\(found.file):\(found.line):\(found.column)"
        }
    }

    /// Two files, one with a directory.
    private func unit(_ version: UInt64 = 4) -> LineProgramBuilder {
        var unit = LineProgramBuilder()
        unit.version = version
        unit.oldTables(directories: ["lib"], files: [("a.c", 0), ("b.c", 1)])
        return unit
    }

    @Test(arguments: [2, 3, 4] as [UInt64]) func rowsReachToTheNextOne(version: UInt64) {
        var unit = unit(version)
        unit.setAddress(10)
        unit.setColumn(3)
        unit.special(address: 0, line: 4)
        unit.special(address: 5, line: -2)
        unit.setFile(2)
        unit.advanceLine(60)
        unit.advanceAddress(10)
        unit.copy()
        unit.advanceAddress(5)
        unit.endSequence()
        #expect(
            positions(unit, 9, 10, 14, 15, 24, 25, 29, 30)
                == ["-", "a.c:5:3", "a.c:5:3", "a.c:3:3", "a.c:3:3", "lib/b.c:63:3", "lib/b.c:63:3", "-"])
    }

    @Test func lastOfSeveralRowsForAnAddressCounts() {
        var unit = unit()
        unit.setAddress(10)
        unit.copy()
        unit.advanceLine(1)
        unit.copy()
        unit.advanceAddress(1)
        unit.endSequence()
        #expect(positions(unit, 10) == ["a.c:2:0"])
    }

    @Test func everyStandardOpcodeIsStepped() {
        var unit = unit()
        unit.opcodeBase = 16
        unit.setAddress(10)
        unit.program += [6, 7, 10, 11, 12, 0x80, 1, 13, 5, 14, 6, 15, 7]  // marks, set_isa, and three unknown ones
        unit.program += [0, 2, 4, 9, 0, 3, 0x80, 1, 2]  // a discriminator, and what a vendor added
        unit.copy()
        unit.program += [8]  // const_add_pc: (255 - 16) / 14 = 17
        unit.advanceLine(1)
        unit.copy()
        unit.program += [9, 0x10, 0]  // fixed_advance_pc
        unit.endSequence()
        #expect(positions(unit, 10, 26, 27, 42, 43) == ["a.c:1:0", "a.c:1:0", "a.c:2:0", "a.c:2:0", "-"])
    }

    @Test func programMayDeclareFiles() {
        var unit = unit()
        unit.program += [0, 8, 3] + text("c.c") + [1, 0, 0]
        unit.setAddress(10)
        unit.setFile(3)
        unit.copy()
        unit.advanceAddress(4)
        unit.endSequence()
        #expect(positions(unit, 12) == ["lib/c.c:1:0"])
    }

    @Test func bundlesAdvanceByOperations() {
        var unit = unit()
        unit.minimumInstructionLength = 4
        unit.operationsPerInstruction = 2
        unit.setAddress(8)
        unit.copy()
        unit.advanceAddress(3)
        unit.advanceLine(1)
        unit.copy()
        unit.advanceAddress(1)
        unit.endSequence()
        #expect(positions(unit, 11, 12, 15, 16) == ["a.c:1:0", "a.c:2:0", "a.c:2:0", "-"])
    }

    @Test(arguments: [0, 0xffff_ffff, 0xffff_fffe, 200] as [UInt64]) func removedFunctionsAreLeftOut(address: UInt64) {
        var unit = unit()
        unit.setAddress(address)
        unit.advanceAddress(40)
        unit.copy()
        unit.advanceAddress(40)
        unit.endSequence()
        unit.setAddress(50)
        unit.setFile(2)
        unit.copy()
        unit.advanceAddress(4)
        unit.endSequence()
        #expect(positions(unit, 1, 39, 45, 50, 60) == ["-", "-", "-", "lib/b.c:1:0", "-"])
    }

    @Test func wideTombstoneDoesNotWrapIntoTheCode() {
        var unit = unit()
        unit.setAddress(.max, size: 8)
        unit.advanceAddress(20)
        unit.copy()
        unit.advanceAddress(40)
        unit.endSequence()
        #expect(positions(unit, 19, 20, 30) == ["-", "-", "-"])
    }

    @Test func lineZeroIsNoLine() {
        var unit = unit()
        unit.setAddress(10)
        unit.special(address: 0, line: -1)
        unit.special(address: 4, line: 3)
        unit.advanceAddress(4)
        unit.endSequence()
        #expect(positions(unit, 10, 14) == ["-", "a.c:3:0"])
    }

    @Test func sequencesOfSeveralUnitsAreFoundInAnyOrder() {
        var (first, second) = (unit(), unit(2))
        for start in [90, 30] as [UInt64] {
            first.setAddress(start)
            first.copy()
            first.advanceAddress(5)
            first.endSequence()
        }
        second.setAddress(60)
        second.setFile(2)
        second.copy()
        second.advanceAddress(5)
        second.endSequence()
        var unreadable = unit(9)
        unreadable.program = [1, 2, 3]
        let units = [unreadable.bytes, first.bytes, second.bytes]
        #expect(positions(units, [30, 35, 64, 65, 94]) == ["a.c:1:0", "-", "lib/b.c:1:0", "-", "a.c:1:0"])
    }

    @Test(arguments: [false, true]) func version5ReadsItsFormats(is64: Bool) {
        var unit = LineProgramBuilder()
        unit.version = 5
        unit.is64 = is64
        let strings = text("/home/me") + text("a.c") + text("inc")
        let offset = { (at: UInt64) in little(at, is64 ? 8 : 4) }
        // Directories by line_strp; files by line_strp, udata and an MD5 by data16.
        unit.tables = [1, 1, 0x1f, 2] + offset(0) + offset(13)
        unit.tables += [3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 2]
        unit.tables += offset(9) + [0] + [UInt8](repeating: 7, count: 16)
        unit.tables += offset(9) + [1] + [UInt8](repeating: 8, count: 16)
        unit.setAddress(10, size: is64 ? 8 : 4)
        unit.setFile(0)
        unit.copy()
        unit.setFile(1)
        unit.special(address: 2, line: 1)
        unit.advanceAddress(2)
        unit.endSequence()
        #expect(positions([unit.bytes], strings: strings, [10, 12]) == ["a.c:1:0", "inc/a.c:2:0"])
    }

    @Test func version5StepsOverEveryForm() {
        var unit = LineProgramBuilder()
        unit.version = 5
        unit.tables = [1, 1, 8, 1] + text("/d")
        unit.tables += [8, 1, 8, 0x81, 0x40, 0x05, 9, 0x06, 9, 0x07, 9, 0x0a, 9, 0x03, 9, 0x04, 9, 0x09] + [1]
        unit.tables += text("x.c") + [0, 0] + [0, 0, 0, 0] + little(0, 8)
        unit.tables += [1, 0xee] + [1, 0, 0xee] + [1, 0, 0, 0, 0xee] + [2, 0xee, 0xee]
        unit.setAddress(10)
        unit.setFile(0)
        unit.copy()
        unit.advanceAddress(2)
        unit.endSequence()
        #expect(positions(unit, 10) == ["x.c:1:0"])
    }

    @Test func longSequencesAreFoundInEveryPart() {
        var unit = unit()
        unit.setAddress(10)
        for row in 1...180 {
            unit.setColumn(row)
            if row % 3 == 0 { unit.setFile(row % 2 + 1) }
            unit.special(address: row % 10 == 0 ? 0 : 1, line: 1)
        }
        unit.advanceAddress(1)
        unit.endSequence()
        var expected = ["-"]
        var (address, file) = (10, 1)
        for row in 1...180 {
            if row % 3 == 0 { file = row % 2 + 1 }
            if row % 10 != 0 { address += 1 }
            expected[(address - 10)...] = ["\(file == 1 ? "a.c" : "lib/b.c"):\(row + 1):\(row)"]
        }
        #expect(positions([unit.bytes], Array(10..<10 + expected.count)) == expected)
    }

    @Test func rangeOfNoLinesDoesNotDivide() {
        var unit = unit()
        unit.lineRange = 0
        unit.setAddress(10)
        unit.program += [200, 8]
        unit.advanceAddress(2)
        unit.endSequence()
        #expect(positions(unit, 10) == ["a.c:1:0"])
    }
}
