import Foundation
import TestSupport
import Testing

@testable import WasmEngine

@Suite struct WaitRewritingTests {
    private static let shared = #"(import "env" "memory" (memory 1 1 shared))"#
    private static let wait = "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const 0)))"

    private func rewriting(_ text: String) throws -> WaitRewriting? {
        let binary = try Module.binary(fromFile: Array(text.utf8))
        return WaitRewriting(binary, try ModuleInterface(binary: binary))
    }

    private func isValid(_ binary: [UInt8]) -> Bool {
        (try? Module(binary: binary, engine: Engines.plain, rewritesWaits: false)) != nil
    }

    @Test(arguments: [
        "(module (memory 1) (func \(wait)))",
        "(module \(shared) (func (drop (i32.atomic.load (i32.const 0)))))",
        "(module \(shared) (func (drop (i32.const -2)) (drop (i64.const 0x7e7e0101fe))))",
        // A memory that no other thread can have.
        "(module (import \"env\" \"memory\" (memory 1)) (memory $own 1 1 shared) "
            + "(func (drop (memory.atomic.notify $own (i32.const 0) (i32.const 1)))))",
        "(module (func))", "(module)",
    ])
    func otherModulesStayAsTheyAre(_ text: String) throws { #expect(try rewriting(text) == nil) }

    @Test(arguments: [
        "(module \(shared) (func \(wait)))",
        "(module \(shared) (func $s \(wait)) (start $s))",
        "(module (memory (export \"memory\") 1 1 shared) (func (export \"f\") \(wait)))",
        "(module \(shared) (table 1 funcref) (table 2 externref) (func (export \"f\") \(wait)) (elem func 0))",
        "(module (import \"a\" \"t\" (table 1 funcref)) (import \"a\" \"f\" (func)) \(shared) (start 0) (func \(wait)))",
        "(module (rec (type (struct)) (type (func))) (type (func)) \(shared) (func (type 2) \(wait)))",
        "(module (import \"env\" \"memory\" (memory i64 1 1 shared)) "
            + "(func (drop (memory.atomic.notify offset=0x123456789 (i64.const 0) (i32.const 1)))))",
        "(module \(shared) (memory 1) (data \"x\") (global i32 (i32.const 1)) (tag) "
            + "(func \(wait) (memory.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0))))",
    ])
    func whatIsWrittenIsValid(_ text: String) throws {
        let binary = try Module.binary(fromFile: Array(text.utf8))
        try #require(isValid(binary))
        let rewriting = try #require(try rewriting(text))
        #expect(isValid(rewriting.binary))
        try expectSameCode(binary, rewriting)
    }

    /// Functions keep their lengths, and what is replaced stands where it stood.
    private func expectSameCode(_ original: [UInt8], _ rewriting: WaitRewriting) throws {
        let (before, after) = (try codeBodies(of: original), try codeBodies(of: rewriting.binary))
        #expect(after.count > before.count)
        for (one, other) in zip(before, after) { #expect(one.count == other.count) }
        let changed = original.indices.filter { index in
            let place = index + rewriting.codeShift
            return rewriting.binary.indices.contains(place) && rewriting.binary[place] != original[index]
        }
        let calls = changed.filter { original[$0] == 0xfe && rewriting.binary[$0 + rewriting.codeShift] == 0x10 }
        #expect(!calls.isEmpty)
    }

    @Test func longInstructionsAreFilledUp() throws {
        // The number 0 in five bytes, three times.
        let zero: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x00]
        let text = "(module \(Self.shared) (func (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))"
        var binary = try Module.binary(fromFile: Array(text.utf8))
        let place = try #require(binary.firstRange(of: [0xfe, 0x00, 0x02, 0x00]))
        let long = [0xfe] + zero + [0x82, 0x80, 0x80, 0x80, 0x00] + zero
        binary.replaceSubrange(place, with: long)
        let size = try #require(binary.firstRange(of: [0x0a, 0x0d, 0x01, 0x0b, 0x00]))
        binary[size.lowerBound + 1] += UInt8(long.count - 4)
        binary[size.lowerBound + 3] += UInt8(long.count - 4)
        try #require(isValid(binary))
        let rewriting = try #require(WaitRewriting(binary, try ModuleInterface(binary: binary)))
        #expect(isValid(rewriting.binary))
        try expectSameCode(binary, rewriting)
    }

    @Test func oneFunctionIsAddedForEachOffset() throws {
        let site = { (offset: Int) in "(drop (memory.atomic.notify offset=\(offset) (i32.const 0) (i32.const 1)))" }
        let text = "(module \(Self.shared) (func \(site(0)) \(site(0)) \(site(8))) (func \(site(8)) \(Self.wait)))"
        #expect(try codeBodies(of: try #require(try rewriting(text)).binary).count == 2 + 3)
    }

    @Test func namesThatAreOursAreTakenOnlyOnce() throws {
        let text = """
            (module \(Self.shared) (func (export "\(WaitRewriting.startName)") \(Self.wait)))
            """
        #expect(try rewriting(text) == nil)
        #expect((try? module(text)) != nil)
    }

    /// What the engine refuses stays refused, with its own words.
    @Test(arguments: [
        // A start function that takes something.
        "(module \(shared) (func $s (param i32) \(wait)) (start $s))",
        "(module \(shared) (start 7) (func \(wait)))",
        "(module \(shared) (func (drop (memory.atomic.wait32 (i32.const 0) (i64.const 1) (i64.const 0)))))",
        "(module \(shared) (func (drop (memory.atomic.wait32 align=1 (i32.const 0) (i32.const 1) (i64.const 0)))))",
        "(module \(shared) (func (memory.atomic.notify (i32.const 0) (i32.const 1))))",
    ])
    func invalidModulesStayInvalid(_ text: String) throws {
        let binary = try Module.binary(fromFile: Array(text.utf8))
        #expect(!isValid(binary))
        #expect(errorMessage { _ = try Module(binary: binary, engine: Engines.plain) } != nil)
    }

    @Test func sectionsInAnotherOrderAreNotPutRight() throws {
        let text = "(module \(Self.shared) (func $s \(Self.wait)) (start $s))"
        let binary = try Module.binary(fromFile: Array(text.utf8))
        let start = try #require(binary.firstRange(of: [0x08, 0x01, 0x00]))
        var moved = binary
        moved.removeSubrange(start)
        moved.insert(contentsOf: [0x08, 0x01, 0x00], at: 8)
        let twice = binary[..<start.upperBound] + [0x08, 0x01, 0x00] + binary[start.upperBound...]
        for module in [moved, Array(twice)] {
            #expect(!isValid(module))
            #expect((try? Module(binary: module, engine: Engines.plain)) == nil)
        }
    }

    @Test(arguments: [
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff, 0xff, 0x0f],
    ])
    func absurdNumbersOfFunctionsOrTablesAreLeftToTheEngine(_ number: [UInt8]) throws {
        let text = "(module \(Self.shared) (table 1 funcref) (func \(Self.wait)))"
        let binary = try Module.binary(fromFile: Array(text.utf8))
        for id: UInt8 in [4, 10] {
            // Each section is shorter than 128 bytes here.
            let head = try #require(binary.indices.first { binary[$0] == id && binary[$0 + 2] == 1 })
            var absurd = binary
            absurd.replaceSubrange(head + 2...head + 2, with: number)
            absurd[head + 1] += UInt8(number.count - 1)
            #expect(errorMessage { _ = try Module(binary: absurd, engine: Engines.plain) } != nil)
        }
    }

