import Glibc
import WasmEngine

/// One engine of each kind for all tests, as in the program.
enum Engines {
    static let plain = Engine(configuration: EngineConfiguration(isInterruptible: false))
    static let interruptible = Engine(configuration: EngineConfiguration(isInterruptible: true))
}

func module(_ text: String, engine: Engine = Engines.plain) throws -> Module {
    try Module(binary: Module.binary(fromFile: Array(text.utf8)), engine: engine)
}

/// An instance without imports in a store of its own.
func instance(_ text: String, engine: Engine = Engines.plain) throws -> Instance {
    try Linker(engine: engine).link(module(text, engine: engine)).instantiate(in: Store(engine: engine, data: nil))
}

/// The trap that `body` ends with; nil when it ends in another way.
func trap(_ body: () throws -> Void) -> Trap? {
    do {
        try body()
    } catch GuestFailure.trap(let trap) {
        return trap
    } catch {}
    return nil
}

/// The message of the engine error that `body` ends with.
func errorMessage(_ body: () throws -> Void) -> String? {
    do {
        try body()
    } catch let error as EngineError {
        return error.message
    } catch GuestFailure.error(let error) {
        return error.message
    } catch {}
    return nil
}

/// A plain thread with the stack guest code needs.
final class GuestTestThread {
    private var thread = pthread_t()

    init(stackSize: Int, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        let box = Unmanaged.passRetained(Body(body)).toOpaque()
        pthread_create(
            &thread, &attributes,
            { box in
                Unmanaged<Body>.fromOpaque(box!).takeRetainedValue().run()
                return nil
            }, box)
        pthread_attr_destroy(&attributes)
    }

    func join() { pthread_join(thread, nil) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
