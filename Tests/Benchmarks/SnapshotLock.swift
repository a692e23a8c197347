import Foundation
import Kernel
import WasixABI

/// How long the picture that the inspector takes of a process keeps its threads from the kernel lock.
final class SnapshotLock: @unchecked Sendable {
    // Safe to share: the kernel has its lock; `taken` is touched under it.
    private let kernel = Kernel(tracer: nil, network: .granted)
    private let process: GuestProcess
    private var taken = 0

    /// An epoll instance that watches so many sockets of the host.
    init(sockets: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        let thread = process.makeThread(isMain: true)!
        try kernel.locked {
            let epoll = Epoll(kernel: kernel)
            _ = try process.descriptors.install(epoll)
            for _ in 0..<sockets {
                let socket = try HostSocket.open(.inet4, .datagram, thread)
                let fd = try process.descriptors.install(socket)
                try epoll.add(socket, fd, events: .in, data: EpollData(pointer: 0, fd: fd.rawValue, data1: 0, data2: 0))
            }
        }
    }

    deinit { process.end(.exited(code: 0)) }

    /// Takes pictures while this thread takes the lock over and over.
    /// - Returns: the longest wait for it during each picture, in microseconds.
    func longestWaits(pictures: Int) -> [Double] {
        let taking = Thread { [self] in
            for _ in 0..<pictures {
                _ = process.snapshot()
                kernel.locked { taken += 1 }
            }
        }
        kernel.locked { taken = 0 }
        taking.start()
        var longest = [UInt64](repeating: 0, count: pictures)
        var current = 0
        while current < pictures {
            let start = HostClock.now()
            kernel.lock()
            let wait = HostClock.now() - start
            let picture = taken
            kernel.unlock()
            longest[current] = max(longest[current], wait)
            current = picture
        }
        return longest.map { Double($0) / 1000 }
    }
}
