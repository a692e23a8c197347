import Trace

/// What a futex word is to the program: told by the functions on the waiter's stack, else by the value that it waits on (musl's
/// layouts, Rust's standard library; WasixABI.docc/Futexes).
struct FutexWord: Equatable {
    enum Kind: Equatable {
        /// A mutex.
        case lock
        /// A lock of readers and writers: several may have it.
        case sharedLock
        case condition
        case semaphore
        case threadEnd
        /// An initialisation that another thread is busy with.
        case once
        /// A thread that waits to be unparked.
        case park
        case unknown
    }

    let kind: Kind
    /// The thread that holds the lock, where the word names it.
    let owner: ThreadID?

    /// - Parameters:
    ///   - expected: what the waiter has seen in it.
    ///   - stack: the waiter's; empty where it is not known.
    init(expected: UInt32, stack: [GuestFrame]) {
        let told = stack.prefix { $0.isOfLibrary }.compactMap { Self.kind(of: $0.function) }
        // Locks of Rust's libraries park their threads.
        kind = told.first { $0 != .park } ?? told.first ?? Self.kind(of: expected)
        // Locks of musl's own count those who wait where its mutexes have their owner: the function tells them apart.
        owner = told.contains(.lock) ? Self.owner(expected) : nil
    }

    private static let parts: [(text: String, kind: Kind)] = [
        ("cond_", .condition), ("cnd_", .condition), ("Condvar", .condition), ("mutex", .lock), ("mtx_", .lock),
        ("Mutex", .lock), ("rwlock", .sharedLock), ("RwLock", .sharedLock), ("sem_", .semaphore),
        ("Semaphore", .semaphore),
        ("join", .threadEnd), ("once", .once), ("Once", .once), ("park", .park),
    ]

    private static func kind(of function: String) -> Kind? {
        parts.first { function.contains($0.text) }?.kind
    }

    private static let waitersBit: UInt32 = 1 << 31
    /// musl's EBUSY: a normal mutex, which does not say who has it.
    private static let busy: UInt32 = 10

    private static func kind(of expected: UInt32) -> Kind {
        switch expected {
        case .max: .semaphore
        case 2: .lock
        case 3: .once
        default: expected & waitersBit != 0 ? .lock : .unknown
        }
    }

    private static func owner(_ expected: UInt32) -> ThreadID? {
        let number = expected & ~(waitersBit | waitersBit >> 1)
        guard expected & waitersBit != 0, expected != .max, number != busy, number != 0, number < waitersBit >> 1 - 1
        else { return nil }
        return ThreadID(rawValue: number)
    }

    /// `the mutex at 0x18d0`
    func name(at address: UInt64) -> String {
        let place = "0x" + String(address, radix: 16)
        return switch kind {
        case .lock: "the lock at \(place)"
        case .sharedLock: "the read-write lock at \(place)"
        case .condition: "a condition variable (\(place))"
        case .semaphore: "the semaphore at \(place)"
        case .threadEnd: "the end of a thread (\(place))"
        case .once: "an initialisation (\(place))"
        case .park: "an unpark (\(place))"
        case .unknown: "the word at \(place)"
        }
    }
}

extension ThreadSnapshot {
    /// Of the word that it waits for, if it is in a call that waits for one.
    package var wordAddress: UInt64 {
        guard let low = words.first else { return 0 }
        return isWide && words.count > 1 ? UInt64(low) | UInt64(words[1]) << 32 : UInt64(low)
    }
}

extension TraceRecord {
    /// Of the word that it is about, if its call waits for one or wakes who waits.
    var wordAddress: UInt64 {
        flags & Flags.wide != 0 ? UInt64(words.0) | UInt64(words.1) << 32 : UInt64(words.0)
    }
}
