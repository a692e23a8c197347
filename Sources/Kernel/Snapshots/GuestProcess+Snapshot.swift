import CLinux
import Glibc
import Trace
import WasixABI

/// The process as the inspector sees it: pulled in portions, so that no guest thread waits long for the lock, and
/// without asking the host anything under it.
extension GuestProcess {
    /// Descriptors, registrations or threads looked at under one hold of the lock.
    private static let portion = 16

    /// The process at this moment; one that has ended as it was when it ended. No lock held.
    /// - Parameters:
    ///   - asksForStacks: threads whose stack is not known as of now are asked for it, a limited number of them; a later
    ///     snapshot has it.
    ///   - isLast: no later one will tell more: what all waits did goes into it.
    public func snapshot(asksForStacks: Bool = false, isLast: Bool = false) -> KernelSnapshot {
        snapshotTurn.withLock { _ in
            kernel.locked { lastSnapshot } ?? takeSnapshot(asksForStacks, isLast: isLast)
        }
    }

    private func takeSnapshot(_ asksForStacks: Bool, isLast: Bool) -> KernelSnapshot {
        var snapshot = KernelSnapshot()
        snapshot.takenAt = cl_monotonic_ns()
        describeThreads(into: &snapshot, asksForStacks)
        let instances = describeDescriptors(into: &snapshot)
        let explained = kernel.locked { kernel.explained }
        for (object, fd) in instances {
            describeInstance(object, fd, withHistory: isLast || object == explained, into: &snapshot)
        }
        return snapshot
    }

    /// Threads that are asked for their stacks at once.
    private static let askedAtOnce = 64

    private func describeThreads(into snapshot: inout KernelSnapshot, _ asksForStacks: Bool) {
        let threads = kernel.locked {
            snapshot.guest = state
            var process = ProcessSnapshot(
                process: id, parent: parent, state: state, isStopped: isStopped, isOrphan: isOrphan,
                program: String(decoding: image.arguments.first ?? [], as: UTF8.self))
            process.isPausedAlone = isPausedAlone
            snapshot.processes = [process]
            // Before the descriptors: what is closed meanwhile may be missing from one picture, but is never counted twice.
            snapshot.closedTraffic = kernel.closedTraffic
            snapshot.openings = kernel.openings
            snapshot.pace = kernel.pace
            snapshot.pausedBy = kernel.pausedBy
            snapshot.isSettled = kernel.isSettled
            snapshot.stepsGiven = kernel.stepsGiven
            return liveThreads
        }
        snapshot.threads.reserveCapacity(threads.count)
        let now = snapshot.takenAt
        var asked = 0
        var isComputing = false
        for start in stride(from: 0, to: threads.count, by: Self.portion) {
            kernel.locked {
                for thread in threads[start...].prefix(Self.portion) where !thread.hasEnded {
                    snapshot.threads.append(thread.snapshot())
                    guard asksForStacks else { continue }
                    if asked < Self.askedAtOnce, thread.askForStack(at: now) { asked += 1 }
                    // One that was nudged while it set its next deadline has not noticed.
                    isComputing = isComputing || thread.isAskedWhileItRuns
                }
            }
        }
        if isComputing { kernel.locked { image.runner }?.nudge() }
    }

    /// - Returns: each epoll instance with its lowest number, in order of the numbers.
    private func describeDescriptors(into snapshot: inout KernelSnapshot) -> [(ObjectID, FdNumber)] {
        var watchers: [(Int, [ObjectID])] = []
        var numbers: [ObjectID: FdNumber] = [:]
        var instances: [(ObjectID, FdNumber)] = []
        var questions = HostQuestions()
        snapshot.descriptors.reserveCapacity(kernel.locked { descriptors.openCount })
        var next: UInt32? = 0
        while let start = next {
            next = kernel.locked {
                descriptors.forEach(from: start, limit: Self.portion) { fd, slot, file in
                    let index = snapshot.descriptors.count
                    let watching = file.watchingInstances
                    if !watching.isEmpty { watchers.append((index, watching)) }
                    if file.kind == .epoll, numbers[file.id] == nil {
                        numbers[file.id] = fd
                        instances.append((file.id, fd))
                    }
                    if file.isHostBacked, let hostFd = file.hostPollFd { questions.askReadiness(hostFd, for: index) }
                    if let queue = file.hostQueue { questions.askQueue(queue, for: index) }
                    snapshot.descriptors.append(describe(file, fd, slot))
                }
            }
            questions.ask {
                snapshot.descriptors[$0].ready = $1
            } queue: {
                snapshot.descriptors[$0].queue = $1
            }
        }
        for (index, watching) in watchers {
            snapshot.descriptors[index].watchedBy = watching.compactMap { numbers[$0] }.sorted()
        }
        return instances
    }

