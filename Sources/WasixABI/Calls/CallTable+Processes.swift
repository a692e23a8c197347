extension CallTable {
    static let signals: [CallSpec] = [
        CallSpec(
            .callbackSignal, "callback_signal", Namespace.wasixOnly, .signal,
            ["name": .text(.input, length: 1), "name_len": .size], .none),
        CallSpec(.procRaise, "proc_raise", Namespace.everywhere, .signal, ["signal": .signal]),
        CallSpec(
            .procRaiseInterval, "proc_raise_interval", Namespace.wasixOnly, .signal,
            ["signal": .signal, "interval": .nanoseconds, "repeat": .bool]),
        CallSpec(.procSignal, "proc_signal", Namespace.wasixOnly, .signal, ["pid": .pid, "signal": .signal]),
        CallSpec(
            .procSignalsSizesGet, "proc_signals_sizes_get", Namespace.wasixOnly, .signal,
            [
                "count": .out(.size)
            ]),
        CallSpec(.procSignalsGet, "proc_signals_get", Namespace.wasixOnly, .signal, ["buf": .area]),
    ]

    /// Processes: identity, exit, wait, fork, exec, spawn; setjmp and longjmp of a guest's stack.
    static let processes: [CallSpec] = [
        CallSpec(.procExit, "proc_exit", Namespace.everywhere, .process, ["code": .i32], .never),
        // Returns only in a process that came from proc_fork_env.
        CallSpec(.procExit2, "proc_exit2", Namespace.wasixOnly, .process, ["code": .i32], .never),
        CallSpec(.procId, "proc_id", Namespace.wasixOnly, .process, ["ret_pid": .out(.pid)]),
        CallSpec(
            .procParent, "proc_parent", Namespace.wasixOnly, .process,
            ["pid": .pid, "ret_pid": .out(.pid)]),
        CallSpec(
            .procJoin, "proc_join", Namespace.wasixOnly, .process,
            [
                "pid_opt": .structure(.optionPid, .both), "flags": .flags(.joinFlags),
                "status": .structure(.joinStatus, .output),
            ]),
        CallSpec(
            .procJoinLegacy, "proc_join", [.wasix32], .process,
            ["pid": .update(.pid), "ret_exit_code": .out(.u32)]),
        CallSpec(.procSnapshot, "proc_snapshot", Namespace.wasixOnly, .process, [:]),
        CallSpec(
            .procFork, "proc_fork", Namespace.wasixOnly, .process,
            ["copy_memory": .bool, "ret_pid": .out(.pid)]),
        CallSpec(.procForkEnv, "proc_fork_env", Namespace.wasixOnly, .process, ["ret_pid": .out(.pid)]),
        CallSpec(
            .procExec, "proc_exec", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "args": .bytes(.input, length: 3),
                "args_len": .size,
            ], .never),
        CallSpec(
            .procExec2, "proc_exec2", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "args": .bytes(.input, length: 3),
                "args_len": .size, "envs": .bytes(.input, length: 5), "envs_len": .size,
            ], .never),
        CallSpec(
            .procExec3, "proc_exec3", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "args": .bytes(.input, length: 3),
                "args_len": .size, "envs": .bytes(.input, length: 5), "envs_len": .size, "search_path": .bool,
                "path": .text(.input, length: 8), "path_len": .size,
            ]),
        CallSpec(
            .procExec4, "proc_exec4", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "argv": .texts(count: 3), "argc": .size,
                "envp": .texts(count: 5), "envc": .size, "search_path": .bool, "path": .text(.input, length: 8),
                "path_len": .size,
            ]),
        CallSpec(
            .procSpawn, "proc_spawn", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "chroot": .bool,
                "args": .bytes(.input, length: 4), "args_len": .size, "preopen": .bytes(.input, length: 6),
                "preopen_len": .size, "stdin": .constant(.stdioMode), "stdout": .constant(.stdioMode),
                "stderr": .constant(.stdioMode), "working_dir": .path(.input, length: 11), "working_dir_len": .size,
                "ret_handles": .structure(.processHandles, .output),
            ]),
        CallSpec(
            .procSpawn2, "proc_spawn2", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "args": .bytes(.input, length: 3),
                "args_len": .size, "envs": .bytes(.input, length: 5), "envs_len": .size,
                "fd_ops": .array(.spawnFdOp, .input, count: 7), "fd_ops_len": .size,
                "signal_dispositions": .array(.signalDisposition, .input, count: 9),
                "signal_dispositions_len": .size, "search_path": .bool, "path": .text(.input, length: 12),
                "path_len": .size, "ret_pid": .out(.pid),
            ]),
        CallSpec(
            .procSpawn3, "proc_spawn3", Namespace.wasixOnly, .exec,
            [
                "name": .path(.input, length: 1), "name_len": .size, "argv": .texts(count: 3), "argc": .size,
                "envp": .texts(count: 5), "envc": .size, "fd_ops": .array(.spawnFdOp, .input, count: 7),
                "fd_ops_len": .size, "signal_dispositions": .array(.signalDisposition, .input, count: 9),
                "signal_dispositions_len": .size, "search_path": .bool, "path": .text(.input, length: 12),
                "path_len": .size, "ret_pid": .out(.pid),
            ]),
        CallSpec(
            .stackCheckpoint, "stack_checkpoint", Namespace.wasixOnly, .stack,
            ["snapshot": .structure(.stackSnapshot, .output), "ret_val": .out(.u64)]),
        CallSpec(
            .stackRestore, "stack_restore", Namespace.wasixOnly, .stack,
            ["snapshot": .structure(.stackSnapshot, .input), "val": .u64], .never),
    ]
}
