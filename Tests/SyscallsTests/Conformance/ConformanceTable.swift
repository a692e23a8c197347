/// For each function that works: which case shows a success, each errno that the ABI names, and the trace's text.
/// `ConformanceTests` makes every call in it.
enum ConformanceTable {
    static let rows: [ConformanceRow] =
        basics + descriptors + transfers + paths + events + threads + processes + programs + sockets + socketData
        + networks + dynamic + linking
        + older
}
