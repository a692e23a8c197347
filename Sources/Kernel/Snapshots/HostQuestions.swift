import Glibc
import Trace
import WasixABI

/// What of a snapshot only the host knows: gathered under the kernel lock, asked without it.
///
/// A host descriptor that is closed and reused in between shows another object's state in one snapshot.
struct HostQuestions {
    private var polls: [pollfd] = []
    private var polled: [Int] = []
    private var queues: [(index: Int, queue: HostQueue)] = []

    /// Asks what `hostFd` is ready for, on behalf of row `index` of what is being put together.
    mutating func askReadiness(_ hostFd: Int32, for index: Int) {
        polls.append(pollfd(fd: hostFd, events: HostPoll.hostEvents([.in, .out, .rdhup, .pri]), revents: 0))
        polled.append(index)
    }

    mutating func askQueue(_ queue: HostQueue, for index: Int) { queues.append((index, queue)) }

    /// Asks the host, one poll for all descriptors, and hands the answers on. Nothing is left to ask then. No lock held.
    mutating func ask(
        readiness: (_ index: Int, EpollEvents) -> Void, queue: (_ index: Int, QueueLevel) -> Void = { _, _ in }
    ) {
        if !polls.isEmpty {
            poll(&polls, nfds_t(polls.count), 0)
            for (entry, index) in zip(polls, polled) { readiness(index, HostPoll.wireEvents(entry.revents)) }
        }
        for (index, question) in queues {
            if let level = question.level { queue(index, level) }
        }
        polls.removeAll(keepingCapacity: true)
        polled.removeAll(keepingCapacity: true)
        queues.removeAll(keepingCapacity: true)
    }
}

/// A queue of the host, and how its level is found out.
struct HostQueue {
    enum Kind {
        /// Bytes to read, of a datagram socket those of the next datagram; bytes that wait to leave.
        case data
        /// Connections to accept, and the backlog.
        case tcpListener
        case unixListener
    }

    let kind: Kind
    let hostFd: Int32

    /// Asks the host: ioctl(2), getsockopt(2), or sock_diag(7) for a Unix-domain listener. Nil when it does not say.
    var level: QueueLevel? {
        switch kind {
        case .data:
            return QueueLevel(used: HostNet.readableBytes(hostFd), capacity: 0, unsent: HostNet.unsentBytes(hostFd))
        case .unixListener:
            return HostNet.unixAcceptQueue(hostFd)
        case .tcpListener:
            guard let info = HostNet.tcpInfo(hostFd) else { return nil }
            return QueueLevel(used: UInt64(info.tcpi_unacked), capacity: UInt64(info.tcpi_sacked))
        }
    }
}
