import Synchronization
import Testing
import WasmEngine

@Suite struct InstanceTests {
    @Test func textRunsAndAnswersItsResults() throws {
        let instance = try instance(
            """
            (module (func (export "add") (param i32 i64) (result i64 f64)
              (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)) (f64.const 1.5)))
            """)
        #expect(try instance.function("add")!.call(.i32(-2), .i64(44)) == [.i64(42), .f64(1.5)])
    }

    @Test func functionOfAnotherTypeIsNotFound() throws {
        let instance = try instance(#"(module (func (export "f") (param i32)) (memory (export "m") 1))"#)
        #expect(instance.function("f", type: FunctionType(parameters: [.i32, .i32], results: [])) == nil)
        #expect(instance.function("f", type: FunctionType(parameters: [.i32], results: [])) != nil)
        #expect(instance.function("m") == nil)
        #expect(instance.function("g") == nil)
        #expect(instance.memory("f") == nil)
        #expect(instance.global("f") == nil)
        #expect(instance.table("f") == nil)
    }

    @Test func globalsAreReadAndWrittenUnlessConstant() throws {
        let instance = try instance(
            """
            (module (global (export "sp") (mut i32) (i32.const 7)) (global (export "c") i64 (i64.const 9))
              (global (export "v") (mut v128) (v128.const i32x4 1 2 3 4)) (global (export "r") anyref (ref.null any))
              (table (export "t") 3 funcref))
            """)
        let pointer = try #require(instance.global("sp"))
        #expect(pointer.value == .i32(7))
        try pointer.set(.i32(-16))
        #expect(pointer.value == .i32(-16))
        #expect(instance.global("c")?.value == .i64(9))
        #expect(instance.global("v")?.value == nil)
        #expect(instance.global("r")?.value == nil)
        #expect(throws: EngineError.self) { try instance.global("c")!.set(.i64(1)) }
        #expect(throws: EngineError.self) { try pointer.set(.i64(1)) }
        #expect(instance.table("t")?.count == 3)
    }

    @Test func hostFunctionSeesArgumentsEnvironmentAndStoreData() throws {
        let linker = Linker(engine: Engines.plain)
        let environment = UnsafeMutablePointer<Int64>.allocate(capacity: 2)
        defer { environment.deallocate() }
        environment[0] = 1000
        environment[1] = 200
        try linker.define(
            module: "host", name: "f", type: FunctionType(parameters: [.i32, .i64, .f64], results: [.i64]),
            environment: environment
        ) { environment, caller, slots, count in
            guard count == 3 else { return Trap.make(.unreachable) }
            let sum =
                environment!.load(as: Int64.self) + hostData(of: caller)!.load(as: Int64.self)
                + Int64(slots.load(as: Int32.self)) + slots.load(fromByteOffset: hostSlotStride, as: Int64.self)
                + Int64(slots.load(fromByteOffset: 2 * hostSlotStride, as: Double.self))
            slots.storeBytes(of: sum, as: Int64.self)
            return nil
        }
        let linked = try linker.link(
            module(
                """
                (module (import "host" "f" (func $f (param i32 i64 f64) (result i64)))
                  (func (export "run") (result i64) (call $f (i32.const -3) (i64.const 40) (f64.const 5))))
                """))
        let store = Store(engine: Engines.plain, data: environment + 1)
        #expect(try linked.instantiate(in: store).function("run")!.call() == [.i64(1242)])
    }

    @Test func runawayGuestIsStoppedByTheEpoch() throws {
        let engine = Engines.interruptible
        let instance = try instance(#"(module (func (export "spin") (loop (br 0))))"#, engine: engine)
        let calls = Atomic(0)
        instance.store.setEpochHandler(ticks: 1) {
            calls.wrappingAdd(1, ordering: .relaxed).newValue < 3 ? .proceed(ticks: 1) : .stop
        }
        let done = Atomic(false)
        let ticker = GuestTestThread(stackSize: 1 << 20) {
            while !done.load(ordering: .acquiring) { engine.incrementEpoch() }
        }
        let message = errorMessage { try instance.function("spin")!.call() }
        done.store(true, ordering: .releasing)
        ticker.join()
        #expect(calls.load(ordering: .relaxed) == 3)
        #expect(message?.contains("stopped by the host") == true)
    }

    @Test func guestWithoutAnEpochHandlerIsNotDisturbed() throws {
        let instance = try instance(
            #"(module (func (export "f") (result i32) (i32.const 5)))"#, engine: Engines.interruptible)
        Engines.interruptible.incrementEpoch()
        #expect(try instance.function("f")!.call() == [.i32(5)])
    }
}
