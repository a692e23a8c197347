import Kernel
import Trace
import WasixABI

/// Socket options, by the type of their value.
enum SocketOptionCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.sockSetOptFlag, setFlag),
        CallBinding(.sockGetOptFlag, getFlag),
        CallBinding(.sockSetOptSize, setSize),
        CallBinding(.sockGetOptSize, getSize),
        CallBinding(.sockSetOptTime, setTime),
        CallBinding(.sockGetOptTime, getTime),
    ]

    /// Runs `body` on the TCP socket and the option of a call.
    /// - Throws: NOPROTOOPT for a number that is no option and for what a socket pair does not have; INVAL for an
    ///   option that another pair of calls carries.
    private static func withOption<Value>(
        _ call: Call, _ thread: GuestThread, _ accessor: SockOption.Accessor,
        pair: (SocketPairEnd, SockOption) -> Value?, _ body: (TcpSocket, SockOption) throws(Errno) -> Value
    ) throws(Errno) -> Value {
        let option = SockOption(rawValue: call.u8(1))
        return try thread.withSocket(call) { socket throws(Errno) in
            guard let carried = option.accessor else { throw .noprotoopt }
            guard carried == accessor else { throw .inval }
            switch socket {
            case .tcp(let tcp):
                return try body(tcp, option)
            case .pair(let end):
                guard let value = pair(end, option) else { throw .noprotoopt }
                return value
            }
        }
    }

    /// NOOP asks for nothing and gets it, on any socket.
    private static func isNoop(_ call: Call, _ thread: GuestThread) throws(Errno) -> Bool {
        guard SockOption(rawValue: call.u8(1)) == .noop else { return false }
        try thread.withSocket(call) { _ in }
        return true
    }

    /// `sock_set_opt_flag(fd, opt, flag)`
    private static func setFlag(_ call: Call, _ thread: GuestThread) throws(Errno) {
        if try isNoop(call, thread) { return }
        try withOption(call, thread, .flag, pair: { _, _ in nil }) { tcp, option throws(Errno) in
            try tcp.setFlag(option, call.u8(2) != 0).check()
        }
    }

    /// `sock_get_opt_flag(fd, opt, ret)`
    private static func getFlag(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.process.memory.range(call.pointer(2), 1)
        var value = false
        if try !isNoop(call, thread) {
            value = try withOption(call, thread, .flag, pair: { $1 == .listening ? false : nil }) {
                tcp, option throws(Errno) in try tcp.flag(option)
            }
        }
        target.storeBytes(of: value ? 1 : 0, as: UInt8.self)
    }

    /// `sock_set_opt_size(fd, opt, size)`
    private static func setSize(_ call: Call, _ thread: GuestThread) throws(Errno) {
        if try isNoop(call, thread) { return }
        try withOption(call, thread, .size, pair: { _, _ in nil }) { tcp, option throws(Errno) in
            try tcp.setSize(option, call.u64(2)).check()
        }
    }

    /// `sock_get_opt_size(fd, opt, ret)`
    private static func getSize(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.process.memory.range(call.pointer(2), 8)
        var value: UInt64 = 0
        if try !isNoop(call, thread) {
            value = try withOption(call, thread, .size, pair: pairSize) {
                tcp, option throws(Errno) in try tcp.size(option)
            }
        }
        target.storeBytes(of: value, as: UInt64.self)
    }

    private static func pairSize(_ end: SocketPairEnd, _ option: SockOption) -> UInt64? {
        switch option {
        case .type: UInt64((end.fileType == .socketStream ? SockType.stream : .datagram).rawValue)
        case .proto: 0
        default: nil
        }
    }

    /// `sock_set_opt_time(fd, opt, timeout)`
    private static func setTime(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let source = try thread.process.memory.range(call.pointer(2), UInt64(OptionTimestampLayout.size))
        let isSome = source.loadUnaligned(fromByteOffset: OptionTimestampLayout.tag, as: UInt8.self) != 0
        let value = source.loadUnaligned(fromByteOffset: OptionTimestampLayout.value, as: UInt64.self)
        if try isNoop(call, thread) { return }
        try withOption(call, thread, .time, pair: { _, _ in nil }) { tcp, option throws(Errno) in
            try tcp.setTime(option, isSome ? value : nil).check()
        }
    }

    /// `sock_get_opt_time(fd, opt, ret)`
    private static func getTime(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.process.memory.range(call.pointer(2), UInt64(OptionTimestampLayout.size))
        var value: UInt64?
        if try !isNoop(call, thread) {
            value = try withOption(call, thread, .time, pair: { _, _ in nil }) { tcp, option throws(Errno) in
                try tcp.time(option)
            }
        }
        target.storeBytes(of: value == nil ? 0 : 1, toByteOffset: OptionTimestampLayout.tag, as: UInt64.self)
        target.storeBytes(of: value ?? 0, toByteOffset: OptionTimestampLayout.value, as: UInt64.self)
    }
}
