import CWasmtime

/// What to do with a guest that has reached its epoch deadline.
public enum EpochDecision: Sendable {
    /// Go on until the epoch has advanced by this many more increments (at least 1).
    case proceed(ticks: UInt64)
    /// Unwind the guest: its caller throws `.error`.
    case stop
}

/// The state of one guest thread inside the engine: its instances, private memories, stack limit.
///
/// Belongs to one thread at a time: it may be made on another thread, and once guest code runs in it, it is used on
/// that thread only. It must outlive its instances, functions, private memories and tables, which therefore retain it.
public final class Store: @unchecked Sendable {
    public let engine: Engine
    private let handle: UnsafeMutablePointer<wasmtime_store_t>
    let context: UnsafeMutablePointer<wasmtime_context_t>
    /// The helper instance of `GuestStack`, once a stack has been asked for.
    var stackProbe: wasmtime_func_t?

    /// What the epoch deadline was last set to, so that `withoutEpochs` can set it again; the engine does not tell.
    private var deadlineTicks = Store.never

    /// A deadline that never comes, without overflowing the engine's addition.
    private static let never: UInt64 = 1 << 62

    /// `data` is what `hostData(of:)` answers in host calls from this store; its owner keeps it alive.
    public init(engine: Engine, data: UnsafeMutableRawPointer?) {
        self.engine = engine
        handle = wasmtime_store_new(engine.handle, data, nil)
        context = wasmtime_store_context(handle)
        limit(memoryBytes: nil)
        // The engine's own default has passed already: the first call would trap.
        if engine.configuration.isInterruptible { setEpochDeadline(ticks: nil) }
    }

    deinit {
        wasmtime_store_delete(handle)
    }

    /// Changes what `hostData(of:)` answers in host calls from this store.
    public func setData(_ data: UnsafeMutableRawPointer?) { wasmtime_context_set_data(context, data) }

    /// Elements that a table may have: as many as JavaScript's embedding of wasm allows. Tables have no use for more,
    /// and one without a maximum of its own could take all of the host's memory.
    public static let tableLimit: Int64 = 10_000_000

    /// Instances of one store: beside the guest's own, each closure that it makes is one.
    private static let instanceLimit: Int64 = 1_000_000

    /// Limits what the guest can take: bytes of each private memory (shared memories are bounded by their maximum; nil
    /// for what the module declares), and elements of each table, which a new store limits already. Growing past them
    /// fails as the wasm instructions say; a larger minimum fails to instantiate.
    public func limit(memoryBytes: Int64?, tableElements: Int64 = Store.tableLimit) {
        wasmtime_store_limiter(handle, memoryBytes ?? -1, tableElements, Self.instanceLimit, -1, -1)
    }

    /// Calls `handler` on the guest's thread once the epoch has advanced by `ticks`, and then as it decides. The engine
    /// must be interruptible. A handler that runs guest code does so inside `withoutEpochs`, or it is entered again.
    public func setEpochHandler(ticks: UInt64, _ handler: @escaping @Sendable () -> EpochDecision) {
        precondition(engine.configuration.isInterruptible, "the engine was made without epochs")
        // Unowned: the engine drops the handler with the store at the latest.
        let box = Unmanaged.passRetained(EpochHandler(store: self, decide: handler)).toOpaque()
        wasmtime_store_epoch_deadline_callback(
            handle,
            { _, box, delta, kind in
                let handler = Unmanaged<EpochHandler>.fromOpaque(box!).takeUnretainedValue()
                switch handler.decide() {
                case .proceed(let ticks):
                    handler.store.deadlineTicks = ticks
                    delta.pointee = ticks
                    kind.pointee = 0
                    return nil
                case .stop:
                    return wasmtime_error_new("stopped by the host")
                }
            }, box, { Unmanaged<EpochHandler>.fromOpaque($0!).release() })
        setEpochDeadline(ticks: ticks)
    }

    /// Runs guest code in `body` without entering the epoch handler, then starts the current deadline over.
    public func withoutEpochs<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        guard engine.configuration.isInterruptible else { return try body() }
        let ticks = deadlineTicks
        setEpochDeadline(ticks: nil)
        defer { setEpochDeadline(ticks: ticks) }
        return try body()
    }

    private func setEpochDeadline(ticks: UInt64?) {
        deadlineTicks = ticks ?? Self.never
        wasmtime_context_set_epoch_deadline(context, deadlineTicks)
    }
}

private final class EpochHandler: @unchecked Sendable {
    unowned let store: Store
    let decide: @Sendable () -> EpochDecision

    init(store: Store, decide: @escaping @Sendable () -> EpochDecision) {
        self.store = store
        self.decide = decide
    }
}
