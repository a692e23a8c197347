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
    /// Counts the host calls on all descriptions that have ended. It serves as a clock: an answer of the host is void
    /// when it was asked for before the last call on the description had ended (`InterestItem.cachedAt`).
    var hostCallClock: UInt64 = 1

    /// Where records of calls go; nil when nobody traces.
    public let tracer: Tracer?
    /// What the guest may do with the network.
    public let network: NetworkPolicy
    /// Processes at once.
    public let mostProcesses: Int
    /// Names that stand for programs of the host (`--map-command`).
    public let commands: [CommandMapping]
    /// The resolver; set before the guest runs.
    var lookup = HostLookup.system
    /// Lookups that have no answer yet.
    var queriesUnderWay = 0
    /// By description: the stack of the last read that left something behind an edge-triggered registration.
    private var shortReads: [ObjectID: [GuestFrame]] = [:]
    /// The calls that last took a high descriptor number, one of each kind. Lock held.
    private(set) var openings: [DescriptorOpening] = []
    /// How far the guest may run. Lock held.
    var pace = GuestPace.free
    /// The time that guests see.
    public let clock = GuestClock()
    /// It stands still while the guest is paused; set before the guest runs.
    let freezesClock: Bool
    /// Calls that pause the guest. Lock held.
    var breaks = Breaks()
    /// The thread whose call has paused the guest. Lock held.
    var pausedBy: ThreadID?
    /// Epoll instances keep what their waits decide.
    let keepsDecisions: Bool
    /// The instance whose waits states are to tell of. Lock held.
    var explained: ObjectID?
    /// Bytes that the next read of a description gets at most, because whoever inspects the guest wants to see what comes of
    /// that. Lock held.
    var readLimits: [ObjectID: Int] = [:] { didSet { hasReadLimits = !readLimits.isEmpty } }
    /// There are such limits. Lock held.
    public private(set) var hasReadLimits = false
    /// Steps that threads were told to make. Lock held.
    var stepsGiven: UInt64 = 0
    private let tables = Tables()

    public init(
        tracer: Tracer? = nil, network: NetworkPolicy = .denied, commands: [CommandMapping] = [],
        mostProcesses: Int = Kernel.standardProcesses, freezesClock: Bool = false
    ) {
        cl_interrupts_init()
        HostLimits.raiseDescriptors()
        wakeups = DeferredWakeups()
        self.tracer = tracer
        self.network = network
        self.commands = commands
        self.mostProcesses = mostProcesses
        self.freezesClock = freezesClock
        keepsDecisions = tracer?.options.keepsDecisions ?? false
    }

    deinit {
        stateLock.deallocate()
        clock.deallocate()
    }

    /// Whether an inspector or a trace reads the state. Some facts, such as times of reports, are kept only then.
    @inline(__always)
    public var isObserved: Bool { tracer != nil }

    /// Processes at once, unless told otherwise.
    public static let standardProcesses = 1024

    /// Descriptions whose last short read is kept; then all are forgotten.
    private static let mostShortReads = 4096

    /// Lock held.
    func keepShortRead(_ frames: [GuestFrame], of object: ObjectID) {
        assertLocked()
        if shortReads.count >= Self.mostShortReads { shortReads.removeAll() }
        shortReads[object] = frames
    }

    /// Empty when none is known. Lock held.
    func shortRead(of object: ObjectID) -> [GuestFrame] {
        assertLocked()
        return shortReads[object] ?? []
    }

    /// Keeps it in the place of the one before of its kind. Lock held.
    func keepOpening(_ opening: DescriptorOpening) {
        assertLocked()
        openings.removeAll { $0.call == opening.call }
        openings.append(opening)
    }

    /// Takes the lock. The calling thread must not hold it.
    @inlinable
    public func lock() { stateLock.take() }

    /// Releases the lock. Only then it wakes the threads that were marked while it was held, so that a woken thread
    /// never finds the lock taken by the one that woke it, and closes the host descriptors that are no longer needed.
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

    // MARK: tables (lock held)

    /// The tables behind the properties of the same names, which assert that the lock is held.
    private struct Tables {
        let resolvedGrants = ResolvedGrants()
        let notifierTargets = NotifierTargets()
        let processes = ProcessTable()
        let unixNames = UnixNames()
        let retiredNames = RetiredNames()
    }

    /// Addresses that rules about names have allowed.
    var resolvedGrants: ResolvedGrants {
        assertLocked()
        return tables.resolvedGrants
    }

    /// Registrations and instances by the identifier in the events of their notifiers.
    @inline(__always)
    var notifierTargets: NotifierTargets {
        assertLocked()
        return tables.notifierTargets
    }

    /// The processes by their numbers.
    var processes: ProcessTable {
        assertLocked()
        return tables.processes
    }

    /// Names of Unix-domain sockets.
    var unixNames: UnixNames {
        assertLocked()
        return tables.unixNames
    }

    /// Earlier names of descriptions and names of closed ones, for records that are read later.
    private var retiredNames: RetiredNames {
        assertLocked()
        return tables.retiredNames
    }

    /// The next description id; lock held.
    func nextObjectID() -> ObjectID {
        assertLocked()
        lastObject &+= 1
        return ObjectID(rawValue: lastObject)
    }

    /// The open descriptions by id, kept only while `isObserved`. Lock held.
    private var objects: [ObjectID: Unmanaged<OpenFile>] = [:]

    /// Bytes that went through descriptions that are closed by now, counted only while `isObserved`. Lock held.
    private(set) var closedTraffic = Traffic()

    /// A description was made. Lock held.
    func opened(_ file: OpenFile) {
        assertLocked()
        if isObserved { objects[file.id] = .passUnretained(file) }
    }

    /// The last holder of a description has left. Lock held.
    func closed(_ file: OpenFile) {
        assertLocked()
        guard isObserved else { return }
        objects[file.id] = nil
        if hasReadLimits { readLimits[file.id] = nil }
        retiredNames.remember(file.id, file.shortName)
        guard file.kind != .eventCounter else { return }
        closedTraffic.bytesIn &+= file.bytesIn
        closedTraffic.bytesOut &+= file.bytesOut
    }

    /// A call is about to give `file` another name. Lock held.
    func renaming(_ file: OpenFile, from name: RetiredNames.Entry) {
        assertLocked()
        if isObserved { retiredNames.renamed(file.id, from: name, until: TickClock.now()) }
    }

    /// The open description with this id; nil when it is closed, and when not `isObserved`. Lock held.
    func object(_ id: ObjectID) -> OpenFile? {
        assertLocked()
        return objects[id]?.takeUnretainedValue()
    }

    /// The short names that a description has had, oldest first, open or closed a while ago. No lock held.
    public func names(of id: ObjectID) -> [ObjectName] {
        locked { retiredNames.names(of: id, current: object(id)?.shortName) }
    }

    /// A process that runs or waits to be joined; nil when there is none. No lock held.
    public func process(_ id: ProcessID) -> GuestProcess? { locked { processes[id] } }

    /// No process has a thread that has not ended. No lock held.
    public var hasNoThreads: Bool { locked { processes.all.allSatisfy { $0.liveThreads.isEmpty } } }

    /// Those that run or wait to be joined, in the order of their numbers. No lock held.
    public var allProcesses: [GuestProcess] { locked { processes.all } }

    /// The parent of a process, `.none` for the initial one; nil when there is no such process. No lock held.
    public func parent(of id: ProcessID) -> ProcessID? { locked { processes[id]?.parent } }

    /// The next thread id; lock held. The first is 1, the initial process's own.
    func nextThreadID() -> ThreadID {
        assertLocked()
        lastThread &+= 1
        return ThreadID(rawValue: lastThread)
    }
}

extension Kernel {
    /// Runs `body` with the kernel lock held.
    @inline(__always)
    public func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// Runs `body`, which calls the host, without the lock. Lock held before and after.
    @inline(__always)
    func unlocked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        unlock()
        defer { lock() }
        return try body()
    }
}
