import CLinux
import Glibc
import WasixABI

/// A lookup by the host's resolver, on a host thread of its own: a guest thread that waits for the answer can be
/// interrupted, a thread inside getaddrinfo(3) cannot.
final class NameQuery: @unchecked Sendable {
    // Safe to share: `answer` and `waiters` are protected by the kernel lock.
    /// Most lookups at a time. A guest that is interrupted leaves its lookup running.
    static let limit = 64

    private let kernel: Kernel
    private let name: HostName
    private let lookup: HostLookup
    private let waiters = WaitQueue()
    private var answer: HostLookup.Answer?

    private init(_ name: HostName, _ kernel: Kernel) {
        self.kernel = kernel
        self.name = name
        lookup = kernel.lookup
    }

    /// Asks and waits for the answer. May block; lock held, released while asleep.
    /// - Throws: AGAIN when too many questions are under way; INTR; why there is no answer.
    static func ask(_ name: HostName, _ thread: GuestThread) throws(Errno) -> [NetworkEndpoint] {
        let kernel = thread.kernel
        kernel.assertLocked()
        guard kernel.queriesUnderWay < limit else { throw .again }
        let query = NameQuery(name, kernel)
        guard query.start() else { throw .again }
        kernel.queriesUnderWay += 1
        while true {
            switch query.answer {
            case .addresses(let addresses): return addresses
            case .failed(let errno): throw errno
            case nil: break
            }
            guard thread.wait(in: query.waiters, key: [], until: .max) != .interrupted else { throw .intr }
        }
    }

    /// The new thread keeps this object until it is done with it.
    private func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var host = pthread_t()
        let own = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &host, &attributes,
            { raw in
                cl_block_signals()
                Unmanaged<NameQuery>.fromOpaque(raw!).takeRetainedValue().run()
                return nil
            }, own.toOpaque())
        if failure != 0 { own.release() }
        return failure == 0
    }

    private func run() {
        let answer = lookup.ask(name)
        kernel.locked {
            self.answer = answer
            kernel.queriesUnderWay -= 1
            waiters.wake(key: [])
        }
    }
}
