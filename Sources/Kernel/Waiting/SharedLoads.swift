/// Values that take long to make, such as compiled modules: each is made once, whoever asks for it and however many at once.
/// Host threads make them, so that a guest's thread can be ended while it waits for one.
///
/// All threads that ask are of one kernel.
public final class SharedLoads<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: @unchecked Sendable {
    // Safe to share: everything that changes is under the kernel's lock.
    private final class Load: @unchecked Sendable {
        let make: @Sendable () -> Result<Value, Failure>
        var result: Result<Value, Failure>?
        /// Threads that want the value. When there are none before it is begun, it is not made.
        var askers = 0
        let waiters = WaitQueue()

        init(_ make: @escaping @Sendable () -> Result<Value, Failure>) { self.make = make }
    }

    private var kept: [Key: Value] = [:]
    private var going: [Key: Load] = [:]
    private var waiting: [Key] = []
    private var threads = 0

    private let mostKept: Int
    private let mostThreads: Int
    private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Bool

    /// - Parameters:
    ///   - mostKept: values that are kept; with more, all are forgotten.
    ///   - mostThreads: values that are made at the same time.
    ///   - startThread: starts a host thread, or answers false when there is no room for one.
    public init(
        mostKept: Int, mostThreads: Int, startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool
    ) {
        self.mostKept = mostKept
        self.mostThreads = mostThreads
        self.startThread = startThread
    }

    /// The value for `key`, which is made unless it is there. On `thread`, in a call; no lock held. A failure is told to all
    /// who have asked meanwhile; the next one tries again. `make` is entered without a lock, perhaps later than this returns,
    /// or never.
    /// - Returns: nil when the thread's process ends.
    public func value(
        _ key: Key, for thread: GuestThread, make: @escaping @Sendable () -> Result<Value, Failure>
    ) -> Result<Value, Failure>? {
        let kernel = thread.kernel
        let (known, load, needsThread): (Value?, Load, Bool) = kernel.locked {
            let load = going[key] ?? Load(make)
            if let known = kept[key] { return (known, load, false) }
            load.askers += 1
            guard going.updateValue(load, forKey: key) == nil else { return (nil, load, false) }
            waiting.append(key)
            guard threads < mostThreads else { return (nil, load, false) }
            threads += 1
            return (nil, load, true)
        }
        if let known { return .success(known) }
        if needsThread, !startThread({ [self] in makeAll(kernel) }) { makeAll(kernel) }
        return kernel.locked {
            _ = thread.waitUndisturbed(in: load.waiters) { load.result != nil }
            load.askers -= 1
            return load.result
        }
    }

    /// Keeps a value that was made before any thread could ask for it.
    public func keep(_ value: Value, for key: Key, _ kernel: Kernel) { kernel.locked { store(value, key) } }

    private func makeAll(_ kernel: Kernel) {
        while let (key, load) = next(kernel) {
            let result = load.make()
            kernel.locked {
                going[key] = nil
                if case .success(let value) = result { store(value, key) }
                load.result = result
                load.waiters.wake(key: [])
            }
        }
    }

    private func next(_ kernel: Kernel) -> (Key, Load)? {
        // What nobody wants any more is let go without the lock: it may close files.
        var unwanted: [Load] = []
        defer { unwanted = [] }
        return kernel.locked {
            while !waiting.isEmpty {
                let key = waiting.removeFirst()
                guard let load = going[key] else { continue }
                if load.askers > 0 { return (key, load) }
                going[key] = nil
                unwanted.append(load)
            }
            threads -= 1
            return nil
        }
    }

    /// Lock held.
    private func store(_ value: Value, _ key: Key) {
        if kept.count >= mostKept { kept.removeAll() }
        kept[key] = value
    }
}
