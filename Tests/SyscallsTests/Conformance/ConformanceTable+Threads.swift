import WasixABI

/// Threads, futexes, and the calls on signals and the process that every program makes (WasixABI.docc/Threads,
/// WasixABI.docc/Futexes, WasixABI.docc/Signals, WasixABI.docc/Processes).
extension ConformanceTable {
    /// A word at an address that a futex can have.
    private static func word(_ guest: FileGuest, _ value: UInt32) -> UInt64 {
        let place = (guest.room(16) + 7) & ~7
        guest.store(value, at: place)
        return place
    }

    /// As `word`, of 64 bits.
    private static func wideWord(_ guest: FileGuest, _ value: UInt64) -> UInt64 {
        let place = (guest.room(24) + 7) & ~7
        guest.store(value, at: place)
        return place
    }

    /// An `option_timestamp` of some nanoseconds.
    private static func some(_ guest: FileGuest, _ nanoseconds: UInt64) -> UInt64 {
        guest.put(FileGuest.bytes(UInt64(1), nanoseconds))
    }

    static let threads: [ConformanceRow] = [
        ConformanceRow(
            .schedYield,
            [
                .ok("always", "sched_yield() = 0") { _ in [] }
            ]),
        ConformanceRow(
            .threadId,
            [
                .ok("the main thread", "thread_id() = 1") { [$0.out] }
            ]),
        ConformanceRow(
            .threadJoin, [.deadlk],
            [
                .ok("a thread that is gone", "thread_join(tid=77) = 0") { _ in [77] },
                .fails(.deadlk, "itself") { [UInt64($0.thread.id.rawValue)] },
            ]),
        ConformanceRow(
            .threadSleep,
            [
                .ok("not at all", "thread_sleep(duration=0) = 0") { _ in [0] },
                .ok("a nanosecond", "thread_sleep(duration=1ns) = 0") { _ in [1] },
            ]),
        ConformanceRow(
            .threadParallelism,
            [
                .ok("some processors", "thread_parallelism() = *") { [$0.out] }
            ]),
        ConformanceRow(
            .threadSignal, [.srch, .inval],
            [
                .ok("nothing to itself", "thread_signal(tid=1, 0) = 0") { _ in [1, 0] },
                .fails(.srch, "a thread that is not there") { _ in [77, 0] },
                .fails(.inval, "an unknown signal") { _ in [1, 99] },
            ]),
        ConformanceRow(
            .threadExit,
            [
                .ok("this thread", "thread_exit(*)*") { _ in [3] }
            ]),
        ConformanceRow(
            .futexWait, [.inval],
            [
                .ok("another value", "futex_wait(*, expected=1, *, ret_woken=true) = 0") {
                    [word($0, 5), 1, some($0, 1_000_000), $0.out]
                },
                .ok("no time to wait", "futex_wait(*, expected=5, *, ret_woken=false) = 0") {
                    [word($0, 5), 5, some($0, 0), $0.out]
                },
                .fails(.inval, "an odd address") { [$0.room(8), 0, some($0, 0), $0.out] },
            ]),
        ConformanceRow(
            .futexWake, [.inval],
            [
                .ok("nobody waits", "futex_wake(*, ret_woken=false) = 0") { [word($0, 0), $0.out] },
                .fails(.inval, "an odd address") { [$0.room(8), $0.out] },
            ]),
        ConformanceRow(
            .futexWakeAll, [.inval],
            [
                .ok("nobody waits", "futex_wake_all(*, ret_woken=false) = 0") { [word($0, 0), $0.out] },
                .fails(.inval, "an odd address") { [$0.room(8), $0.out] },
            ]),
        ConformanceRow(
            .atomicNotify, [.inval],
            [
                .ok("nobody waits", "memory.atomic.notify(*, count=7) = 0") { [word($0, 0), 7] },
                .fails(.inval, "an odd address") { [$0.room(8) | 1, 1] },
            ]),
        ConformanceRow(
            .atomicWait32, [.inval],
            [
                .ok("another value", "memory.atomic.wait32(*, expected=1, timeout=INF) = 1") {
                    [word($0, 5), 1, .max]
                },
                .ok("no time to wait", "memory.atomic.wait32(*, expected=5, timeout=0) = 2") { [word($0, 5), 5, 0] },
                .ok("some time", "memory.atomic.wait32(*, expected=5, timeout=1us) = 2") { [word($0, 5), 5, 1000] },
                .fails(.inval, "an odd address") { [word($0, 5) + 2, 0, 0] },
            ]),
        ConformanceRow(
            .atomicWait64, [.inval],
            [
                .ok("another value", "memory.atomic.wait64(*, expected=4294967301, timeout=INF) = 1") {
                    [wideWord($0, 5), 1 << 32 + 5, .max]
                },
                .ok("no time to wait", "memory.atomic.wait64(*, expected=5, timeout=0) = 2") {
                    [wideWord($0, 5), 5, 0]
                },
                .fails(.inval, "half an address") { [wideWord($0, 5) + 4, 5, 0] },
            ]),
        ConformanceRow(
            .wasiThreadSpawn, [.notcapable], unread: ["start_arg"],
            [
                .ok("a thread", "thread-spawn(0x401) = 2") {
                    $0.process.image.runner = StartingRunner()
                    return [$0.out]
                },
                .fails(.notcapable, "a module without the entry") { [$0.out] },
            ]),
        ConformanceRow(
            .threadSpawnV2, [.notcapable], unread: ["args"],
            [
                .ok("a thread", "thread_spawn_v2(*) = 2") {
                    $0.process.image.runner = StartingRunner()
                    return [$0.room(64), $0.out]
                },
                .fails(.notcapable, "a module without the entry") { [$0.room(64), $0.out] },
            ]),
        ConformanceRow(
            .threadSpawn, [.notcapable], unread: ["args"],
            [
                .ok("a thread", "thread_spawn(*) = 2") {
                    $0.process.image.runner = StartingRunner()
                    return [$0.room(64), $0.out]
                },
                .fails(.notcapable, "a module without the entry") { [$0.room(64), $0.out] },
            ]),
        ConformanceRow(
            .callbackSignal, [.inval],
            [
                .ok("a name", "callback_signal(\"__wasm_signal\") = 0") { $0.text("__wasm_signal") },
                .fails(.inval, "a name that no export has") { [$0.room(300), 300] },
            ]),
        ConformanceRow(
            .procRaise, [.inval],
            [
                .ok("nothing", "proc_raise(0) = 0") { _ in [0] },
                .fails(.inval, "an unknown signal") { _ in [99] },
            ]),
        ConformanceRow(
            .procRaiseInterval, [.inval],
            [
                .ok("none to end", "proc_raise_interval(SIGALRM, interval=0, repeat=true) = 0") { _ in [14, 0, 1] },
                .fails(.inval, "no signal") { _ in [0, 1000, 0] },
                .fails(.inval, "an unknown signal") { _ in [99, 1000, 0] },
            ]),
        ConformanceRow(
            .procSignal, [.srch, .inval],
            [
                .ok("nothing to itself", "proc_signal(pid=1, 0) = 0") { _ in [1, 0] },
                .fails(.srch, "an unknown process") { _ in [77, 0] },
                .fails(.inval, "an unknown signal") { _ in [1, 99] },
            ]),
        ConformanceRow(
            .procSignalsSizesGet,
            [
                .ok("none inherited", "proc_signals_sizes_get() = 0") { [$0.out] }
            ]),
        ConformanceRow(
            .procSignalsGet,
            [
                .ok("none inherited", "proc_signals_get(0x401) = 0") { [$0.out] }
            ]),
        ConformanceRow(
            .procExit,
            [
                .ok("a status", "proc_exit(*)*") { _ in [3] }
            ]),
        ConformanceRow(
            .procExit2,
            [
                .ok("a status", "proc_exit2(*)*") { _ in [3] }
            ]),
        ConformanceRow(
            .procId,
            [
                .ok("the first process", "proc_id() = 1") { [$0.out] }
            ]),
        ConformanceRow(
            .procParent, [.badf],
            [
                .ok("the first process has none", "proc_parent(pid=1) = 0") { [1, $0.out] },
                .fails(.badf, "an unknown process") { [77, $0.out] },
            ]),
    ]
}
