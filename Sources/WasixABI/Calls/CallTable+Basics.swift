extension CallTable {
    /// Arguments, environment, clocks, random numbers, the terminal.
    static let basics: [CallSpec] = [
        CallSpec(
            .argsSizesGet, "args_sizes_get", Namespace.everywhere, .args,
            ["argc": .out(.size), "buf_size": .out(.size)]),
        CallSpec(.argsGet, "args_get", Namespace.everywhere, .args, ["argv": .area, "argv_buf": .area]),
        CallSpec(
            .environSizesGet, "environ_sizes_get", Namespace.everywhere, .args,
            ["count": .out(.size), "buf_size": .out(.size)]),
        CallSpec(
            .environGet, "environ_get", Namespace.everywhere, .args,
            ["environ": .area, "environ_buf": .area]),
        CallSpec(
            .clockResGet, "clock_res_get", Namespace.everywhere, .clock,
            ["id": .constant(.clock), "res": .out(.u64)]),
        CallSpec(
            .clockTimeGet, "clock_time_get", Namespace.everywhere, .clock,
            ["id": .constant(.clock), "precision": .nanoseconds, "time": .out(.timestamp)]),
        CallSpec(
            .clockTimeSet, "clock_time_set", Namespace.wasixOnly, .clock,
            ["id": .constant(.clock), "time": .timestamp]),
        CallSpec(
            .randomGet, "random_get", Namespace.everywhere, .random,
            ["buf": .bytes(.output, length: 1), "len": .size]),
        CallSpec(.ttyGet, "tty_get", Namespace.wasixOnly, .tty, ["state": .structure(.tty, .output)]),
        CallSpec(.ttySet, "tty_set", Namespace.wasixOnly, .tty, ["state": .structure(.tty, .input)]),
    ]
}
