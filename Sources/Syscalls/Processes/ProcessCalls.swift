import Kernel
import Trace
import WasixABI

/// Processes (WasixABI.docc/Processes): identity, end, fork, and waiting for children.
enum ProcessCalls {
    static let bindings = [
        CallBinding(.procExit, procExit), CallBinding(.procExit2, procExit2), CallBinding(.procId, procId),
        CallBinding(.procParent, procParent), CallBinding(.procFork, procFork), CallBinding(.procForkEnv, procForkEnv),
        CallBinding(.procJoin, procJoin), CallBinding(.procJoinLegacy, procJoinLegacy),
        CallBinding(.procSnapshot, procSnapshot),
    ]

    /// `proc_exit(code)`: every thread ends.
    static func procExit(_ call: Call, _ thread: GuestThread) throws(Errno) {
        thread.process.end(.exited(code: call.u32(0)))
    }

    /// `proc_exit2(code)`: the same; but the child of `proc_fork_env` goes on as its parent.
    static func procExit2(_ call: Call, _ thread: GuestThread) throws(Errno) {
        if !thread.endEnvironment(.exited(code: call.u32(0))) { try procExit(call, thread) }
    }

    /// `proc_id(ret_pid)`
    static func procId(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.store(thread.process.id.rawValue, at: call.pointer(0))
    }

    /// `proc_parent(pid, ret_pid)`: 0 for the initial process.
    static func procParent(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let parent = thread.kernel.parent(of: ProcessID(rawValue: call.u32(0))) else { throw .badf }
        try thread.memory.store(parent.rawValue, at: call.pointer(1))
    }

    /// `proc_snapshot()`: a wish to write the program's state to a journal; there is none.
    static func procSnapshot(_ call: Call, _ thread: GuestThread) throws(Errno) {}

    /// `proc_fork(copy_memory, ret_pid)`: comes back twice, with the child's number in the parent and with 0 in the child.
    static func procFork(_ call: Call, _ thread: GuestThread) throws(Errno) {
        if let answer = thread.takeRewound() {
            guard answer.errno == .success else { throw answer.errno }
            try thread.memory.store(UInt32(truncatingIfNeeded: answer.value), at: call.pointer(1))
            return
        }
        _ = try thread.memory.range(call.pointer(1), 4)
        try thread.unwind(for: .fork(sharesTime: call.u8(0) == 0))
    }

