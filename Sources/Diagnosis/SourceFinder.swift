import Decode
import Model
import Trace
import WasixABI

/// Finds what a blocked thread waits on, and who could bring it about.
///
/// A class, because it keeps what it has found for the waits on an instance.
final class SourceFinder {
    private let model: ModelState
    private let descriptors: DescriptorIndex
    private let instances: [ObjectID: EpollRow]
    private let threads: [ThreadSnapshot]
    private let names: ObjectNames
    private let users: ObjectUsers
    /// Registrations of one instance that are gone through; of longer lists something leads outside, or nobody reads it.
    private static let mostItems = 256

    init(_ model: ModelState, threads: [ThreadSnapshot], users: ObjectUsers, descriptors: DescriptorIndex) {
        self.model = model
        self.descriptors = descriptors
        instances = Dictionary(model.epolls.lazy.filter { !$0.mark.isClosed }.map { ($0.id, $0) }) { first, _ in first }
        self.threads = threads
        names = model.names
        self.users = users
    }

    func sources(of thread: ThreadSnapshot) -> [WaitGraph.Source] {
        switch thread.call {
        case .futexWait, .atomicWait32, .atomicWait64: return [word(thread)]
        case .procJoin: return [child(thread)]
        case .threadJoin: return [join(ThreadID(rawValue: thread.words.first ?? 0))]
        case .epollWait:
            if let found = known[thread.objects.0] { return found }
            let found = items(of: thread.objects.0, thread, [])
            if everyone.count > Self.few { known[thread.objects.0] = found }
            return found
        case .fdRead, .sockRecv, .sockRecvFrom: return [transfer(thread, isRead: true)]
        case .fdWrite, .sockSend, .sockSendTo, .sockSendFile: return [transfer(thread, isRead: false)]
        case .threadSleep: return []
        case .pollOneoff, .pollOneoffUnstable: return polled(thread)
        case nil, .procFork, .procForkEnv: return [borrower(thread)]
        case .procExec, .procExec2, .procExec3, .procExec4, .procSpawn, .procSpawn2, .procSpawn3:
            return [outside("a program to be loaded", fd: nil)]
        case .dlopen: return [outside("a library to be loaded", fd: nil)]
        default:
            return [outside(thread.call?.spec.name ?? "a wait", fd: nil)]
        }
    }

    // MARK: kinds of sources

    private func word(_ thread: ThreadSnapshot) -> WaitGraph.Source {
        let address = thread.wordAddress
        let word = Self.word(of: thread)
        var source = WaitGraph.Source(
            kind: .word(address), name: word.name(at: address), wakers: [], isKnown: true, isLock: word.kind == .lock)
        if let owner = word.owner {
            source.namesOwner = true
            source.wakers = isAlive(owner) ? [owner] : []
            source.name += isAlive(owner) ? "" : ", which T\(owner.rawValue) had when it ended"
            return source
        }
        // Who gave up a lock before is not who has it now.
        let seen =
            word.kind == .lock
            ? users.holder(of: address, in: thread.process).map { [$0.thread] } ?? []
            : users.wakers(of: address, in: thread.process).map(\.thread)
        source.wakers = seen.filter { isAlive($0) && $0 != thread.thread }
        guard source.wakers.isEmpty else { return source }
        source.isKnown = false
        // Processes have a memory of their own each.
        source.wakers = others(than: thread, in: thread.process)
        if source.isLock, everyone.count <= Self.few { source.wakers = likelyHolders(source.wakers, address) }
        return source
    }

    /// Of `threads` those that may have the lock at `address`: who waits for it does not have it, and who waits for another
    /// one is likelier to than who waits for a signal.
    private func likelyHolders(_ threads: [ThreadID], _ address: UInt64) -> [ThreadID] {
        let free = threads.filter { locks[$0] != address }
        let others = free.filter { locks[$0] != nil }
        return others.isEmpty ? free : others
    }

    private static func word(of thread: ThreadSnapshot) -> FutexWord {
        let place = thread.isWide ? 2 : 1
        return FutexWord(expected: thread.words.count > place ? thread.words[place] : 0, stack: thread.stack)
    }

    private func join(_ target: ThreadID) -> WaitGraph.Source {
        WaitGraph.Source(kind: .thread(target), name: "the end of T\(target.rawValue)", wakers: [target], isKnown: true)
    }

