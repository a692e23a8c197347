import CLinux
import Trace
import WasixABI

/// The guest's operating system: processes, descriptors, in-process objects and everything that waits for them.
///
/// One lock, `lock()`/`unlock()`, protects all state of all kernel objects. It is held for tens of nanoseconds; no
/// host call that can block is made under it. Functions whose comment says "lock held" are entered and left with it;
/// they begin with `assertLocked()`, asked of the object that they are about (article Locks).
public final class Kernel: @unchecked Sendable {
    // Safe to share: every mutable field is protected by the lock.
    @usableFromInline let stateLock = KernelLock()
    @usableFromInline let wakeups: DeferredWakeups
    private var lastObject: UInt32 = 0
    private var lastThread: UInt32 = 0
    var lastChannel: UInt32 = 0
    /// Host calls on descriptions that have ended, of all together: the time by which answers of the host are old or new.
    var hostCallClock: UInt64 = 1

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
        wakeups = DeferredWakeups()
        self.tracer = tracer
        self.network = network
    }

    deinit { stateLock.deallocate() }

    /// Someone looks at the state: times of reports are kept.
    @inline(__always)
    public var isObserved: Bool { tracer != nil }

    @inlinable
    public func lock() { stateLock.take() }

    /// Releases the lock, then wakes the threads that were marked while it was held, so that a woken thread never runs
    /// into the lock of the one that woke it, and closes the host descriptors that are not needed any more.
    @inlinable
    public func unlock() {
        assertLocked()
        if wakeups.isEmpty {
            stateLock.letGo()
        } else {
            unlockAndWake()
        }
    }

    /// Stops the program, in debug builds, when the calling thread does not hold the lock that protects this object's
    /// state.
    @inlinable @inline(__always)
    public func assertLocked() { stateLock.assertHeld() }

    @usableFromInline func unlockAndWake() {
        let batch = wakeups.take()
        stateLock.letGo()
        batch.deliver()
    }

    /// The next description id; lock held.
    func nextObjectID() -> ObjectID {
        assertLocked()
        lastObject &+= 1
        return ObjectID(rawValue: lastObject)
    }

    /// Descriptions that are open, while someone looks: to find one by its id. Lock held.
    private var objects: [ObjectID: Unmanaged<OpenFile>] = [:]

    /// What went through descriptions that are closed by now, while someone looks. Lock held.
    private(set) var closedTraffic = Traffic()

    func opened(_ file: OpenFile) {
        assertLocked()
        if isObserved { objects[file.id] = .passUnretained(file) }
    }

    func closed(_ file: OpenFile) {
        assertLocked()
        guard isObserved else { return }
        objects[file.id] = nil
        retiredNames.remember(file.id, file.shortName)
        guard file.kind != .eventCounter else { return }
        closedTraffic.bytesIn &+= file.bytesIn
        closedTraffic.bytesOut &+= file.bytesOut
    }

    /// A call is about to give `file` another name. Lock held.
    func renaming(_ file: OpenFile, from name: RetiredNames.Entry) {
        if isObserved { retiredNames.renamed(file.id, from: name, until: TickClock.now()) }
    }

    /// Lock held; nil when it is closed or nobody looks.
    func object(_ id: ObjectID) -> OpenFile? {
        assertLocked()
        return objects[id]?.takeUnretainedValue()
    }

    /// The short names that a description has had, oldest first, open or closed a while ago. No lock held.
    public func names(of id: ObjectID) -> [ObjectName] {
        locked { retiredNames.names(of: id, current: object(id)?.shortName) }
    }

    /// The parent of a process, `.none` for the initial one; nil when there is no such process. No lock held.
    public func parent(of id: ProcessID) -> ProcessID? { locked { processes[id]?.parent } }

    /// The next thread id; lock held. The first is 1, the initial process's own.
    func nextThreadID() -> ThreadID {
        assertLocked()
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
