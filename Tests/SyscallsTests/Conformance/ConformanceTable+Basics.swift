import Kernel
import WasixABI

/// Arguments, environment, clocks, random bytes, the terminal (WasixABI.docc/Arguments,
/// WasixABI.docc/Clocks, WasixABI.docc/Terminal).
extension ConformanceTable {
    static let basics: [ConformanceRow] = [
        ConformanceRow(
            .argsSizesGet,
            [
                .ok("two arguments", "args_sizes_get(argc=2, buf_size=18) = 0") { [$0.out, $0.out] }
            ]),
        ConformanceRow(
            .argsGet,
            [
                .ok("two arguments", "args_get(0x401, 0x411) = 0") { [$0.room(8), $0.room(18)] }
            ]),
        ConformanceRow(
            .environSizesGet,
            [
                .ok("one variable", "environ_sizes_get(count=1, buf_size=4) = 0") { [$0.out, $0.out] }
            ]),
        ConformanceRow(
            .environGet,
            [
                .ok("one variable", "environ_get(0x401, 0x40d) = 0") { [$0.room(4), $0.room(4)] }
            ]),
        ConformanceRow(
            .clockResGet, [.inval],
            [
                .ok("the monotonic clock", "clock_res_get(CLOCK_MONOTONIC, res=1) = 0") { [1, $0.out] },
                .fails(.inval, "an unknown clock") { [9, $0.out] },
            ]),
        ConformanceRow(
            .clockTimeGet, [.inval],
            [
                .ok("wall time", "clock_time_get(CLOCK_REALTIME, precision=1us, time=1*) = 0") { [0, 1000, $0.out] },
                .ok("processor time", "clock_time_get(CLOCK_PROCESS_CPUTIME_ID, precision=0, time=*) = 0") {
                    [2, 0, $0.out]
                },
                .fails(.inval, "an unknown clock") { [9, 0, $0.out] },
            ]),
        ConformanceRow(
            .clockTimeSet, [.inval, .perm],
            [
                .ok("wall time", "clock_time_set(CLOCK_REALTIME, time=1000000000) = 0") { _ in
                    [0, 1_000_000_000_000_000_000]
                },
                .fails(.perm, "a clock that cannot be set") { _ in [1, 5] },
                .fails(.inval, "an unknown clock") { _ in [9, 5] },
            ]),
        ConformanceRow(
            .randomGet,
            [
                .ok("eight bytes", "random_get(\"*\", len=8) = 0") { [$0.room(8), 8] },
                .ok("none at all", "random_get(\"\", len=0) = 0") { [$0.room(8), 0] },
            ]),
        ConformanceRow(
            .ttyGet,
            [
                .ok("no terminal", "tty_get({cols=*}) = 0") { [$0.room(24)] }
            ]),
        ConformanceRow(
            .ttySet, [.notty],
            [
                .fails(.notty, "no terminal") { [$0.room(24)] },
                .ok("the inspector's", "tty_set({cols=80, rows=25*}) = 0") {
                    _ = try StandardStreams.capture(into: $0.process)
                    return [
                        $0.put(
                            FileGuest.bytes(UInt32(80), UInt32(25), UInt32(0), UInt32(0)) + [0, 0, 0, 1, 1, 1, 0, 0])
                    ]
                },
            ]),
    ]
}
