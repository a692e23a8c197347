import WasixABI

/// Descriptors: what numbers stand for, and their flags, rights and places (WasixABI.docc/Descriptors).
extension ConformanceTable {
    static let descriptors: [ConformanceRow] = [
        ConformanceRow(
            .fdAdvise, [.badf, .inval, .spipe],
            [
                .ok("a file", "fd_advise(0</data/a>, offset=0, len=10, POSIX_FADV_WILLNEED) = 0") {
                    [$0.create("a"), 0, 10, 3]
                },
                .fails(.badf, "an unused number") { [$0.unused, 0, 0, 0] },
                .fails(.badf, "a directory") { [$0.directory, 0, 0, 0] },
                .fails(.inval, "an unknown advice") { [$0.create("a"), 0, 0, 6] },
                .fails(.spipe, "a pipe") { [$0.pipe().reader, 0, 0, 0] },
            ]),
        ConformanceRow(
            .fdAllocate, [.inval, .badf, .fbig],
            [
                .ok("a file", "fd_allocate(0</data/a>, offset=0, len=10) = 0") { [$0.create("a"), 0, 10] },
                .fails(.badf, "an unused number") { [$0.unused, 0, 1] },
                .fails(.badf, "a file that is only read") {
                    $0.hostFile("a", "x")
                    return [$0.open("a", rights: [.fdRead]).fd, 0, 1]
                },
                .fails(.inval, "nothing") { [$0.create("a"), 0, 0] },
                .fails(.fbig, "an end beyond all files") { [$0.create("a"), UInt64(Int64.max), 1] },
            ]),
        ConformanceRow(
            .fdClose, [.badf],
            [
                .ok("a file", "fd_close(0</data/a>) = 0") { [$0.create("a")] },
                .ok("a granted directory stays open", "fd_close(3</data>) = 0") { [$0.directory] },
                .fails(.badf, "an unused number") { [$0.unused] },
            ]),
        ConformanceRow(
            .fdDatasync, [.inval, .badf],
            [
                .ok("a file", "fd_datasync(0</data/a>) = 0") { [$0.create("a")] },
                .fails(.inval, "a pipe") { [$0.pipe().writer] },
                .fails(.badf, "an unused number") { [$0.unused] },
            ]),
        ConformanceRow(
            .fdSync, [.inval, .badf],
            [
                .ok("a directory", "fd_sync(3</data>) = 0") { [$0.directory] },
                .fails(.inval, "a socket") { [$0.pair().0] },
                .fails(.badf, "an unused number") { [$0.unused] },
            ]),
        ConformanceRow(
            .fdFdstatGet, [.badf],
            [
                .ok(
                    "a pipe", "fd_fdstat_get(0<pipe#1 r>, {filetype=UNKNOWN, flags=O_NONBLOCK, *}) = 0"
                ) { [$0.emptyPipe(), $0.room(24)] },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(24)] },
            ]),
        ConformanceRow(
            .fdFdstatSetFlags, [.badf, .inval],
            [
                .ok("a file", "fd_fdstat_set_flags(0</data/a>, flags=O_APPEND) = 0") { [$0.create("a"), 1] },
                .fails(.badf, "an unused number") { [$0.unused, 0] },
                .fails(.inval, "an unknown flag") { [$0.create("a"), 0x100] },
            ]),
        ConformanceRow(
            .fdFdstatSetRights, [.notcapable, .badf],
            [
                .ok(
                    "fewer", "fd_fdstat_set_rights(0</data/a>, base=FD_READ, inheriting=0) = 0"
                ) { [$0.create("a"), Rights.fdRead.rawValue, 0] },
                .fails(.notcapable, "one that it does not have") { [$0.create("a"), Rights.pathOpen.rawValue, 0] },
                .fails(.badf, "an unused number") { [$0.unused, 0, 0] },
            ]),
        ConformanceRow(
            .fdFilestatGet, [.badf],
            [
                .ok(
                    "a file", "fd_filestat_get(0</data/a>, {filetype=REGULAR_FILE, size=3, ...}) = 0"
                ) { [$0.create("a", "abc"), $0.room(64)] },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(64)] },
            ]),
        ConformanceRow(
            .fdFilestatSetSize, [.inval, .badf],
            [
                .ok("a file", "fd_filestat_set_size(0</data/a>, size=4294967297) = 0") {
                    [$0.create("a"), 1 << 32 + 1]
                },
                .fails(.inval, "a pipe") { [$0.pipe().writer, 1] },
                .fails(.inval, "a file that is only read") {
                    $0.hostFile("a", "x")
                    return [$0.open("a", rights: [.fdRead]).fd, 1]
                },
                .fails(.badf, "an unused number") { [$0.unused, 1] },
            ]),
        ConformanceRow(
            .fdFilestatSetTimes, [.inval, .badf],
            [
                .ok(
                    "a file",
                    "fd_filestat_set_times(0</data/a>, atim=0.000000001, "
                        + "mtim=0.000000002, fstflags=ATIM|MTIM) = 0"
                ) { [$0.create("a"), 1, 2, 5] },
                .fails(.inval, "both a time and now") { [$0.create("a"), 0, 0, 3] },
                .fails(.badf, "an unused number") { [$0.unused, 0, 0, 5] },
            ]),
        ConformanceRow(
            .fdPrestatGet, [.badf],
            [
                .ok("a granted directory", "fd_prestat_get(3</data>, {tag=DIR, pr_name_len=5}) = 0") {
                    [$0.directory, $0.room(8)]
                },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(8)] },
                .fails(.badf, "any other descriptor") { [$0.create("a"), $0.room(8)] },
            ]),
        ConformanceRow(
            .fdPrestatDirName, [.nametoolong, .badf],
            [
                .ok("a granted directory", "fd_prestat_dir_name(3</data>, \"/data\", len=5) = 0") {
                    [$0.directory, $0.room(5), 5]
                },
                .fails(.nametoolong, "too little room") { [$0.directory, $0.room(5), 4] },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(5), 5] },
            ]),
        ConformanceRow(
            .fdRenumber, [.badf],
            [
                .ok("onto an unused number", "fd_renumber(0</data/a>, 77) = 0") { [$0.create("a"), $0.unused] },
                .ok("onto a granted directory", "fd_renumber(0</data/a>, 3</data>) = 0") {
                    [$0.create("a"), $0.directory]
                },
                .ok("a module without WASIX moves", "fd_renumber(0</data/a>, 1</data/b>) = 0") {
                    [$0.create("a"), $0.create("b")]
                }.asPreview1,
                .fails(.badf, "an unused number") { [$0.unused, $0.create("a")] },
                .fails(.badf, "onto a number beyond all") { [$0.create("a"), 1 << 30] },
                .fails(.badf, "a module without WASIX, onto an unused number") {
                    [$0.create("a"), $0.unused]
                }.asPreview1,
            ]),
        ConformanceRow(
            .fdSeek, [.spipe, .inval, .badf],
            [
                .ok("from the end", "fd_seek(0</data/a>, offset=-1, SEEK_END) = 2") {
                    [$0.create("a", "abc"), UInt64(bitPattern: -1), 2, $0.out]
                },
                .fails(.spipe, "a pipe") { [$0.pipe().reader, 0, 0, $0.out] },
                .fails(.inval, "before the beginning") { [$0.create("a"), UInt64(bitPattern: -1), 0, $0.out] },
                .fails(.inval, "an unknown whence") { [$0.create("a"), 0, 3, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused, 0, 0, $0.out] },
            ]),
        ConformanceRow(
            .fdTell, [.spipe, .badf],
            [
                .ok("at the beginning", "fd_tell(0</data/a>) = 0") { [$0.create("a", "abc"), $0.out] },
                .fails(.spipe, "a socket") { [$0.pair().0, $0.out] },
                .fails(.badf, "an unused number") { [$0.unused, $0.out] },
            ]),
        ConformanceRow(
            .fdDup, [.badf],
            [
                .ok("a file", "fd_dup(0</data/a>) = 1") { [$0.create("a"), $0.out] },
                .fails(.badf, "an unused number") { [$0.unused, $0.out] },
            ]),
        ConformanceRow(
            .fdDup2, [.badf, .inval],
            [
                .ok("not below 10", "fd_dup2(0</data/a>, min_fd=10, cloexec=true) = 10") {
                    [$0.create("a"), 10, 1, $0.out]
                },
                .fails(.badf, "an unused number") { [$0.unused, 0, 0, $0.out] },
                .fails(.inval, "not below a number beyond all") { [$0.create("a"), 1 << 30, 0, $0.out] },
            ]),
        ConformanceRow(
            .fdFdflagsGet, [.badf],
            [
                .ok("closed by exec", "fd_fdflags_get(0</data/a>, flags=FD_CLOEXEC) = 0") {
                    let fd = $0.create("a")
                    _ = $0.call(.fdFdflagsSet, fd, 1)
                    return [fd, $0.out]
                },
                .fails(.badf, "an unused number") { [$0.unused, $0.out] },
            ]),
        ConformanceRow(
            .fdFdflagsSet, [.badf],
            [
                .ok("closed by exec", "fd_fdflags_set(0</data/a>, flags=FD_CLOEXEC) = 0") { [$0.create("a"), 1] },
                .fails(.badf, "an unused number") { [$0.unused, 0] },
            ]),
        ConformanceRow(
            .fdEvent,
            [
                .ok("a semaphore", "fd_event(initial=3, flags=EFD_SEMAPHORE) = 0") { [3, 1, $0.out] }
            ]),
        ConformanceRow(
            .fdPipe,
            [
                .ok("two ends", "fd_pipe(ret_read=0, ret_write=1) = 0") { [$0.out, $0.out] }
            ]),
    ]
}
