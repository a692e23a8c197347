import Glibc
import Trace
import WasixABI

/// What whoever inspects the guest does to it (article Decisions). Any thread but the guest's; no lock held.
extension Kernel {
    /// Snapshots tell from now on what the waits on this instance did; nil for none.
    public func explain(_ instance: ObjectID?) { locked { explained = instance } }

    /// Changes the guest, by what its own calls would do, and records it.
    public func act(_ action: WhatIf) -> WhatIfOutcome {
        guard let tracer else { return .refused("nothing is recorded") }
        return tracer.intervene(action) {
            locked {
                switch action {
                case .oneMore(let target): addOne(to: target)
                case .trigger(let target, let isEdge): modify(target, isEdge: isEdge)
                case .rearm(let target): modify(target, isEdge: nil)
                case .shortRead(let target, let most): limitRead(target, to: Int(most))
                case .interrupt(let thread): interruptWait(of: thread)
                }
            }
        }
    }

    // MARK: data (lock held)

    private func addOne(to target: WhatIf.Target) -> WhatIfOutcome {
        guard let file = object(target.object) else { return .refused("fd \(target.fd.rawValue) is closed") }
        guard let thread = anyThread else { return .refused("the guest has ended") }
        let writer: OpenFile?
        switch file.kind {
        case .pipeRead: writer = (file as? PipeEnd)?.otherEnd
        case .socketPair: writer = (file as? SocketPairEnd)?.otherEnd
        case .eventCounter: writer = file
        case .pipeWrite: return .refused("a pipe's write end has nothing to read")
        case .epoll: return .refused("an epoll instance has no bytes: give one to what it watches")
        default: return .refused("what comes there comes from outside the guest")
        }
        guard let writer else { return .refused("nobody has its other end any more") }
        var byte: UInt64 = file.kind == .eventCounter ? 1 : UInt64(UInt8(ascii: "."))
        let count = file.kind == .eventCounter ? MemoryLayout<UInt64>.size : 1
        let result = withUnsafeMutableBytes(of: &byte) { bytes in
            var vector = iovec(iov_base: bytes.baseAddress, iov_len: count)
            return withUnsafeMutablePointer(to: &vector) {
                writer.writeAtOnce(IoVectors(base: $0, count: 1, total: count), thread)
            }
        }
        switch result.errno {
        case .success: return .done
        case .again: return .refused("there is no room for more")
        default: return .refused("its other end does not write any more")
        }
    }

    /// Any thread of the guest: a write that does not wait asks nothing of it.
    private var anyThread: GuestThread? {
        assertLocked()
        return processes.all.lazy.compactMap { $0.liveThreads.first }.first
    }

    private func limitRead(_ target: WhatIf.Target, to most: Int) -> WhatIfOutcome {
        guard let file = object(target.object) else { return .refused("fd \(target.fd.rawValue) is closed") }
        switch file.kind {
        case .eventCounter: return .refused("an eventfd is read whole, or not at all")
        case .epoll, .pipeWrite: return .refused("nobody reads from it")
        default: break
        }
        guard file.keepsNoBoundaries else { return .refused("a short read would lose the rest of the datagram") }
        readLimits[file.id] = most
        return .done
    }

    /// The vectors that a read of `file` gets, cut where somebody wants it short. Lock held.
    public func limited(_ vectors: IoVectors, from file: OpenFile) -> IoVectors {
        assertLocked()
        guard let most = readLimits.removeValue(forKey: file.id) else { return vectors }
        return vectors.cut(to: most)
    }

    // MARK: registrations and waits (lock held)

    private func modify(_ target: WhatIf.Target, isEdge: Bool?) -> WhatIfOutcome {
        guard let epoll = object(target.instance)?.asEpoll else { return .refused("the instance is closed") }
        guard let file = object(target.object), let item = file.item(in: epoll, number: target.fd) else {
            return .refused("fd \(target.fd.rawValue) is registered no more")
        }
        var events = item.pointee.mask
        if isEdge ?? item.pointee.isEdge { events.insert(.et) }
        if item.pointee.isOneShot { events.insert(.oneshot) }
        do throws(Errno) {
            try epoll.modify(file, target.fd, events: events, data: item.pointee.data)
            return .done
        } catch {
            return .refused("the host refuses it")
        }
    }

    private func interruptWait(of id: ThreadID) -> WhatIfOutcome {
        let threads = processes.all.flatMap(\.liveThreads)
        guard let thread = threads.first(where: { $0.id == id }) else { return .refused("T\(id.rawValue) has ended") }
        guard thread.blockedSince != 0, CallID(rawValue: thread.frame.pointee.call)?.isEventWait ?? false else {
            return .refused("T\(id.rawValue) does not wait for events")
        }
        thread.interrupt(.quietSignal)
        return .done
    }
}

extension OpenFile {
    /// As a write of a descriptor that does not block. Lock held.
    fileprivate func writeAtOnce(_ vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        let before = flags
        flags.insert(.nonblock)
        defer { flags = before }
        return write(from: vectors, thread)
    }

    /// Its registration in `epoll` under that number.
    fileprivate func item(in epoll: Epoll, number: FdNumber) -> ItemPointer? {
        var current = watchers
        while let item = current {
            if item.pointee.fd == number.rawValue, item.pointee.isIn(epoll) { return item }
            current = item.pointee.nextWatcher
        }
        return nil
    }
}
