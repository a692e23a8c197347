import Testing
import WasmEngine

@Suite struct TrapTests {
    @Test func trapCarriesCodeReasonNamesAndOffsets() throws {
        let instance = try instance(
            """
            (module
              (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
              (func $outer (export "run") (result i32) (nop) (call $inner (i32.const 0))))
            """)
        let trap = try #require(trap { try instance.function("run")!.call() })
        #expect(trap.code == .divisionByZero)
        #expect(trap.rawCode == 7)
        #expect(trap.reason == "wasm trap: integer divide by zero")
        #expect(trap.frames.map(\.functionName) == ["inner", "outer"])
        #expect(trap.frames.map(\.functionIndex) == [0, 1])
        #expect(trap.frames.map(\.functionOffset) == [5, 4])
        let offsets = trap.frames.compactMap(\.moduleOffset)
        #expect(offsets.count == 2 && offsets[0] < offsets[1])
        #expect(trap.report.contains("inner"))
    }

    @Test func framesWithoutANameSectionKeepTheirIndex() throws {
        let instance = try instance(#"(module (func (export "run") unreachable))"#)
        let trap = try #require(trap { try instance.function("run")!.call() })
        #expect(trap.code == .unreachable)
        #expect(trap.frames.map(\.functionName) == [nil])
        #expect(trap.frames.map(\.functionIndex) == [0])
    }

    @Test func hostTrapEndsTheGuestAsAnInterrupt() throws {
        let linker = Linker(engine: Engines.plain)
        try linker.define(
            module: "h", name: "exit", type: FunctionType(parameters: [], results: []), environment: nil
        ) { _, _, _, _ in Trap.make() }
        let linked = try linker.link(
            module(#"(module (import "h" "exit" (func $exit)) (func $main (export "run") (call $exit)))"#))
        let instance = try linked.instantiate(in: Store(engine: Engines.plain, data: nil))
        let trap = try #require(trap { try instance.function("run")!.call() })
        #expect(trap.code == .interrupt)
        #expect(trap.frames.map(\.functionName) == ["main"])
        // The store survives: a thread may still run guest code after the call that ended.
        #expect(WasmEngineTests.trap { try instance.function("run")!.call() }?.code == .interrupt)
    }

    @Test func trapInTheStartFunctionFailsTheInstance() throws {
        let trap = try #require(
            trap { _ = try instance("(module (func $boot unreachable) (start $boot))") })
        #expect(trap.code == .unreachable)
        #expect(trap.frames.map(\.functionName) == ["boot"])
    }

    @Test(arguments: [false, true]) func endlessRecursionTrapsOnAThreadOfTheStatedSize(interruptible: Bool) throws {
        let engine = interruptible ? Engines.interruptible : Engines.plain
        // Many live locals: large frames reach furthest past the limit that the engine checks.
        let locals = (0..<200).map { "(local $l\($0) i64)" }.joined()
        let sets = (0..<200).map { "(local.set $l\($0) (call $noise (local.get 0)))" }.joined()
        let sums = (0..<200).reduce("(i64.const 0)") { "(i64.add \($0) (local.get $l\($1)))" }
        let module = try module(
            """
            (module (import "h" "noise" (func $noise (param i64) (result i64)))
              (func $deep (export "run") (param i64) (result i64) \(locals)
                \(sets) (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) \(sums))))
            """, engine: engine)
        let linker = Linker(engine: engine)
        try linker.define(
            module: "h", name: "noise", type: FunctionType(parameters: [.i64], results: [.i64]), environment: nil
        ) { _, _, slots, _ in
            // A host function may use its share of the stack at the guest's deepest point.
            withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 16) { room in
                for offset in stride(from: 0, to: room.count, by: 4096) { room[offset] = 1 }
            }
            return nil
        }
        let linked = try linker.link(module)
        let code = OnceBox<Trap.Code>()
        GuestTestThread(stackSize: engine.configuration.guestThreadStackSize) {
            code.value =
                trap {
                    try linked.instantiate(in: Store(engine: engine, data: nil)).function("run")!.call(.i64(0))
                }?.code
        }.join()
        #expect(code.value == .stackOverflow)
    }

    @Test func uncaughtExceptionIsReportedAndDoesNotCrash() throws {
        let instance = try instance(#"(module (tag $t) (func (export "run") (throw $t)))"#)
        #expect(throws: GuestFailure.self) { try instance.function("run")!.call() }
    }
}

/// Written by one thread, read after it has been joined.
final class OnceBox<Content>: @unchecked Sendable {
    var value: Content?
}
