import Glibc
import Trace
import WasixABI

/// The questions of a snapshot that only the host can answer: collected under the kernel lock, asked without it.
///
/// If a host descriptor is closed and its number used again in between, that snapshot shows another object's state.
struct HostQuestions {
    private var polls: [pollfd] = []
    private var polled: [Int] = []
    private var queues: [(index: Int, queue: HostQueue)] = []

    /// Adds the question what `hostFd` is ready for; `index` comes back with the answer.
    mutating func askReadiness(_ hostFd: Int32, for index: Int) {
        polls.append(pollfd(fd: hostFd, events: HostPoll.hostEvents([.in, .out, .rdhup, .pri]), revents: 0))
        polled.append(index)
    }

    mutating func askQueue(_ queue: HostQueue, for index: Int) { queues.append((index, queue)) }

    /// Asks the host, with one poll for all descriptors, hands the answers on, and forgets the questions. No lock held.
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
