import WasixABI

/// Forms that only older modules import: snapshot 0's layouts (WasixABI.docc/SnapshotZero), and threads as they were in
/// 2022 and 2023 (WasixABI.docc/LegacyPrograms).
extension ConformanceTable {
    static let older: [ConformanceRow] = [
        ConformanceRow(
            .fdFilestatGetUnstable, [.badf],
            [
                .ok("a file", "fd_filestat_get(0</data/a>, {filetype=REGULAR_FILE, size=3, ...}) = 0") {
                    [$0.create("a", "abc"), $0.room(56)]
                },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(56)] },
            ]),
        ConformanceRow(
            .fdSeekUnstable, [.spipe, .inval, .badf],
            [
                .ok("from the end", "fd_seek(0</data/a>, offset=-1, SEEK_END) = 2") {
                    [$0.create("a", "abc"), UInt64(bitPattern: -1), 1, $0.out]
                },
                .fails(.inval, "before the beginning") { [$0.create("a"), UInt64(bitPattern: -1), 2, $0.out] },
                .fails(.spipe, "a pipe") { [$0.pipe().reader, 0, 2, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused, 0, 2, $0.out] },
            ]),
        ConformanceRow(
            .pathFilestatGetUnstable, [.noent],
            [
                .ok(
                    "a file",
                    "path_filestat_get(3</data>, dirflags=0, \"a\", {filetype=REGULAR_FILE, size=2, ...}) = 0"
                ) {
                    $0.hostFile("a", "ab")
                    return [$0.directory, 0] + $0.text("a") + [$0.room(56)]
                },
                .fails(.noent, "nothing there") { [$0.directory, 0] + $0.text("a") + [$0.room(56)] },
            ]),
        ConformanceRow(
            .pollOneoffUnstable, [.inval],
            [
                .ok(
                    "a clock that is due",
                    "poll_oneoff([{userdata=0x7, type=CLOCK, id=CLOCK_MONOTONIC, timeout=0, flags=0}], "
                        + "[{userdata=0x7, type=CLOCK}]) = 1"
                ) {
                    let words = FileGuest.bytes(
                        UInt64(7), UInt64(0), UInt64(5), UInt64(1), UInt64(0), UInt64(0), UInt64(0))
                    return [$0.put(words), $0.room(32), 1, $0.out]
                },
                .fails(.inval, "no subscription") { [$0.room(56), $0.room(32), 0, $0.out] },
            ]),
        ConformanceRow(
            .threadSpawnLegacy, [.notcapable],
            [
                .ok("a thread", "thread_spawn(*) = 2") {
                    $0.process.image.runner = StartingRunner()
                    return [5, 65_536, 0, 0, $0.out]
                },
                .fails(.notcapable, "a module without the entry") { [5, 65_536, 0, 0, $0.out] },
            ]),
        ConformanceRow(
            .threadLocalCreate,
            [
                .ok("the first key", "thread_local_create(user_data=*) = *") { [5, $0.out] }
            ]),
        ConformanceRow(
            .threadLocalDestroy, [.inval],
            [
                .ok("a key", "thread_local_destroy(key=*) = 0") { [$0.threadLocal()] },
                .fails(.inval, "no such key") { _ in [77] },
            ]),
        ConformanceRow(
            .threadLocalSet, [.inval],
            [
                .ok("a value", "thread_local_set(key=*, value=*) = 0") { [$0.threadLocal(), 9] },
                .fails(.inval, "no such key") { _ in [77, 9] },
            ]),
        ConformanceRow(
            .threadLocalGet, [.inval],
            [
                .ok("a value that was not set", "thread_local_get(key=*) = 0") {
                    [$0.threadLocal(), $0.out]
                },
                .fails(.inval, "no such key") { [77, $0.out] },
            ]),
    ]
}

extension FileGuest {
    /// A key of thread-local values.
    fileprivate func threadLocal() -> UInt64 { make(.threadLocalCreate, 5) }
}
