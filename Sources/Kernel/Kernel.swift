import CLinux
import Trace
import WasixABI

/// The guest's operating system: processes, descriptors, in-process objects and everything that waits for them.
///
/// One lock, `lock()`/`unlock()`, protects all state of all kernel objects. It is held for tens of nanoseconds; no
/// host call that can block is made under it. Functions whose comment says "lock held" are entered and left with it.
public final class Kernel: @unchecked Sendable {
    // Safe to share: every mutable field is protected by the lock.
    @usableFromInline let lockWord: UnsafeMutablePointer<UInt32>
    @usableFromInline let wakeups: DeferredWakeups
    private var lastObject: UInt32 = 0
    private var lastThread: UInt32 = 0
    var lastChannel: UInt32 = 0

    /// Records, when somebody listens.
    public let tracer: Tracer?
    /// What the guest may do with the network.
    public let network: NetworkPolicy
    let resolvedGrants = ResolvedGrants()
    /// Who is asked for names; set before the guest runs.
    var lookup = HostLookup.system
    /// Questions to it that have no answer yet.
    var queriesUnderWay = 0
    /// Registrations and instances by the id that their notifier events carry.
    let notifierTargets = NotifierTargets()
    /// Lock held for every access.
    let processes = ProcessTable()
    /// Names of Unix-domain sockets.
    let unixNames = UnixNames()
    /// Names of descriptions that are gone, for traces that still speak of them.
    public let retiredNames = RetiredNames()

    public init(tracer: Tracer? = nil, network: NetworkPolicy = .denied) {
        cl_interrupts_init()
        HostLimits.raiseDescriptors()
        lockWord = .allocate(capacity: 1)
        lockWord.initialize(to: 0)
        wakeups = DeferredWakeups()
        self.tracer = tracer
        self.network = network
    }

    deinit { lockWord.deallocate() }

    /// Someone looks at the state: times of reports are kept.
    @inline(__always)
    public var isObserved: Bool { tracer != nil }

    @inlinable
    public func lock() { cl_lock(lockWord) }

    /// Releases the lock, then wakes the threads that were marked while it was held, so that a woken thread never runs
    /// into the lock of the one that woke it, and closes the host descriptors that are not needed any more.
    @inlinable
    public func unlock() {
        if wakeups.isEmpty {
            cl_unlock(lockWord)
        } else {
            unlockAndWake()
        }
    }

    @usableFromInline func unlockAndWake() {
        let batch = wakeups.take()
        cl_unlock(lockWord)
        batch.deliver()
    }

    /// The next description id; lock held.
    func nextObjectID() -> ObjectID {
        lastObject &+= 1
        return ObjectID(rawValue: lastObject)
    }

    /// Descriptions that are open, while someone looks: to find one by its id. Lock held.
    private var objects: [ObjectID: Unmanaged<OpenFile>] = [:]

    func opened(_ file: OpenFile) {
        if isObserved { objects[file.id] = .passUnretained(file) }
    }

    func closed(_ file: OpenFile) {
        guard isObserved else { return }
        objects[file.id] = nil
        retiredNames.remember(file.id, kind: file.kind, detail: file.detail)
    }

    /// Lock held; nil when it is closed or nobody looks.
    func object(_ id: ObjectID) -> OpenFile? { objects[id]?.takeUnretainedValue() }

    /// A short name for a description, open or closed a while ago. No lock held.
    public func label(_ id: ObjectID) -> String? {
        let found: (ObjectKind, ObjectDetail)? = locked {
            if let file = object(id) { return (file.kind, file.detail) }
            return retiredNames.entry(id)
        }
        return found.map { $0.1.label($0.0) }
    }

    /// The parent of a process, `.none` for the initial one; nil when there is no such process. No lock held.
    public func parent(of id: ProcessID) -> ProcessID? { locked { processes[id]?.parent } }

    /// The next thread id; lock held. The first is 1, the initial process's own.
    func nextThreadID() -> ThreadID {
        lastThread &+= 1
        return ThreadID(rawValue: lastThread)
    }
}

/// Runs `body` with the kernel lock held.
extension Kernel {
    @inline(__always)
    public func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}
