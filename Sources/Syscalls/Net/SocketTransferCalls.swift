import Kernel
import Trace
import WasixABI

/// Data through sockets. All places that are written to are checked before anything moves: what was received must not
/// be lost.
enum SocketTransferCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.sockRecv, sockRecv),
        CallBinding(.sockSend, sockSend),
        CallBinding(.sockRecvFrom, sockRecvFrom),
        CallBinding(.sockSendTo, sockSendTo),
    ]

    private struct Received {
        var result: IoResult
        var isTruncated = false
        /// The sender of what came through TCP.
        var sender: SocketAddress?
    }

    /// `sock_recv(fd, iovs, iovs_len, riflags, ret_len, ret_flags)`
    private static func sockRecv(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try receive(call, thread)
    }

    /// `sock_recv_from(fd, iovs, iovs_len, riflags, ret_len, ret_flags, ret_addr)`: of a stream the sender is the peer.
    private static func sockRecvFrom(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.process.memory.addressTarget(call.pointer(6))
        if let sender = try receive(call, thread) { target.store(sender) } else { target.storeUnnamed() }
    }

    private static func receive(_ call: Call, _ thread: GuestThread) throws(Errno) -> SocketAddress? {
        let memory = thread.process.memory
        let vectors = try call.vectors(1, thread)
        let flags = RiFlags(rawValue: call.u16(3))
        _ = try memory.range(call.pointer(4), call.isWide ? 8 : 4)
        let flagsTarget = try memory.range(call.pointer(5), 2)
        let kernel = thread.kernel
        kernel.lock()
        let received = receive(call.fd(0), vectors, flags, thread)
        kernel.unlock()
        guard received.result.isSuccess else { throw received.result.errno }
        try memory.storeSize(UInt64(received.result.count), at: call.pointer(4), call)
        let came: RoFlags = received.isTruncated ? .dataTruncated : []
        flagsTarget.storeBytes(of: came.rawValue, as: UInt16.self)
        return received.sender
    }

    /// Lock held, released while waiting.
    private static func receive(
        _ fd: FdNumber, _ vectors: IoVectors, _ flags: RiFlags, _ thread: GuestThread
    ) -> Received {
        guard let file = thread.process.descriptors.file(fd, thread) else { return Received(result: .failed(.badf)) }
        return file._withUnsafeGuaranteedRef {
            $0.held { file in
                if let tcp = file.asTcpSocket {
                    guard allows(.fdRead, fd, thread) else { return Received(result: .failed(.notcapable)) }
                    return Received(result: tcp.receive(into: vectors, flags, thread), sender: tcp.knownPeer)
                }
                guard let end = file.asSocketPair else { return Received(result: .failed(.notsock)) }
                guard allows(.fdRead, fd, thread) else { return Received(result: .failed(.notcapable)) }
                var mode = SocketPairEnd.ReceiveMode()
                mode.isPeek = flags.contains(.peek)
                mode.waitsForAll = flags.contains(.waitAll)
                mode.isNonBlocking = flags.contains(.dontWait)
                let (result, isTruncated) = end.receive(into: vectors, mode, thread)
                return Received(result: result, isTruncated: isTruncated)
            }
        }
    }

    /// `sock_send(fd, iovs, iovs_len, siflags, ret_len)`
    private static func sockSend(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try send(call, thread, result: 4)
    }

    /// `sock_send_to(fd, iovs, iovs_len, siflags, addr, ret_len)`: a stream has one receiver, whatever the address says.
    private static func sockSendTo(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.process.memory.loadAddress(call.pointer(4))
        try send(call, thread, result: 5)
    }

    private static func send(_ call: Call, _ thread: GuestThread, result: Int) throws(Errno) {
        let memory = thread.process.memory
        let vectors = try call.vectors(1, thread)
        let flags = SiFlags(rawValue: call.u16(3))
        _ = try memory.range(call.pointer(result), call.isWide ? 8 : 4)
        let kernel = thread.kernel
        kernel.lock()
        let sent = send(call.fd(0), vectors, flags, thread)
        kernel.unlock()
        guard sent.isSuccess else { throw sent.errno }
        try memory.storeSize(UInt64(sent.count), at: call.pointer(result), call)
    }

    /// Lock held, released while waiting. A pipe's write end takes it too: programs of this platform rely on it.
    private static func send(
        _ fd: FdNumber, _ vectors: IoVectors, _ flags: SiFlags, _ thread: GuestThread
    ) -> IoResult {
        guard let file = thread.process.descriptors.file(fd, thread) else { return .failed(.badf) }
        return file._withUnsafeGuaranteedRef {
            $0.held { file in
                if let tcp = file.asTcpSocket {
                    guard allows(.fdWrite, fd, thread) else { return .failed(.notcapable) }
                    return tcp.send(vectors, flags, thread)
                }
                let end = file.asSocketPair
                guard end != nil || file.kind == .pipeWrite else { return .failed(.notsock) }
                guard allows(.fdWrite, fd, thread) else { return .failed(.notcapable) }
                guard let end else { return write(vectors, to: file, flags, thread) }
                return end.send(vectors, isNonBlocking: flags.contains(.dontWait), thread)
            }
        }
    }

    /// A non-blocking write never releases the lock, so nobody sees the flag that is set for its time.
    private static func write(
        _ vectors: IoVectors, to pipe: OpenFile, _ flags: SiFlags, _ thread: GuestThread
    ) -> IoResult {
        guard flags.contains(.dontWait) else { return pipe.write(from: vectors, thread) }
        let before = pipe.flags
        pipe.flags.insert(.nonblock)
        defer { pipe.flags = before }
        return pipe.write(from: vectors, thread)
    }

    @inline(__always)
    private static func allows(_ right: Rights, _ fd: FdNumber, _ thread: GuestThread) -> Bool {
        thread.process.descriptors.slot(fd)?.pointee.rights.contains(right) ?? false
    }
}
