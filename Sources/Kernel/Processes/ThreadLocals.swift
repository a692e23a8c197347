import WasixABI

/// The keys of thread-local slots in programs of 2022-2023 (WasixABI.docc/LegacyPrograms). The keys are the process's,
/// the values each thread's own; 0 is no value. Lock held for everything: its process asserts it.
struct ThreadLocals {
    /// As many keys as a process of Linux can have (PTHREAD_KEYS_MAX).
    static let limit = 1024

    /// What a key's destructor is called with beside the value; nil for a key that does not exist.
    private var userData: [UInt64?] = []

    /// The lowest free key, nil when all are taken.
    mutating func create(_ data: UInt64) -> UInt32? {
        if let free = userData.firstIndex(of: nil) {
            userData[free] = data
            return UInt32(free)
        }
        guard userData.count < Self.limit else { return nil }
        userData.append(data)
        return UInt32(userData.count - 1)
    }

    mutating func remove(_ key: UInt32) { userData[Int(key)] = nil }

    func data(of key: UInt32) -> UInt64? { key < userData.count ? userData[Int(key)] : nil }
}

/// A thread-local value and its key's user data, with which the key's destructor is to be called.
public struct ThreadLocalValue: Equatable, Sendable {
    public let userData: UInt64
    public let value: UInt64
}

extension GuestProcess {
    /// A new thread-local key. Lock held.
    /// - Throws: AGAIN when there are too many.
    public func createLocal(userData: UInt64) throws(Errno) -> UInt32 {
        assertLocked()
        guard let key = locals.create(userData) else { throw .again }
        return key
    }

    /// Deletes a key and every thread's value under it. Lock held.
    /// - Returns: the values there were, for the destructor.
    /// - Throws: INVAL when there is no such key.
    public func destroyLocal(_ key: UInt32) throws(Errno) -> [ThreadLocalValue] {
        assertLocked()
        guard let data = locals.data(of: key) else { throw .inval }
        locals.remove(key)
        return liveThreads.compactMap { thread in
            thread.takeLocal(key).map { ThreadLocalValue(userData: data, value: $0) }
        }
    }
}

extension GuestThread {
    /// The thread's own value, 0 when it has set none. Lock held.
    /// - Throws: INVAL when there is no such key.
    public func local(_ key: UInt32) throws(Errno) -> UInt64 {
        kernel.assertLocked()
        guard process.locals.data(of: key) != nil else { throw .inval }
        return key < localValues.count ? localValues[Int(key)] : 0
    }

    /// Sets the thread's own value. Lock held.
    /// - Throws: INVAL when there is no such key.
    public func setLocal(_ key: UInt32, _ value: UInt64) throws(Errno) {
        kernel.assertLocked()
        guard process.locals.data(of: key) != nil else { throw .inval }
        if key >= localValues.count {
            localValues.append(contentsOf: repeatElement(0, count: Int(key) + 1 - localValues.count))
        }
        localValues[Int(key)] = value
    }

    fileprivate func takeLocal(_ key: UInt32) -> UInt64? {
        guard key < localValues.count, localValues[Int(key)] != 0 else { return nil }
        defer { localValues[Int(key)] = 0 }
        return localValues[Int(key)]
    }

    /// Takes all values of a thread that is over, for their destructors. Lock held.
    public func takeLocals() -> [ThreadLocalValue] {
        kernel.assertLocked()
        defer { localValues = [] }
        return localValues.enumerated().compactMap { key, value in
            guard value != 0, let data = process.locals.data(of: UInt32(key)) else { return nil }
            return ThreadLocalValue(userData: data, value: value)
        }
    }
}