    /// The end of a child, or of any: what its threads bring about.
    private func child(_ thread: ThreadSnapshot) -> WaitGraph.Source {
        let number = thread.payload.withUnsafeBytes { bytes in
            CallFields(
                inProgress: .procJoin, words: thread.words, isWide: thread.isWide, objects: thread.objects,
                payload: bytes
            ).joinedProcess ?? 0
        }
        let wanted = ProcessID(rawValue: number)
        let name = wanted == .none ? "the end of a child" : "the end of P\(wanted.rawValue)"
        return WaitGraph.Source(
            kind: .process(wanted), name: name, wakers: threads(of: children(of: thread, wanted)), isKnown: true)
    }

    private func children(of thread: ThreadSnapshot, _ wanted: ProcessID) -> [ProcessID] {
        model.processes.lazy.filter { child in
            child.parent == thread.process && !child.isOrphan && (wanted == .none || child.process == wanted)
        }.map(\.process)
    }

    private func threads(of processes: [ProcessID]) -> [ThreadID] {
        threads.lazy.filter { processes.contains($0.process) }.map(\.thread)
    }

    /// A thread that waits and is in no call has lent its code to a child (vfork(2)).
    private func borrower(_ thread: ThreadSnapshot) -> WaitGraph.Source {
        let children = children(of: thread, .none).filter { !threads(of: [$0]).isEmpty }
        guard let only = children.first else { return outside("a wait", fd: nil) }
        let child = children.count == 1 ? "P\(only.rawValue)" : "a child"
        return WaitGraph.Source(
            kind: .process(children.count == 1 ? only : .none), name: "\(child) to end, or to run a program",
            wakers: threads(of: children), isKnown: true)
    }

    private func outside(_ name: String, fd: FdNumber?) -> WaitGraph.Source {
        WaitGraph.Source(kind: .outside, name: name, fd: fd, wakers: [], isKnown: true)
    }

    private func transfer(_ thread: ThreadSnapshot, isRead: Bool) -> WaitGraph.Source {
        let fd = thread.words.first.map { FdNumber(rawValue: $0) }
        return source(thread.objects.0, fd: fd, thread, asks: isRead ? .in : .out)
    }

    /// What makes `object` ready for `asks`.
    private func source(
        _ object: ObjectID, fd: FdNumber?, _ thread: ThreadSnapshot, asks: EpollEvents
    ) -> WaitGraph.Source {
        let name = label(object, fd)
        guard let descriptor = descriptors[object] else { return outside(name, fd: fd) }
        let known: [ObjectUsers.Use]
        // What the other side of it is.
        var other = object
        switch (descriptor.kind, descriptor.detail) {
        case (.pipeRead, .channel(_, let peer)), (.pipeWrite, .channel(_, let peer)),
            (.socketPair, .channel(_, let peer)):
            known = asks.contains(.out) && !asks.contains(.in) ? users.readers(of: peer) : users.writers(of: peer)
            other = peer
        case (.eventCounter, _):
            known = asks.contains(.in) ? users.writers(of: object) : users.readers(of: object)
        default:
            return outside(name, fd: fd)
        }
        guard hasProcesses else {
            let wakers = known.map(\.thread).filter { isAlive($0) }
            return WaitGraph.Source(
                kind: .channel(object), name: name, fd: fd, wakers: wakers.isEmpty ? others(than: thread) : wakers,
                isKnown: !wakers.isEmpty)
        }
        // Only a process that has it open can do anything to it, whoever used it before.
        let holders = descriptors.holders(of: other)
        let wakers = known.map(\.thread).filter { isAlive($0) && owners[$0].map(holders.contains) ?? false }
        guard wakers.isEmpty else {
            return WaitGraph.Source(kind: .channel(object), name: name, fd: fd, wakers: wakers, isKnown: true)
        }
        let possible =
            holders.count == 1
            ? others(than: thread, in: holders.first!) : holders.sorted().flatMap { others(than: thread, in: $0) }
        return WaitGraph.Source(
            kind: .channel(object), name: name, fd: fd, wakers: possible, isKnown: possible.isEmpty)
    }

    // MARK: waits for events

