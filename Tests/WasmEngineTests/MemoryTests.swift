import Testing
import WasmEngine

@Suite struct MemoryTests {
    @Test func sharedMemoryIsOneForInstancesOnSeveralThreads() throws {
        let engine = Engines.plain
        let parent = Store(engine: engine, data: nil)
        let memory = try Memory(type: MemoryType(minimum: 1, maximum: 4, isShared: true), store: parent)
        let linker = Linker(engine: engine)
        try linker.define(module: "env", name: "memory", memory: memory, store: parent)
        let linked = try linker.link(
            module(
                """
                (module (import "env" "memory" (memory 1 4 shared)) (export "memory" (memory 0))
                  (func (export "add") (param i32)
                    (loop (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
                      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
                  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
                """))
        let threads = (0..<4).map { _ in
            GuestTestThread(stackSize: engine.configuration.guestThreadStackSize) {
                let instance = try! linked.instantiate(in: Store(engine: engine, data: nil))
                try! instance.function("add")!.call(.i32(10_000))
            }
        }
        for thread in threads { thread.join() }
        #expect(memory.isShared)
        #expect(memory.base.load(fromByteOffset: 64, as: UInt32.self) == 40_000)

        let instance = try linked.instantiate(in: Store(engine: engine, data: nil))
        let exported = try #require(instance.memory())
        #expect(exported.isShared)
        #expect(exported.base == memory.base)
        #expect(try instance.function("grow")!.call() == [.i32(1)])
        #expect(memory.byteCount == 2 << 16)
        #expect(try memory.grow(pages: 2) == 2)
        #expect(exported.byteCount == 4 << 16)
        #expect(throws: EngineError.self) { try memory.grow(pages: 1) }
    }

    @Test func sharedMemoryWithoutAMaximumIsRefused() throws {
        let store = Store(engine: Engines.plain, data: nil)
        #expect(throws: EngineError.self) {
            try Memory(type: MemoryType(minimum: 1, maximum: nil, isShared: true), store: store)
        }
        #expect(throws: EngineError.self) { try Memory(type: MemoryType(minimum: 3, maximum: 2), store: store) }
    }

    @Test func privateMemoryKeepsItsBaseAndStopsAtTheLimit() throws {
        let store = Store(engine: Engines.plain, data: nil)
        store.limit(memoryBytes: 5 << 16)
        let linked = try Linker(engine: Engines.plain).link(
            module(
                """
                (module (memory (export "memory") 1)
                  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
                """))
        let instance = try linked.instantiate(in: store)
        let memory = try #require(instance.memory())
        let base = memory.base
        let grow = try #require(instance.function("grow"))
        #expect(try grow.call(.i32(3)) == [.i32(1)])
        #expect(memory.byteCount == 4 << 16)
        #expect(try grow.call(.i32(2)) == [.i32(-1)])
        #expect(try memory.grow(pages: 1) == 4)
        #expect(throws: EngineError.self) { try memory.grow(pages: 1) }
        #expect(memory.byteCount == 5 << 16)
        #expect(try #require(instance.memory()).base == base)
        #expect(!memory.isShared)
    }

    @Test func importedPrivateMemoryIsTheHosts() throws {
        let store = Store(engine: Engines.plain, data: nil)
        let memory = try Memory(type: MemoryType(minimum: 1, maximum: 2), store: store)
        let linker = Linker(engine: Engines.plain)
        try linker.copy().define(module: "env", name: "memory", memory: memory, store: store)
        let withMemory = linker.copy()
        try withMemory.define(module: "env", name: "memory", memory: memory, store: store)
        let importing = try module(
            """
            (module (import "env" "memory" (memory 1 2))
              (func (export "put") (i32.store (i32.const 65532) (i32.const 77))))
            """)
        try withMemory.link(importing).instantiate(in: store).function("put")!.call()
        #expect(memory.base.load(fromByteOffset: 65532, as: Int32.self) == 77)
        // What was defined in a copy is not in the original.
        #expect(throws: EngineError.self) { try linker.link(importing) }
    }

    @Test func moduleThatNeedsMoreThanTheLimitIsNotMade() throws {
        let store = Store(engine: Engines.plain, data: nil)
        store.limit(memoryBytes: 1 << 20, tableElements: 10)
        let linker = Linker(engine: Engines.plain)
        let memory = try linker.link(module("(module (memory 17))"))
        let table = try linker.link(module("(module (table 11 funcref))"))
        #expect(errorMessage { _ = try memory.instantiate(in: store) }?.contains("memory") == true)
        #expect(errorMessage { _ = try table.instantiate(in: store) }?.contains("table") == true)
    }
}
