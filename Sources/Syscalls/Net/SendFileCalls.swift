import Kernel
import Trace
import WasixABI

/// Files straight to sockets.
enum SendFileCalls {
    static let bindings: [CallBinding] = [CallBinding(.sockSendFile, sockSendFile)]

    /// `sock_send_file(out_fd, in_fd, offset, count, ret_sent)`: to anything that can be written, as Linux has it.
    private static func sockSendFile(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(4), 8)
        let kernel = thread.kernel
        let sent = try kernel.locked { () throws(Errno) in
            // The target is looked up first, because a record names descriptions in the order of the arguments; but an
            // error of the source is reported before one of the target.
            _ = thread.descriptors.file(call.fd(0), thread)
            let input = try thread.descriptors.file(call.fd(1), thread, allowing: .fdRead).takeUnretainedValue()
            let transfer = try SendFile(input, from: call.u64(2), count: call.u64(3))
            let output = try thread.descriptors.file(call.fd(0), thread, allowing: .fdWrite).takeUnretainedValue()
            return input.held { _ in output.held { transfer.run(to: $0, thread) } }
        }
        guard sent.isSuccess else { throw sent.errno }
        target.storeBytes(of: UInt64(sent.count), as: UInt64.self)
    }
}
