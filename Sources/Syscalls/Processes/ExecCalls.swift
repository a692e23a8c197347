import Kernel
import Trace
import WasixABI

/// Replacing the program (WasixABI.docc/ProcessCreation). What succeeds does not come back to the guest's code.
enum ExecCalls {
    static let bindings = [
        CallBinding(.procExec, procExec), CallBinding(.procExec2, procExec2), CallBinding(.procExec3, procExec3),
        CallBinding(.procExec4, procExec4),
    ]

    /// `proc_exec(name, name_len, args, args_len)`: the environment is inherited.
    private static func procExec(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try executeOrEnd(thread) { () throws(Errno) in
            var reader = ProgramReader(call, thread, .lines)
            return try reader.request(arguments: 2)
        }
    }

    /// `proc_exec2(name, name_len, args, args_len, envs, envs_len)`
    private static func procExec2(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try executeOrEnd(thread) { () throws(Errno) in
            var reader = ProgramReader(call, thread, .lines)
            return try reader.request(arguments: 2, environment: 4)
        }
    }

    /// `proc_exec3(name, name_len, args, args_len, envs, envs_len, search_path, path, path_len)`
    private static func procExec3(_ call: Call, _ thread: GuestThread) throws(Errno) {
        var reader = ProgramReader(call, thread, .lines)
        try thread.execute(try reader.request(arguments: 2, environment: 4, search: 6))
    }

    /// `proc_exec4(name, name_len, argv, argc, envp, envc, search_path, path, path_len)`
    private static func procExec4(_ call: Call, _ thread: GuestThread) throws(Errno) {
        var reader = ProgramReader(call, thread, .pointers)
        try thread.execute(try reader.request(arguments: 2, environment: 4, search: 6))
    }

    /// For calls that never return: a failure ends the process, with the status that a shell gives to a command that it
    /// does not find or cannot run.
    private static func executeOrEnd(
        _ thread: GuestThread, _ request: () throws(Errno) -> ProgramRequest
    ) throws(Errno) {
        do throws(Errno) {
            try thread.execute(try request())
        } catch {
            thread.process.end(.exited(code: error == .noent ? 127 : 126))
            throw error
        }
    }
}
