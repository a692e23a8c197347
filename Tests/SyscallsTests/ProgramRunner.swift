import Glibc
import Kernel
import Synchronization
import WasixABI

/// Runs programs without code: any file that begins as a module does is one, its main thread never begins, and a thread
/// that leaves a call comes back to it at once.
final class ProgramRunner: GuestRunner {
    private static let moduleStart = Array("\0asm".utf8)

    /// What leaving a call comes to: an errno of the engine's side, or success.
    private let unwindErrno: Errno
    /// What the copy of a process comes to.
    private let forkErrno: Errno
    /// Nothing more can be started without it.
    private let hasRoom: Bool
    private let startsEverySecond: Bool
    private let starts = Atomic<Int>(0)
    private let checkpoints = Mutex<Set<CheckpointKey>>([])
    /// The programs that were loaded, by their files, with their arguments and environments.
    let loaded = Mutex<[(path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]])]>([])

    /// - Parameter startsEverySecond: whether the others find no room.
    init(
        unwind: Errno = .success, fork: Errno = .success, hasRoom: Bool = true, startsEverySecond: Bool = false
    ) {
        unwindErrno = unwind
        forkErrno = fork
        self.hasRoom = hasRoom
        self.startsEverySecond = startsEverySecond
    }

    private func findsRoom() -> Bool {
        hasRoom && (!startsEverySecond || starts.wrappingAdd(1, ordering: .relaxed).newValue % 2 == 1)
    }

    func canStart(_ entry: ThreadEntry) -> Bool { true }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { findsRoom() }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}

    // MARK: programs

    func load(
        _ file: ProgramFile, for process: GuestProcess, by thread: GuestThread
    ) throws(Errno) -> ProgramImage {
        defer { close(file.hostFd) }
        var head = [UInt8](repeating: 0, count: Self.moduleStart.count)
        guard read(file.hostFd, &head, head.count) == head.count, head == Self.moduleStart else { throw .noexec }
        loaded.withLock { $0.append((file.path, file.arguments, file.environment)) }
        let image = ProgramImage(process.kernel, arguments: file.arguments, environment: file.environment)
        image.isWasix = true
        image.runner = self
        return image
    }

    var hasRoomForThread: Bool { hasRoom }
    func startMain(_ thread: GuestThread) -> Bool { findsRoom() }

    // MARK: leaving a call and coming back to it

    func beginUnwinding(_ thread: GuestThread, for purpose: Unwinding) throws(Errno) {
        guard unwindErrno == .success else { throw unwindErrno }
    }

    func hasCheckpoint(_ key: CheckpointKey, on thread: GuestThread) -> Bool {
        checkpoints.withLock { $0.contains(key) }
    }

    /// What the call answers that the code has left.
    func answer(_ thread: GuestThread, _ purpose: Unwinding) -> Rewound {
        do throws(Errno) {
            switch purpose {
            case .fork:
                guard forkErrno == .success else { throw forkErrno }
                let image = thread.image.copy(thread.kernel)
                image.runner = self
                return Rewound(value: UInt64(try thread.process.fork(image, by: thread).process.id.rawValue))
            case .checkpoint(let snapshot, let result):
                let key = checkpoints.withLock { known in
                    let key = CheckpointKey(low: UInt64(known.count + 1), high: 7)
                    known.insert(key)
                    return key
                }
                try key.store(at: snapshot, result: result, thread.memory)
                return Rewound()
            }
        } catch {
            return Rewound(errno: error)
        }
    }
}
