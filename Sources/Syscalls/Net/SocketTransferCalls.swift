import Kernel
import Trace
import WasixABI

/// Data through sockets. All result pointers are checked before anything moves, because what was received cannot be put
/// back.
enum SocketTransferCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.sockRecv, sockRecv),
        CallBinding(.sockSend, sockSend),
        CallBinding(.sockRecvFrom, sockRecvFrom),
        CallBinding(.sockSendTo, sockSendTo),
    ]

    /// `sock_recv(fd, iovs, iovs_len, riflags, ret_len, ret_flags)`
    private static func sockRecv(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try receive(call, thread, sender: nil)
    }

    /// `sock_recv_from(fd, iovs, iovs_len, riflags, ret_len, ret_flags, ret_addr)`: of a stream the sender is the peer.
    private static func sockRecvFrom(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.addressTarget(call.pointer(6))
        var sender = SocketAddress.unnamed
        try receive(call, thread, sender: &sender)
        target.store(sender)
    }

    private static func receive(
        _ call: Call, _ thread: GuestThread, sender: UnsafeMutablePointer<SocketAddress>?
    ) throws(Errno) {
        let memory = thread.memory
        let vectors = try call.vectors(1, thread)
        let flags = RiFlags(rawValue: call.u16(3))
        _ = try memory.range(call.pointer(4), call.isWide ? 8 : 4)
        let flagsTarget = try memory.range(call.pointer(5), 2)
        let kernel = thread.kernel
        kernel.lock()
        let received = receive(call.fd(0), vectors, flags, sender, thread)
        kernel.unlock()
        guard received.result.isSuccess else { throw received.result.errno }
        try memory.storeSize(UInt64(received.result.count), at: call.pointer(4), call)
        let came: RoFlags = received.isTruncated ? .dataTruncated : []
        flagsTarget.storeBytes(of: came.rawValue, as: UInt16.self)
    }

    /// Lock held, released while waiting.
    private static func receive(
        _ fd: FdNumber, _ vectors: IoVectors, _ flags: RiFlags, _ sender: UnsafeMutablePointer<SocketAddress>?,
        _ thread: GuestThread
    ) -> Reception {
        guard let file = thread.process.descriptors.file(fd, thread) else { return Reception(.failed(.badf)) }
        return file._withUnsafeGuaranteedRef {
            $0.held { file in
                let vectors = thread.kernel.hasReadLimits ? thread.kernel.limited(vectors, from: file) : vectors
                if let host = file.asHostSocket {
                    guard allows(.fdRead, fd, thread) else { return Reception(.failed(.notcapable)) }
                    let received = host.receive(into: vectors, flags, sender: sender, thread)
                    thread.noteRead(received.result, of: vectors, from: file)
                    return received
                }
                guard let end = file.asSocketPair else { return Reception(.failed(.notsock)) }
                guard allows(.fdRead, fd, thread) else { return Reception(.failed(.notcapable)) }
                let received = end.receive(into: vectors, flags, thread)
                thread.noteRead(received.result, of: vectors, from: file)
                return received
            }
        }
    }

    /// `sock_send(fd, iovs, iovs_len, siflags, ret_len)`
    private static func sockSend(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try send(call, thread, to: .unspecified, result: 4)
    }

    /// `sock_send_to(fd, iovs, iovs_len, siflags, addr, ret_len)`: an address of no family means the peer.
    private static func sockSendTo(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try send(call, thread, to: try thread.memory.loadAddress(call.pointer(4)), result: 5)
    }

    /// - Parameter address: nil for an address of a family that no socket has.
    private static func send(
        _ call: Call, _ thread: GuestThread, to address: SocketAddress?, result: Int
    ) throws(Errno) {
        let memory = thread.memory
        let vectors = try call.vectors(1, thread)
        let flags = SiFlags(rawValue: call.u16(3))
        _ = try memory.range(call.pointer(result), call.isWide ? 8 : 4)
        let kernel = thread.kernel
        kernel.lock()
        let sent = send(call.fd(0), vectors, flags, address, thread)
        kernel.unlock()
        guard sent.isSuccess else { throw sent.errno }
        try memory.storeSize(UInt64(sent.count), at: call.pointer(result), call)
    }

    /// Lock held, released while waiting.
    private static func send(
        _ fd: FdNumber, _ vectors: IoVectors, _ flags: SiFlags, _ address: SocketAddress?, _ thread: GuestThread
    ) -> IoResult {
        guard let file = thread.process.descriptors.file(fd, thread) else { return .failed(.badf) }
        return file._withUnsafeGuaranteedRef {
            $0.held { file in
                let vectors = thread.kernel.hasReadLimits ? thread.kernel.limited(vectors, from: file) : vectors
                if let host = file.asHostSocket {
                    guard allows(.fdWrite, fd, thread) else { return .failed(.notcapable) }
                    guard let address else { return .failed(.afnosupport) }
                    return host.send(vectors, flags, to: address, thread)
                }
                guard let end = file.asSocketPair else { return .failed(.notsock) }
                guard allows(.fdWrite, fd, thread) else { return .failed(.notcapable) }
                return end.send(vectors, isNonBlocking: flags.contains(.dontWait), thread)
            }
        }
    }

    @inline(__always)
    private static func allows(_ right: Rights, _ fd: FdNumber, _ thread: GuestThread) -> Bool {
        thread.process.descriptors.slot(fd)?.pointee.rights.contains(right) ?? false
    }
}
