import Testing
import WasmEngine

@Suite struct FunctionTableTests {
    private static let text = """
        (module
          (table (export "t") 6 8 funcref) (table (export "other") 1 externref)
          (type $all (func (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)))
          (elem (i32.const 1) func $turn $trap $throw $take)
          (tag $e)
          (func $turn (export "turn") (type $all)
            (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
          (func $trap unreachable)
          (func $throw (throw $e))
          (func $take (param externref anyref funcref)))
        """

    private func function(_ table: Table, _ index: UInt64) -> Function? {
        if case .function(let function) = table[index] { return function }
        return nil
    }

    @Test func placesAreFunctionsOrEmptyOrOutside() throws {
        let table = try #require(try instance(Self.text).table("t"))
        guard case .null = table[0], case .outside = table[6] else {
            Issue.record("not empty")
            return
        }
        let type = try #require(function(table, 1)?.type)
        #expect(type.parameters == [.i32, .i64, .f32, .f64, .v128])
        #expect(type.results == [.v128, .f64, .f32, .i64, .i32])
        #expect(function(table, 4)?.type.parameters == [.externref, .otherReference, .funcref])
        let other = try #require(try instance(Self.text).table("other"))
        guard case .other = other[0] else {
            Issue.record("not another reference")
            return
        }
        #expect(throws: EngineError.self) { try other.set(nil, at: 0) }
    }

    @Test func tablesAreSetAndGrow() throws {
        let instance = try instance(Self.text)
        let table = try #require(instance.table("t"))
        try table.set(instance.function("turn"), at: 5)
        #expect(function(table, 5) != nil)
        try table.set(nil, at: 5)
        #expect(function(table, 5) == nil)
        #expect(throws: EngineError.self) { try table.set(nil, at: 6) }
        try table.grow(by: 2)
        #expect(table.count == 8)
        #expect(throws: EngineError.self) { try table.grow(by: 1) }
    }

    @Test func argumentsAndResultsLieSideBySide() throws {
        let function = try #require(try function(instance(Self.text).table("t")!, 1))
        let bytes = (0..<40).map { UInt8($0) }
        let answer = try function.call(packed: bytes)
        #expect(answer == [24..<40, 16..<24, 12..<16, 4..<12, 0..<4].flatMap { Array(bytes[$0]) })
    }

    /// A host function that has run code which trapped or threw hands that on.
    @Test(arguments: [("trap", nil), ("throw", Int32(7))] as [(String, Int32?)])
    func trapsAndExceptionsGoOnInTheCallersCode(inner: String, caught: Int32?) throws {
        let linker = Linker(engine: Engines.plain)
        let nothing = FunctionType(parameters: [], results: [])
        try linker.define(module: "host", name: "run", type: nothing, environment: nil) { _, caller, _, _ in
            let function = hostData(of: caller)!.load(as: Function?.self)
            do throws(GuestFailure) {
                try function!.call()
            } catch {
                guard case .trap(let trap) = error else { return nil }
                return trap.takeOrigin()
            }
            return nil
        }
        let inside = UnsafeMutablePointer<Function?>.allocate(capacity: 1)
        inside.initialize(to: nil)
        defer {
            inside.deinitialize(count: 1)
            inside.deallocate()
        }
        let store = Store(engine: Engines.plain, data: inside)
        let text = """
            (module (import "host" "run" (func $run))
              (tag $e)
              (func (export "trap") unreachable)
              (func (export "throw") (throw $e))
              (func (export "f") (result i32)
                (block $caught (try_table (catch $e $caught) (call $run)) (return (i32.const 1)))
                (i32.const 7)))
            """
        let instance = try linker.link(module(text)).instantiate(in: store)
        inside.pointee = instance.function(inner)
        let outer = try #require(instance.function("f"))
        if let caught {
            #expect(try outer.call() == [.i32(caught)])
        } else {
            let trap = try #require(trap { try outer.call() })
            #expect(trap.code == .unreachable)
            #expect(trap.frames.count == 2)
        }
    }

    @Test func aModuleTakesThingsOfAnotherInstance() throws {
        let instance = try instance(Self.text)
        let user = try module(
            """
            (module (import "" "t" (table 1 funcref)) (import "" "f" (func $f
                (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)))
              (func (export "count") (result i32) (table.size 0)))
            """)
        let made = try user.instantiate(
            in: instance.store, [.table(instance.table("t")!), .function(instance.function("turn")!)])
        #expect(try made.function("count")!.call() == [.i32(6)])
        #expect(throws: GuestFailure.self) {
            _ = try user.instantiate(in: instance.store, [.table(instance.table("t")!)])
        }
    }
}