    /// `proc_fork_env(ret_pid)`: the caller goes on as its own child, until that runs a program or ends.
    static func procForkEnv(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(0), 4)
        target.storeBytes(of: try thread.forkEnvironment().rawValue, as: UInt32.self)
    }

    // MARK: waiting for children

    /// `proc_join(pid_opt, flags, status)`: `pid_opt` names the child to wait for, none stands for any; afterwards it names
    /// the child that there is news of, 0 when there is no news.
    static func procJoin(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let option = try memory.range(call.pointer(0), UInt64(OptionPidLayout.size))
        let status = try memory.range(call.pointer(2), UInt64(JoinStatusLayout.size))
        let wanted: ProcessID?
        switch option.loadUnaligned(fromByteOffset: OptionPidLayout.tag, as: UInt8.self) {
        case 0: wanted = nil
        case 1: wanted = ProcessID(rawValue: option.loadUnaligned(fromByteOffset: OptionPidLayout.pid, as: UInt32.self))
        default: throw .inval
        }
        let news: ChildNews
        do throws(Errno) {
            news = try join(wanted, JoinFlags(rawValue: call.u32(1)), thread)
        } catch {
            if error == .child {
                store(nil, option)
                store(.nothing, status)
            }
            throw error
        }
        store(news.process, option)
        store(news, status)
    }

    /// `proc_join(pid, ret_exit_code)`, as programs of 2022-2023 have it: blocks until the child has ended. The record at
    /// `pid` is an option of a number or the number itself, all ones for any child (WasixABI.docc/LegacyPrograms).
    static func procJoinLegacy(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let record = call.pointer(0)
        let target = try memory.range(call.pointer(1), 4)
        let first = try memory.load(record, as: UInt32.self)
        let second = first <= 1 ? try? memory.load(record + OptionPidLayout.pid, as: UInt32.self) : nil
        let isOption = first == 0 || (first == 1 && second.map { isChild($0, thread) } ?? false)
        let place = try memory.range(record, isOption ? UInt64(OptionPidLayout.size) : 4)
        let number = isOption ? (first == 0 ? nil : second) : (first == .max ? nil : first)
        let news = try join(number.map { ProcessID(rawValue: $0) }, [], thread)
        guard case .ended(let child, let state) = news else { return }
        if isOption {
            store(child, place)
        } else {
            place.storeBytes(of: child.rawValue, as: UInt32.self)
        }
        target.storeBytes(of: state.exitCode, as: UInt32.self)
    }

    private static func isChild(_ number: UInt32, _ thread: GuestThread) -> Bool {
        thread.kernel.parent(of: ProcessID(rawValue: number)) == thread.process.id
    }

    private static func join(
        _ wanted: ProcessID?, _ flags: JoinFlags, _ thread: GuestThread
    ) throws(Errno) -> ChildNews {
        try thread.kernel.locked { () throws(Errno) in try thread.process.join(wanted, flags, thread) }
    }

    /// Stores an option of a process number.
    private static func store(_ process: ProcessID?, _ target: UnsafeMutableRawPointer) {
        target.storeBytes(of: process == nil ? 0 : 1, toByteOffset: OptionPidLayout.tag, as: UInt8.self)
        target.storeBytes(of: process?.rawValue ?? 0, toByteOffset: OptionPidLayout.pid, as: UInt32.self)
    }

    /// Stores a join status.
    private static func store(_ news: ChildNews, _ target: UnsafeMutableRawPointer) {
        let payload = target + JoinStatusLayout.payload
        var tag = JoinTag.nothing
        switch news {
        case .nothing, .ended(_, .running):
            payload.storeBytes(of: 0, as: UInt8.self)
        case .ended(_, .exited(let code)):
            tag = .exitNormal
            // As the host shows it to a parent: the low eight bits (wait(2)).
            payload.storeBytes(of: UInt16(code & 0xff), as: UInt16.self)
        case .ended(_, .signalled(let signal)):
            tag = .exitSignal
            store(signal, payload)
        case .ended(_, .trapped):
            tag = .exitSignal
            store(Signal.abrt.rawValue, payload)
        case .stopped(_, let signal):
            tag = .stopped
            payload.storeBytes(of: signal.rawValue, as: UInt8.self)
        }
        target.storeBytes(of: tag.rawValue, toByteOffset: JoinStatusLayout.tag, as: UInt8.self)
    }

    /// Libc makes a wait status of both: a code beside a signal would be taken for an exit.
    private static func store(_ signal: UInt8, _ target: UnsafeMutableRawPointer) {
        target.storeBytes(of: 0, toByteOffset: ErrnoSignalLayout.exitCode, as: UInt16.self)
        target.storeBytes(of: signal, toByteOffset: ErrnoSignalLayout.signal, as: UInt8.self)
    }
}

extension ChildNews {
    /// Whom `proc_join` names.
    fileprivate var process: ProcessID {
        switch self {
        case .nothing: .none
        case .ended(let process, _), .stopped(let process, _): process
        }
    }
}

extension GuestState {
    /// As a shell shows it: 128 and the signal where one has ended the process.
    fileprivate var exitCode: UInt32 {
        switch self {
        case .running: 0
        case .exited(let code): code
        case .signalled(let signal): 128 + UInt32(signal)
        case .trapped: 128 + UInt32(Signal.abrt.rawValue)
        }
    }
}
