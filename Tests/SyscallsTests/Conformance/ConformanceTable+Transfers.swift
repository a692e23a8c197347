import WasixABI

/// Data through descriptors, and directory entries (WasixABI.docc/Transfers).
extension ConformanceTable {
    static let transfers: [ConformanceRow] = [
        ConformanceRow(
            .fdRead, [.isdir, .again, .badf, .inval],
            [
                .ok("a file", "fd_read(0</data/a>, [{\"abc\", 8}]) = 3") {
                    [$0.create("a", "abc")] + $0.buffer(8) + [$0.out]
                },
                .fails(.isdir, "a directory") { [$0.directory] + $0.buffer(8) + [$0.out] },
                .fails(.again, "an empty pipe") { [$0.emptyPipe()] + $0.buffer(8) + [$0.out] },
                .fails(.badf, "an unused number") { [$0.unused] + $0.buffer(8) + [$0.out] },
                .fails(.badf, "the write end of a pipe") { [$0.pipe().writer] + $0.buffer(8) + [$0.out] },
                .fails(.inval, "less than a counter") { [$0.counter(1)] + $0.buffer(7) + [$0.out] },
                .fails(.again, "a counter at zero") { [$0.counter(0)] + $0.buffer(8) + [$0.out] },
                .fails(.inval, "an epoll instance") { [$0.epoll()] + $0.buffer(8) + [$0.out] },
                .fails(.inval, "more buffers than Linux takes") { [$0.create("a"), $0.room(16), 1025, $0.out] },
            ]),
        ConformanceRow(
            .fdWrite, [.badf, .pipe, .again, .inval],
            [
                .ok("a pipe", "fd_write(1<pipe#1 w>, [{\"hi\", 2}]) = 2") {
                    [$0.pipe().writer] + $0.buffer("hi") + [$0.out]
                },
                .fails(.badf, "the read end of a pipe") { [$0.pipe().reader] + $0.buffer("hi") + [$0.out] },
                .fails(.badf, "a file that is only read") {
                    $0.hostFile("a", "x")
                    return [$0.open("a", rights: [.fdRead]).fd] + $0.buffer("hi") + [$0.out]
                },
                .fails(.pipe, "a pipe without a reader") { [$0.brokenPipe()] + $0.buffer("hi") + [$0.out] },
                .fails(.again, "a full pipe") { [$0.fullPipe()] + $0.buffer("hi") + [$0.out] },
                .fails(.inval, "less than a counter") { [$0.counter(0)] + $0.buffer("1234567") + [$0.out] },
                .fails(.inval, "a count that no counter holds") {
                    let ones = $0.put([UInt8](repeating: 0xff, count: 8))
                    return [$0.counter(0), $0.vectors([(ones, 8)]), 1, $0.out]
                },
                .fails(.again, "a counter that would overflow") {
                    let one = $0.put(FileGuest.bytes(UInt64(1)))
                    return [$0.counter(.max - 1), $0.vectors([(one, 8)]), 1, $0.out]
                },
                .fails(.inval, "an epoll instance") { [$0.epoll()] + $0.buffer("hi") + [$0.out] },
            ]),
        ConformanceRow(
            .fdPread, [.spipe, .badf, .inval],
            [
                .ok("a file", "fd_pread(0</data/a>, [{\"bc\", 8}], offset=1) = 2") {
                    [$0.create("a", "abc")] + $0.buffer(8) + [1, $0.out]
                },
                .fails(.spipe, "a pipe") { [$0.pipe().reader] + $0.buffer(8) + [0, $0.out] },
                .fails(.spipe, "a socket") { [$0.pair().0] + $0.buffer(8) + [0, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused] + $0.buffer(8) + [0, $0.out] },
                .fails(.inval, "an offset below zero") { [$0.create("a")] + $0.buffer(8) + [1 << 63, $0.out] },
            ]),
        ConformanceRow(
            .fdPwrite, [.spipe, .badf, .inval],
            [
                .ok("a file", "fd_pwrite(0</data/a>, [{\"hi\", 2}], offset=4294967296) = 2") {
                    [$0.create("a", "abc")] + $0.buffer("hi") + [1 << 32, $0.out]
                },
                .fails(.spipe, "a pipe") { [$0.pipe().writer] + $0.buffer("hi") + [0, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused] + $0.buffer("hi") + [0, $0.out] },
                .fails(.inval, "an offset below zero") { [$0.create("a")] + $0.buffer("hi") + [1 << 63, $0.out] },
            ]),
        ConformanceRow(
            .fdReaddir, [.notdir, .badf, .inval],
            [
                .ok(
                    "the granted directory",
                    "fd_readdir(3</data>, [*, {d_ino=*, d_type=DIRECTORY, d_name=\"..\"}], buf_len=512, cookie=0) = 5*"
                ) {
                    [$0.directory, $0.room(512), 512, 0, $0.out]
                },
                .fails(.notdir, "a file") { [$0.create("a"), $0.room(512), 512, 0, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(512), 512, 0, $0.out] },
                .fails(.inval, "a cookie that no entry has") { [$0.directory, $0.room(512), 512, 1 << 63, $0.out] },
            ]),
    ]
}
