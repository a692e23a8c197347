import Kernel
import Trace
import WasixABI

/// epoll (WasixABI.docc/EpollCalls): the wire's records in and out; everything else is the kernel's.
enum EpollCalls {
    static let bindings = [
        CallBinding(.epollCreate, epollCreate), CallBinding(.epollCtl, epollCtl), CallBinding(.epollWait, epollWait),
    ]

    /// `epoll_create(ret_fd)`
    static func epollCreate(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        try thread.memory.store(UInt32.max, at: call.pointer(0))
        let fd = try process.kernel.locked { () throws(Errno) in
            try process.descriptors.install(Epoll(kernel: process.kernel))
        }
        try thread.memory.store(fd.rawValue, at: call.pointer(0))
    }

    /// `epoll_ctl(epfd, op, fd, event)`: the checks in Linux's order.
    static func epollCtl(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let op = call.u32(1)
        var events: EpollEvents = []
        var data = EpollData(pointer: 0, fd: 0, data1: 0, data2: 0)
        if op != EpollOp.delete.rawValue {
            guard call.pointer(3) != .null else { throw .fault }
            (events, data) = try loadEvent(call, thread.memory)
        }
        let target = call.fd(2)
        let kernel = process.kernel
        kernel.lock()
        defer { kernel.unlock() }
        guard let instance = process.descriptors.file(call.fd(0), thread),
            let watched = process.descriptors.file(target, thread)
        else { throw .badf }
        try instance.withReference { instance throws(Errno) in
            try watched.withReference { watched throws(Errno) in
                try control(instance, op, watched, target, events, data, thread)
            }
        }
    }

    private static func control(
        _ instance: OpenFile, _ op: UInt32, _ watched: OpenFile, _ fd: FdNumber, _ events: EpollEvents,
        _ data: EpollData, _ thread: GuestThread
    ) throws(Errno) {
        guard watched.isPollable else { throw .perm }
        guard let epoll = instance.asEpoll, epoll !== watched else { throw .inval }
        let operation = epoll.operation(op, libcShaped: data.isLibcShaped(fd: fd.rawValue))
        thread.frame.pointee.usesLinuxDialect = epoll.dialect == .linux
        switch operation {
        case .add: try epoll.add(watched, fd, events: events, data: data)
        case .modify: try epoll.modify(watched, fd, events: events, data: data)
        case .delete: try epoll.delete(watched, fd)
        case nil: throw .inval
        }
    }

    private static func loadEvent(
        _ call: Call, _ memory: GuestMemory
    ) throws(Errno) -> (EpollEvents, EpollData) {
        let raw = try memory.range(call.pointer(3), UInt64(EpollEventLayout.size))
        let events = EpollEvents(rawValue: raw.loadUnaligned(as: UInt32.self))
        let data2 = raw.loadUnaligned(fromByteOffset: EpollEventLayout.data2, as: UInt64.self)
        if call.isWide {
            return (
                events,
                EpollData(
                    pointer: raw.loadUnaligned(fromByteOffset: EpollEventLayout64.pointer, as: UInt64.self),
                    fd: raw.loadUnaligned(fromByteOffset: EpollEventLayout64.fd, as: UInt32.self),
                    data1: raw.loadUnaligned(fromByteOffset: EpollEventLayout64.data1, as: UInt32.self), data2: data2)
            )
        }
        return (
            events,
            EpollData(
                pointer: UInt64(raw.loadUnaligned(fromByteOffset: EpollEventLayout.pointer, as: UInt32.self)),
                fd: raw.loadUnaligned(fromByteOffset: EpollEventLayout.fd, as: UInt32.self),
                data1: raw.loadUnaligned(fromByteOffset: EpollEventLayout.data1, as: UInt32.self), data2: data2)
        )
    }

    /// The most events that one wait returns; a larger `maxevents` counts as this.
    private static let mostEvents: Int32 = 65_536

    /// `epoll_wait(epfd, events, maxevents, timeout, ret_nevents)`: the timeout is in nanoseconds, top bit set means
    /// for ever. Room is checked for the records that can be written, not for all of `maxevents`.
    static func epollWait(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        guard call.i32(2) > 0 else { throw .inval }
        let stride = UInt64(EpollEventLayout.size)
        var limit = UInt64(min(call.i32(2), mostEvents))
        if !memory.hasRoom(call.pointer(1), limit &* stride) {
            limit = min(limit, memory.bytesLeft(from: call.pointer(1)) / stride)
            guard limit > 0 else { throw .fault }
        }
        _ = try memory.range(call.pointer(4), call.isWide ? 8 : 4)
        let timeout = call.u64(3)
        let deadline = Deadline.after(timeout, thread)
        let kernel = thread.kernel
        let output = thread.eventScratch(Int(limit))
        defer { thread.trimScratch() }
        kernel.lock()
        guard let file = thread.descriptors.file(call.fd(0), thread) else {
            kernel.unlock()
            throw .badf
        }
        let result = file._withUnsafeGuaranteedRef { file in
            file.asEpoll?.wait(into: output, limit: Int(limit), until: deadline, thread) ?? .failed(.inval)
        }
        kernel.unlock()
        guard result.isSuccess else { throw result.errno }
        thread.noteReported(result.count)
        try write(output, result.count, call, memory)
        try memory.storeSize(UInt64(result.count), at: call.pointer(4), call)
    }

    private static func write(
        _ events: UnsafeMutablePointer<DeliveredEvent>, _ count: Int, _ call: Call, _ memory: GuestMemory
    ) throws(Errno) {
        var raw = try memory.range(call.pointer(1), UInt64(count * EpollEventLayout.size))
        for index in 0..<count {
            let event = events[index]
            raw.storeBytes(of: UInt64(event.events.rawValue), as: UInt64.self)
            if call.isWide {
                raw.storeBytes(of: event.data.pointer, toByteOffset: EpollEventLayout64.pointer, as: UInt64.self)
                raw.storeBytes(of: event.data.fd, toByteOffset: EpollEventLayout64.fd, as: UInt32.self)
                raw.storeBytes(of: event.data.data1, toByteOffset: EpollEventLayout64.data1, as: UInt32.self)
            } else {
                raw.storeBytes(
                    of: UInt32(truncatingIfNeeded: event.data.pointer), toByteOffset: EpollEventLayout.pointer,
                    as: UInt32.self)
                raw.storeBytes(of: event.data.fd, toByteOffset: EpollEventLayout.fd, as: UInt32.self)
                raw.storeBytes(of: UInt64(event.data.data1), toByteOffset: EpollEventLayout.data1, as: UInt64.self)
            }
            raw.storeBytes(of: event.data.data2, toByteOffset: EpollEventLayout.data2, as: UInt64.self)
            raw += EpollEventLayout.size
        }
    }
}