    /// Lock held.
    private func describe(_ file: OpenFile, _ fd: FdNumber, _ slot: borrowing FdSlot) -> DescriptorSnapshot {
        assertLocked()
        return DescriptorSnapshot(
            process: id, fd: fd, object: file.id, kind: file.kind, detail: file.detail, flags: file.flags,
            isCloseOnExec: slot.isCloseOnExec, ready: file.isHostBacked ? [] : file.peekReadiness(),
            queue: file.hostQueue == nil ? file.queueLevel : nil, watchedBy: [], bytesIn: file.bytesIn,
            bytesOut: file.bytesOut)
    }

    private func describeInstance(
        _ object: ObjectID, _ fd: FdNumber, withHistory: Bool, into snapshot: inout KernelSnapshot
    ) {
        let epoll = kernel.locked {
            // The number may stand for something else by now.
            let file = descriptors.slot(fd)?.pointee.file?.takeUnretainedValue()
            let epoll = file?.id == object ? file?.asEpoll : nil
            epoll?.hold()
            return epoll
        }
        guard let epoll else { return }
        defer { kernel.locked { epoll.release() } }
        var picture = epoll.snapshot(descriptors, fd: fd, portion: Self.portion)
        picture.process = id
        if let clock = kernel.tracer?.clock {
            let rate = clock.nanosecondsPerTick()
            for index in picture.items.indices where picture.items[index].lastReportedAt != 0 {
                let ticks = picture.items[index].lastReportedAt
                picture.items[index].lastReportedAt =
                    clock.startNanoseconds &+ clock.nanoseconds(at: ticks, rate: rate)
            }
        }
        snapshot.epolls.append(picture)
        // After the picture: a wait that the picture has seen begin is in the history, once it has looked.
        if withHistory, kernel.keepsDecisions { snapshot.histories.append(epoll.history(portion: Self.portion)) }
    }
}

extension OpenFile {
    /// The instances that watch it, each once. Lock held.
    fileprivate var watchingInstances: [ObjectID] {
        assertLocked()
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
        kernel.assertLocked()
        let isBlocked = blockedSince != 0
        // Of a thread that runs, the frame may go at any moment.
        let frame = isBlocked || pausedAt == .beforeCall ? frame.pointee : .none
        let call = CallID(rawValue: frame.call)
        return ThreadSnapshot(
            process: process.id, thread: id, isMain: isMain,
            state: hasEnded ? .ended : isBlocked ? .blocked : .running, call: call,
            words: frame.words(of: call), payload: frame.payload(of: call, memory, channel), isWide: frame.isWide,
            objects: (ObjectID(rawValue: frame.objects.0), ObjectID(rawValue: frame.objects.1)),
            blockedSince: isBlocked ? blockedSince : 0,
            deadline: isBlocked && blockedUntil != .max ? kernel.clock.shownHostTime(of: blockedUntil) : nil,
            wakes: wakes,
            calls: channel?.counters.total ?? 0, stack: isStackOfNow ? stack : [], missedWake: missedWake,
            pausedAt: pausedAt)
    }

    /// The stack that was last seen is that of the wait it is in or of the place where it is paused; of a thread that runs
    /// there is no better one.
    private var isStackOfNow: Bool {
        if blockedSince != 0 { return stackWait == blockedSince }
        return pausedAt == nil || stackTakenAt >= pausedSince
    }
}

extension CallFrame {
    /// The call's arguments, as `TraceRecord` has them.
    fileprivate func words(of call: CallID?) -> [UInt32] {
        guard let call, let arguments else { return [] }
        return PayloadCapture.of(call, isWide ? .bits64 : .bits32).argumentWords(slots: arguments)
    }

    /// What the call was given, as a record would keep it.
    fileprivate func payload(of call: CallID?, _ memory: GuestMemory, _ channel: ThreadChannel?) -> [UInt8] {
        guard let call, let arguments, let channel else { return [] }
        return PayloadCapture.of(call, isWide ? .bits64 : .bits32)
            .entry(slots: arguments, memory: memory.whole, stringLimit: channel.options.stringLimit)
    }
}
