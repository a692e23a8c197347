extension CallTable {
    /// Scheduling, threads, thread-local slots of 2022-2023 binaries, futexes.
    static let threads: [CallSpec] = [
        CallSpec(.schedYield, "sched_yield", Namespace.everywhere, .sched, [:]),
        CallSpec(
            .wasiThreadSpawn, "thread-spawn", [.wasi, .preview1, .wasiUnstable], .thread,
            [
                "start_arg": .pointer
            ], .numberOrError),
        CallSpec(
            .threadSpawnV2, "thread_spawn_v2", Namespace.wasixOnly, .thread,
            ["args": .structure(.threadStart, .input), "ret_tid": .out(.tid)]),
        CallSpec(
            .threadSpawn, "thread_spawn", Namespace.wasixOnly, .thread,
            ["args": .structure(.threadStart, .input), "ret_tid": .out(.tid)]),
        CallSpec(
            .threadSpawnLegacy, "thread_spawn", [.wasix32], .thread,
            ["user_data": .u64, "stack_base": .u64, "stack_start": .u64, "reactor": .bool, "ret_tid": .out(.tid)]),
        CallSpec(.threadId, "thread_id", Namespace.wasixOnly, .thread, ["ret_tid": .out(.tid)]),
        CallSpec(.threadJoin, "thread_join", Namespace.wasixOnly, .thread, ["tid": .tid]),
        CallSpec(.threadSleep, "thread_sleep", Namespace.wasixOnly, .thread, ["duration": .nanoseconds]),
        CallSpec(.threadParallelism, "thread_parallelism", Namespace.wasixOnly, .thread, ["ret": .out(.size)]),
        CallSpec(.threadSignal, "thread_signal", Namespace.wasixOnly, .signal, ["tid": .tid, "signal": .signal]),
        CallSpec(.threadExit, "thread_exit", Namespace.wasixOnly, .thread, ["code": .i32], .never),
        CallSpec(
            .threadLocalCreate, "thread_local_create", [.wasix32], .thread,
            ["user_data": .u64, "ret_key": .out(.u32)]),
        CallSpec(.threadLocalDestroy, "thread_local_destroy", [.wasix32], .thread, ["key": .u32]),
        CallSpec(.threadLocalSet, "thread_local_set", [.wasix32], .thread, ["key": .u32, "value": .u64]),
        CallSpec(
            .threadLocalGet, "thread_local_get", [.wasix32], .thread,
            ["key": .u32, "ret_val": .out(.u64)]),
        CallSpec(
            .futexWait, "futex_wait", Namespace.wasixOnly, .futex,
            [
                "addr": .pointer, "expected": .u32, "timeout": .structure(.optionTimestamp, .input),
                "ret_woken": .out(.bool),
            ]),
        CallSpec(
            .futexWake, "futex_wake", Namespace.wasixOnly, .futex,
            ["addr": .pointer, "ret_woken": .out(.bool)]),
        CallSpec(
            .futexWakeAll, "futex_wake_all", Namespace.wasixOnly, .futex,
            ["addr": .pointer, "ret_woken": .out(.bool)]),
        CallSpec(
            .atomicNotify, "memory.atomic.notify", [], .futex, ["addr": .pointer, "count": .u32], .numberOrError),
        CallSpec(
            .atomicWait32, "memory.atomic.wait32", [], .futex,
            ["addr": .pointer, "expected": .u32, "timeout": .nanoseconds], .numberOrError),
        CallSpec(
            .atomicWait64, "memory.atomic.wait64", [], .futex,
            ["addr": .pointer, "expected": .u64, "timeout": .nanoseconds], .numberOrError),
    ]
}

extension CallID {
    /// It waits for a word of memory to change, by whatever interface.
    public var waitsForWord: Bool { self == .futexWait || self == .atomicWait32 || self == .atomicWait64 }
}
