import TestSupport
import Testing

@testable import WasmEngine

@Suite struct ModuleTests {
    @Test func interfaceListsEveryKindInOrder() throws {
        let module = try module(
            """
            (module
              (type $pair (struct (field i8) (field (mut (ref null 0)))))
              (rec (type $a (sub (array (mut i16)))) (type $f (func (param i32 i64) (result f32 f64))))
              (import "a" "f" (func (type $f)))
              (import "a" "vector" (func (param v128 anyref (ref func) (ref null $pair)) (result externref)))
              (import "a" "table" (table 1 2 (ref null any)))
              (import "env" "memory" (memory 2 65536 shared))
              (import "a" "wide" (memory i64 1))
              (import "a" "global" (global (mut (ref null exn))))
              (import "a" "tag" (tag (param i32)))
              (func $g (export "g") (param funcref))
              (memory (export "own") 3 4)
              (export "f" (func 0)) (export "memory" (memory 0)) (export "table" (table 0))
              (global (export "global") v128 (v128.const i64x2 1 2)) (export "tag" (tag 0)))
            """)
        let function = ExternType.function(FunctionType(parameters: [.i32, .i64], results: [.f32, .f64]))
        let memory = ExternType.memory(MemoryType(minimum: 2, maximum: 65536, isShared: true))
        #expect(
            module.imports == [
                ModuleImport(module: "a", name: "f", type: function),
                ModuleImport(
                    module: "a", name: "vector",
                    type: .function(
                        FunctionType(
                            parameters: [.v128, .otherReference, .otherReference, .otherReference],
                            results: [.externref]))),
                ModuleImport(module: "a", name: "table", type: .table),
                ModuleImport(module: "env", name: "memory", type: memory),
                ModuleImport(
                    module: "a", name: "wide", type: .memory(MemoryType(minimum: 1, maximum: nil, is64: true))),
                ModuleImport(module: "a", name: "global", type: .global),
                ModuleImport(module: "a", name: "tag", type: .tag),
            ])
        #expect(
            module.exports == [
                ModuleExport(name: "g", type: .function(FunctionType(parameters: [.funcref], results: []))),
                ModuleExport(name: "own", type: .memory(MemoryType(minimum: 3, maximum: 4))),
                ModuleExport(name: "f", type: function),
                ModuleExport(name: "memory", type: memory),
                ModuleExport(name: "table", type: .table),
                ModuleExport(name: "global", type: .global),
                ModuleExport(name: "tag", type: .tag),
            ])
        #expect(module.exportType(named: "f") == function)
        #expect(module.exportType(named: "h") == nil)
    }

    @Test func importOfAnotherTypeIsNamed() throws {
        let linker = Linker(engine: Engines.plain)
        try linker.define(
            module: "h", name: "f", type: FunctionType(parameters: [.i32], results: []), environment: nil
        ) { _, _, _, _ in nil }
        let wrongType = try module(#"(module (import "h" "f" (func (param i64) (result v128))))"#)
        #expect(errorMessage { _ = try linker.link(wrongType) }?.contains("`h::f`") == true)
        let wrongKind = try module(#"(module (import "h" "f" (memory 1)))"#)
        #expect(errorMessage { _ = try linker.link(wrongKind) }?.contains("`h::f`") == true)
        let unknown = try module(#"(module (import "h" "evil\1b[2J\n" (func)))"#)
        let message = try #require(errorMessage { _ = try linker.link(unknown) })
        #expect(message.contains("unknown import") && message.contains("[2J"))
        #expect(!message.contains { $0.isNewline })
    }

    @Test func nameIsDefinedOnceOnly() throws {
        let linker = Linker(engine: Engines.plain)
        let type = FunctionType(parameters: [], results: [])
        try linker.define(module: "h", name: "f", type: type, environment: nil) { _, _, _, _ in nil }
        #expect(throws: EngineError.self) {
            try linker.define(module: "h", name: "f", type: type, environment: nil) { _, _, _, _ in nil }
        }
    }

    @Test func errorsInTextNameTheLine() {
        let message = errorMessage { _ = try module("(module\n  (fnuc))") }
        #expect(message == "expected valid module field: line 2:4")
        #expect(errorMessage { _ = try module("") } == "the file is empty")
        #expect(errorMessage { _ = try module("not a module") }?.contains("\n") == false)
    }

    @Test func invalidCodeIsRefusedWithItsOffset() {
        let message = errorMessage { _ = try module("(module (func i32.add drop))") }
        #expect(message?.contains("type mismatch") == true)
        #expect(message?.contains("offset") == true)
        #expect(message?.contains("\n") == false)
    }

    @Test func everyTruncationOfAModuleIsRefusedOrWhole() throws {
        let whole = try Module.binary(
            fromFile: Array(
                """
                (module (import "a" "f" (func (param i32))) (memory (export "m") 1 2) (data (i32.const 0) "xyz")
                  (func (export "g") (param i32) (result i32) (call 0 (local.get 0)) (local.get 0)))
                """.utf8))
        var accepted: [Int] = []
        for count in 0..<whole.count where (try? Module(binary: Array(whole[..<count]), engine: Engines.plain)) != nil {
            accepted.append(count)
        }
        // A cut between two sections can be a module; most cannot.
        #expect(accepted.count <= 6)
        #expect(!accepted.contains(whole.count - 1))
    }

    @Test func randomBytesAreRefusedInOneLine() {
        var random = SeededGenerator(seed: 0x5eed)
        for round in 0..<40 {
            var bytes = (0..<Int.random(in: 1...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if round % 2 == 0 { bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] + bytes }
            let message = errorMessage {
                _ = try Module(binary: Module.binary(fromFile: bytes), engine: Engines.plain)
            }
            #expect(message?.isEmpty == false && message?.contains("\n") == false, "round \(round)")
        }
    }

    @Test func damagedModulesAreRefusedOrRunSafely() throws {
        let whole = try Module.binary(
            fromFile: Array(
                """
                (module (type (func (param v128 externref))) (import "a" "f" (func (type 0))) (table 3 funcref)
                  (memory (export "m") 1) (global (export "g") (mut i64) (i64.const 4)) (export "h" (func 1))
                  (func (param i32) (result i32) (i32.load (local.get 0))) (elem (i32.const 0) func 1))
                """.utf8))
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes = whole
            bytes[Int.random(in: 8..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if let module = try? Module(binary: bytes, engine: Engines.plain) {
                _ = try? Linker(engine: Engines.plain).link(module)
            }
        }
    }
}
