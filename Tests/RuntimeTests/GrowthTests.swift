import Testing
import WasmEngine

@testable import Runtime

/// How far a guest's memories and tables grow.
@Suite struct GrowthTests {
    private static let exit = #"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#

    @Test(arguments: [nil, UInt64(1) << 20]) func tablesHaveALimitOfTheirOwn(memory: UInt64?) throws {
        let running = try RunningGuest(
            """
            (module \(Self.exit) (table $t 1 funcref) (memory (export "memory") 1)
              (func (export "_start")
                (if (i32.ne (table.grow $t (ref.null func) (i32.const \(Store.tableLimit))) (i32.const -1))
                  (then (call $exit (i32.const 1))))
                (call $exit (table.grow $t (ref.null func) (i32.const 1000)))))
            """
        ) { $0.maximumMemory = memory }
        #expect(try running.end() == .exited(code: 1), "what it had before")
    }

    /// An imported memory lives in the store of the set-up.
    @Test func anImportedMemoryDoesNotLiftIt() throws {
        let running = try RunningGuest(
            """
            (module \(Self.exit) (import "env" "memory" (memory 1)) (table $t 1 funcref)
              (func (export "_start")
                (call $exit (i32.eq (table.grow $t (ref.null func) (i32.const 100000000)) (i32.const -1)))))
            """)
        #expect(try running.end() == .exited(code: 1))
    }

    /// To 8 GiB and its last byte, by a declared maximum or none.
    @Test(arguments: ["262144", ""]) func aWideMemoryGrowsToWhatItDeclares(maximum: String) throws {
        let running = try RunningGuest(
            """
            (module \(Self.exit) (memory (export "memory") i64 1 \(maximum))
              (func (export "_start")
                (if (i64.eq (memory.grow (i64.const 131071)) (i64.const -1)) (then (call $exit (i32.const 50))))
                (i64.store8 (i64.const 0x1ffffffff) (i64.const 9))
                (call $exit (i32.wrap_i64 (i64.load8_u (i64.const 0x1ffffffff))))))
            """)
        #expect(try running.end() == .exited(code: 9))
    }

    @Test func aWideMemoryStopsAtItsMaximum() throws {
        let running = try RunningGuest(
            """
            (module \(Self.exit) (memory (export "memory") i64 1 100000)
              (func (export "_start")
                (call $exit (i32.wrap_i64 (memory.grow (i64.const 100000))))))
            """)
        #expect(try running.end() == .exited(code: .max))
    }

    @Test func roomIsSetAsideForWideMemoriesAlone() {
        func room(_ memories: [MemoryType]) -> UInt64 {
            EngineConfiguration(isInterruptible: false, memories: memories).memoryReservation
        }
        let narrow = MemoryType(minimum: 1, maximum: nil)
        #expect(room([]) == 1 << 32 && room([narrow]) == 1 << 32)
        #expect(room([MemoryType(minimum: 1, maximum: 262_144, is64: true)]) == 1 << 34)
        #expect(room([MemoryType(minimum: 1, maximum: 10, is64: true)]) == 1 << 32)
        let endless = MemoryType(minimum: 1, maximum: nil, is64: true)
        #expect(room([endless]) == 1 << 40)
        #expect(room(Array(repeating: endless, count: 100)) <= 1 << 37)
        #expect(room([MemoryType(minimum: 1, maximum: nil, isShared: true, is64: true)]) == 1 << 32)
    }
}
