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

    /// Runs `body` on the socket and the option of a call. NOOP succeeds on any socket and does nothing: nil.
    /// - Throws: NOPROTOOPT for a number that is no option; INVAL for an option that another pair of calls carries.
    private static func withOption<Value>(
        _ call: Call, _ thread: GuestThread, _ accessor: SockOption.Accessor,
        _ body: (GuestSocket, SockOption) throws(Errno) -> Value
    ) throws(Errno) -> Value? {
        let option = SockOption(rawValue: call.u8(1))
        return try thread.withSocket(call) { socket throws(Errno) in
            guard option != .noop else { return nil }
            guard let carried = option.accessor else { throw .noprotoopt }
            guard carried == accessor else { throw .inval }
            return try body(socket, option)
        }
    }

    /// `sock_set_opt_flag(fd, opt, flag)`
    private static func setFlag(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try withOption(call, thread, .flag) { socket, option throws(Errno) in
            switch socket {
            case .host(let host): try host.setFlag(option, call.u8(2) != 0)
            case .pair(let end): try end.setFlag(option, call.u8(2) != 0)
            }
        }
    }

    /// `sock_get_opt_flag(fd, opt, ret)`
    private static func getFlag(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(2), 1)
        let value = try withOption(call, thread, .flag) { socket, option throws(Errno) in
            switch socket {
            case .host(let host): try host.flag(option)
            case .pair(let end): try end.flag(option)
            }
        }
        target.storeBytes(of: value == true ? 1 : 0, as: UInt8.self)
    }

    /// `sock_set_opt_size(fd, opt, size)`
    private static func setSize(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try withOption(call, thread, .size) { socket, option throws(Errno) in
            switch socket {
            case .host(let host): try host.setSize(option, call.u64(2))
            case .pair(let end): try end.setSize(option, call.u64(2))
            }
        }
    }

    /// `sock_get_opt_size(fd, opt, ret)`
    private static func getSize(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(2), 8)
        let value = try withOption(call, thread, .size) { socket, option throws(Errno) in
            switch socket {
            case .host(let host): try host.size(option)
            case .pair(let end): try end.size(option)
            }
        }
        target.storeBytes(of: value ?? 0, as: UInt64.self)
    }

    /// `sock_set_opt_time(fd, opt, timeout)`
    private static func setTime(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let source = try thread.memory.range(call.pointer(2), UInt64(OptionTimestampLayout.size))
        let isSome = source.loadUnaligned(fromByteOffset: OptionTimestampLayout.tag, as: UInt8.self) != 0
        let value = source.loadUnaligned(fromByteOffset: OptionTimestampLayout.value, as: UInt64.self)
        let time = isSome ? value : nil
        _ = try withOption(call, thread, .time) { socket, option throws(Errno) in
            switch socket {
            case .host(let host): try host.setTime(option, time)
            case .pair(let end): try end.setTime(option, time)
            }
        }
    }

    /// `sock_get_opt_time(fd, opt, ret)`
    private static func getTime(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(2), UInt64(OptionTimestampLayout.size))
        let time = try withOption(call, thread, .time) { socket, option throws(Errno) -> UInt64? in
            switch socket {
            case .host(let host): try host.time(option)
            case .pair(let end): try end.time(option)
            }
        }
        let value = time ?? nil
        target.storeBytes(of: value == nil ? 0 : 1, toByteOffset: OptionTimestampLayout.tag, as: UInt64.self)
        target.storeBytes(of: value ?? 0, toByteOffset: OptionTimestampLayout.value, as: UInt64.self)
    }
}
