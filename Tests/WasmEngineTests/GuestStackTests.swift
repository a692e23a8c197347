import Synchronization
import Testing
import WasmEngine

@Suite struct GuestStackTests {
    private static let text = """
        (module (import "h" "look" (func $look))
          (func $inner (call $look)) (func $middle (call $inner)) (func $outer (export "run") (nop) (call $middle))
          (func $spin (export "spin") (loop (br 0)))
          (func $deep (export "deep") (param i32)
            (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $look)))))
        """

    @Test(arguments: [false, true]) func stackInAHostCallIsTheGuests(interruptible: Bool) throws {
        let watched = try Watched(Self.text, engine: interruptible ? Engines.interruptible : Engines.plain)
        try watched.instance.function("run")!.call()
        #expect(watched.stack.map(\.functionName) == ["inner", "middle", "outer"])
        #expect(watched.stack.map(\.functionOffset) == [1, 1, 2])
        // Looking does not disturb: the same guest goes on and may be looked at again.
        try watched.instance.function("deep")!.call(.i32(50))
        #expect(watched.stack.count == 19)
        #expect(Set(watched.stack.map(\.functionName)) == ["deep"])
    }

    @Test func stackOfComputingGuestIsTakenAtTheEpoch() throws {
        let engine = Engines.interruptible
        let watched = try Watched(Self.text, engine: engine)
        let store = watched.instance.store
        store.setEpochHandler(ticks: 1) { [watched] in
            watched.stack = GuestStack.capture(watched.instance.store)
            return .stop
        }
        let done = Atomic(false)
        let ticker = GuestTestThread(stackSize: 1 << 20) {
            while !done.load(ordering: .acquiring) { engine.incrementEpoch() }
        }
        #expect(errorMessage { try watched.instance.function("spin")!.call() } != nil)
        done.store(true, ordering: .releasing)
        ticker.join()
        #expect(watched.stack.map(\.functionName) == ["spin"])
    }

    @Test func guestStaysInterruptibleAfterItsStackWasTaken() throws {
        let engine = Engines.interruptible
        let watched = try Watched(Self.text, engine: engine)
        let isLooking = Atomic(true)
        watched.instance.store.setEpochHandler(ticks: 1) {
            isLooking.load(ordering: .relaxed) ? .proceed(ticks: 1) : .stop
        }
        try watched.instance.function("run")!.call()
        isLooking.store(false, ordering: .relaxed)
        let done = Atomic(false)
        let ticker = GuestTestThread(stackSize: 1 << 20) {
            while !done.load(ordering: .acquiring) { engine.incrementEpoch() }
        }
        #expect(errorMessage { try watched.instance.function("spin")!.call() } != nil)
        done.store(true, ordering: .releasing)
        ticker.join()
    }
}

/// A guest whose host function takes its stack. Used on one thread.
private final class Watched: @unchecked Sendable {
    var stack: [StackFrame] = []
    private(set) var instance: Instance!

    init(_ text: String, engine: Engine) throws {
        let linker = Linker(engine: engine)
        try linker.define(
            module: "h", name: "look", type: FunctionType(parameters: [], results: []), environment: nil
        ) { _, caller, _, _ in
            let watched = Unmanaged<Watched>.fromOpaque(hostData(of: caller)!).takeUnretainedValue()
            watched.stack = GuestStack.capture(watched.instance.store)
            return nil
        }
        let store = Store(engine: engine, data: Unmanaged.passUnretained(self).toOpaque())
        instance = try linker.link(module(text, engine: engine)).instantiate(in: store)
    }
}