    /// Bytes of a module that is rewritten, changed at random: nothing crashes, and what the engine refuses is not made good.
    @Test func damagedModulesAreNotMadeGood() throws {
        let text = """
            (module \(Self.shared) (table 1 funcref) (global i32 (i32.const 1)) (func $s \(Self.wait)) (start $s)
              (func (export "f") (param i32 i64) (result i32)
                (memory.atomic.wait64 offset=16 (local.get 0) (i64.const 5) (local.get 1))) (elem (i32.const 0) 0))
            """
        let binary = try Module.binary(fromFile: Array(text.utf8))
        var random = SeededGenerator(seed: 41)
        var accepted = 0
        for _ in 0..<3000 {
            var damaged = binary
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 8..<damaged.count, using: &random)] = .random(in: 0 ... .max, using: &random)
            }
            if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count - 8, using: &random)) }
            guard let interface = try? ModuleInterface(binary: damaged),
                let rewriting = WaitRewriting(damaged, interface), isValid(rewriting.binary)
            else { continue }
            accepted += 1
            #expect(isValid(damaged))
        }
        #expect(accepted > 50)
    }

    /// Every module that the tests run, and the demos.
    @Test(.enabled(if: !Guests.all.isEmpty, "no guests are built"))
    func everyGuestIsReadToItsEnd() throws {
        var rewritten = 0
        for path in Guests.all {
            guard let file = FileManager.default.contents(atPath: path), file.starts(with: [0x00, 0x61, 0x73, 0x6d]),
                let interface = try? ModuleInterface(binary: Array(file))
            else { continue }
            let binary = Array(file)
            var sites = 0
            for body in try codeBodies(of: binary) {
                sites += try body.withUnsafeBytes { bytes in
                    var reader = CodeReader(bytes, in: 0..<bytes.count)
                    return try reader.waitSites().count
                }
            }
            let isShared = interface.programMemory.map { interface.memories[$0].isShared } ?? false
            let rewriting = WaitRewriting(binary, interface)
            #expect((rewriting != nil) == (sites > 0 && isShared), "\(path)")
            guard let rewriting else { continue }
            rewritten += 1
            #expect(isValid(rewriting.binary), "\(path)")
            // What the reader finds in the rewritten module is what was left: nothing.
            let again = try ModuleInterface(binary: rewriting.binary)
            #expect(again.functionCount > interface.functionCount, "\(path)")
            #expect(WaitRewriting(rewriting.binary, again) == nil, "\(path)")
        }
        #expect(rewritten > 0)
    }
}

/// Modules that `make guests` and `make test` build.
private enum Guests {
    static let all: [String] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return ["guests", "test-guests"].flatMap { folder -> [String] in
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(".build/\(folder)"), includingPropertiesForKeys: nil)
            return (files?.compactMap { ($0 as? URL)?.path } ?? []).filter { $0.hasSuffix(".wasm") }
        }.sorted()
    }()
}
