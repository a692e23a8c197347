import CLinux
import Glibc
import Trace
import WasixABI

/// The process as the inspector sees it: pulled in portions, so that no guest thread waits long for the lock.
extension GuestProcess {
    /// Descriptors looked at under one hold of the lock.
    private static let portion = 128

    /// No lock held.
    public func snapshot() -> KernelSnapshot {
        var snapshot = KernelSnapshot()
        snapshot.takenAt = cl_monotonic_ns()
        kernel.locked {
            snapshot.guest = state
            snapshot.threads = liveThreads.map { $0.snapshot() }
        }
        let (epollNumbers, instances) = describeDescriptors(into: &snapshot)
        let clock = kernel.tracer?.clock
        let rate = clock?.nanosecondsPerTick() ?? 1
        for id in instances {
            kernel.locked {
                guard let epoll = kernel.object(id)?.asEpoll, let fd = epollNumbers[id] else { return }
                snapshot.epolls.append(
                    epoll.snapshot(fd: fd, descriptors: descriptors) { ticks in
                        guard ticks != 0, let clock else { return 0 }
                        return clock.startNanoseconds &+ clock.nanoseconds(at: ticks, rate: rate)
                    })
            }
        }
        return snapshot
    }

    /// - Returns: the lowest number of each epoll instance, and the instances in order of it.
    private func describeDescriptors(into snapshot: inout KernelSnapshot) -> ([ObjectID: FdNumber], [ObjectID]) {
        var watchers: [(Int, [ObjectID])] = []
        var hostPolls: [pollfd] = []
        var hostOwners: [Int] = []
        var numbers: [ObjectID: FdNumber] = [:]
        var instances: [ObjectID] = []
        var next: UInt32? = 0
        while let start = next {
            next = kernel.locked {
                descriptors.forEach(from: start, limit: Self.portion) { fd, slot, file in
                    let index = snapshot.descriptors.count
                    let watching = file.watchingInstances
                    if !watching.isEmpty { watchers.append((index, watching)) }
                    if file.kind == .epoll, numbers[file.id] == nil {
                        numbers[file.id] = fd
                        instances.append(file.id)
                    }
                    if file.isHostBacked, let hostFd = file.hostPollFd {
                        let events = HostPoll.hostEvents([.in, .out, .rdhup])
                        hostPolls.append(pollfd(fd: hostFd, events: events, revents: 0))
                        hostOwners.append(index)
                    }
                    snapshot.descriptors.append(
                        DescriptorSnapshot(
                            process: id, fd: fd, object: file.id, kind: file.kind, detail: file.detail,
                            flags: file.flags, isCloseOnExec: slot.isCloseOnExec,
                            ready: file.isHostBacked ? [] : file.peekReadiness(), queue: file.queueLevel,
                            watchedBy: [], bytesIn: file.bytesIn, bytesOut: file.bytesOut))
                }
            }
        }
        // One poll for all host descriptors. One that was closed meanwhile shows another's state for one picture.
        if poll(&hostPolls, nfds_t(hostPolls.count), 0) > 0 {
            for (entry, index) in zip(hostPolls, hostOwners) {
                snapshot.descriptors[index].ready = HostPoll.wireEvents(entry.revents)
            }
        }
        for (index, watching) in watchers {
            snapshot.descriptors[index].watchedBy = watching.compactMap { numbers[$0] }.sorted()
        }
        return (numbers, instances)
    }
}

extension OpenFile {
    /// The instances that watch it, each once. Lock held.
    fileprivate var watchingInstances: [ObjectID] {
        var found: [ObjectID] = []
        var current = watchers
        while let item = current {
            let id = item.pointee.epoll._withUnsafeGuaranteedRef { $0.id }
            if !found.contains(id) { found.append(id) }
            current = item.pointee.nextWatcher
        }
        return found
    }
}

extension GuestThread {
    /// Lock held.
    fileprivate func snapshot() -> ThreadSnapshot {
        let isBlocked = blockedSince != 0
        let frame = frame.pointee
        let call = isBlocked && frame.call != CallFrame.noCall ? CallID(rawValue: frame.call) : nil
        return ThreadSnapshot(
            process: process.id, thread: id, isMain: isMain,
            state: hasEnded ? .ended : isBlocked ? .blocked : .running, call: call,
            words: call.map { frame.argumentWords($0) } ?? [], isWide: frame.isWide,
            objects: (ObjectID(rawValue: frame.objects.0), ObjectID(rawValue: frame.objects.1)),
            blockedSince: isBlocked ? blockedSince : 0,
            deadline: isBlocked && blockedUntil != .max ? blockedUntil : nil, wakes: wakes,
            calls: channel?.counters.total ?? 0)
    }
}

extension CallFrame {
    /// The call's arguments, as `TraceRecord` has them.
    fileprivate func argumentWords(_ call: CallID) -> [UInt32] {
        guard let arguments else { return [] }
        var words: [UInt32] = []
        let width: PointerWidth = isWide ? .bits64 : .bits32
        for (index, argument) in call.spec.arguments.enumerated() {
            let value = arguments[index * 2]
            words.append(UInt32(truncatingIfNeeded: value))
            if argument.kind.wasmType(width) == .i64 { words.append(UInt32(truncatingIfNeeded: value >> 32)) }
        }
        return words
    }
}