    /// - Parameter seen: instances that were gone through on the way here: they may watch each other.
    private func items(of object: ObjectID, _ thread: ThreadSnapshot, _ seen: Set<ObjectID>) -> [WaitGraph.Source] {
        guard let instance = instances[object] else { return [outside("an instance that is closed", fd: nil)] }
        let all = instance.items.lazy.filter { !$0.mark.isClosed && $0.item.reason != .oneShotSpent }
        // One that the rest of the world makes ready is enough: a server watches thousands of them.
        if let first = all.first(where: { !$0.item.kind.isInside }) {
            let others = all.count { !$0.item.kind.isInside } - 1
            let name = names[first.item.object] ?? first.item.kind.name
            return [
                outside(
                    "fd \(first.item.fd.rawValue) \(name)" + (others > 0 ? " and \(others) more" : ""),
                    fd: first.item.fd)
            ]
        }
        var found: [WaitGraph.Source] = []
        for row in all.prefix(Self.mostItems) {
            let item = row.item
            if item.kind == .epoll {
                guard !seen.contains(item.object) else { continue }
                found += items(of: item.object, thread, seen.union([object]))
            } else {
                found.append(source(item.object, fd: item.fd, thread, asks: item.mask))
            }
        }
        guard found.isEmpty else { return found }
        return [
            WaitGraph.Source(kind: .nothing, name: "nothing", wakers: others(than: thread), isKnown: threads.count == 1)
        ]
    }

    private func polled(_ thread: ThreadSnapshot) -> [WaitGraph.Source] {
        let polled = thread.payload.withUnsafeBytes { bytes in
            thread.call.map {
                CallFields(
                    inProgress: $0, words: thread.words, isWide: thread.isWide, objects: thread.objects, payload: bytes
                ).polled
            } ?? nil
        }
        guard let polled else { return [outside("poll_oneoff", fd: nil)] }
        return polled.map { entry in
            let found = model.descriptors.first {
                !$0.mark.isClosed && $0.descriptor.process == thread.process && $0.descriptor.fd == entry.fd
            }
            return source(found?.descriptor.object ?? .none, fd: entry.fd, thread, asks: entry.isWrite ? .out : .in)
        }
    }

    // MARK: names and threads

    private func label(_ object: ObjectID, _ fd: FdNumber?) -> String {
        let name = names[object] ?? descriptors[object]?.kind.name ?? ""
        guard let fd else { return name.isEmpty ? "a descriptor that is closed" : name }
        return name.isEmpty ? "fd \(fd.rawValue)" : "fd \(fd.rawValue) \(name)"
    }

    private func isAlive(_ id: ThreadID) -> Bool { alive.contains(id) }

    /// All that are alive.
    private func others(than thread: ThreadSnapshot) -> [ThreadID] { others(than: thread, among: everyone) }

    /// Those of one process.
    private func others(than thread: ThreadSnapshot, in process: ProcessID) -> [ThreadID] {
        others(than: thread, among: members[process] ?? [])
    }

    /// Of many the thread itself is left among them, so that they are one array for all that ask.
    private func others(than thread: ThreadSnapshot, among all: [ThreadID]) -> [ThreadID] {
        all.count > Self.few ? all : all.filter { $0 != thread.thread }
    }

    private static let few = 16
    /// The threads of each process.
    private lazy var members = Dictionary(grouping: threads, by: \.process).mapValues { $0.map(\.thread) }
    private lazy var everyone: [ThreadID] = threads.map(\.thread)
    /// The process of each thread.
    private lazy var owners: [ThreadID: ProcessID] = Dictionary(threads.lazy.map { ($0.thread, $0.process) }) {
        first, _ in
        first
    }
    private lazy var hasProcesses = Set(threads.lazy.map(\.process)).count > 1
    private lazy var alive: Set<ThreadID> = Set(everyone)
    /// The locks that threads wait for.
    private lazy var locks: [ThreadID: UInt64] = Dictionary(
        uniqueKeysWithValues: threads.lazy.filter { $0.call?.waitsForWord == true && Self.word(of: $0).kind == .lock }
            .map { ($0.thread, $0.wordAddress) })
    /// What was found for waits on an instance: the same for all threads, but for few of them.
    private var known: [ObjectID: [WaitGraph.Source]] = [:]
}

extension ObjectKind {
    /// Only the program itself makes it ready.
    fileprivate var isInside: Bool {
        switch self {
        case .pipeRead, .pipeWrite, .socketPair, .eventCounter, .epoll: true
        case .file, .directory, .terminal, .hostPipe, .device, .tcp, .tcpListener, .udp, .unixSocket, .unixListener,
            .unixDatagram:
            false
        }
    }
}
