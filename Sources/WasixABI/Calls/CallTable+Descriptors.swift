extension CallTable {
    /// What preview1 does with a descriptor.
    static let descriptors: [CallSpec] = [
        CallSpec(
            .fdAdvise, "fd_advise", Namespace.everywhere, .fd,
            ["fd": .fd, "offset": .u64, "len": .u64, "advice": .constant(.advice)]),
        CallSpec(.fdAllocate, "fd_allocate", Namespace.everywhere, .fd, ["fd": .fd, "offset": .u64, "len": .u64]),
        CallSpec(.fdClose, "fd_close", Namespace.everywhere, .fd, ["fd": .fd]),
        CallSpec(.fdDatasync, "fd_datasync", Namespace.everywhere, .fd, ["fd": .fd]),
        CallSpec(.fdSync, "fd_sync", Namespace.everywhere, .fd, ["fd": .fd]),
        CallSpec(
            .fdFdstatGet, "fd_fdstat_get", Namespace.everywhere, .fd,
            ["fd": .fd, "buf": .structure(.fdstat, .output)]),
        CallSpec(
            .fdFdstatSetFlags, "fd_fdstat_set_flags", Namespace.everywhere, .fd,
            ["fd": .fd, "flags": .flags(.fdFlags)]),
        CallSpec(
            .fdFdstatSetRights, "fd_fdstat_set_rights", Namespace.everywhere, .fd,
            ["fd": .fd, "base": .flags(.rights), "inheriting": .flags(.rights)]),
        CallSpec(
            .fdFilestatGet, "fd_filestat_get", Namespace.sincePreview1, .fd,
            ["fd": .fd, "buf": .structure(.filestat, .output)]),
        CallSpec(
            .fdFilestatGetUnstable, "fd_filestat_get", [.wasiUnstable], .fd,
            ["fd": .fd, "buf": .structure(.filestatUnstable, .output)]),
        CallSpec(
            .fdFilestatSetSize, "fd_filestat_set_size", Namespace.everywhere, .fd,
            ["fd": .fd, "size": .u64]),
        CallSpec(
            .fdFilestatSetTimes, "fd_filestat_set_times", Namespace.everywhere, .fd,
            ["fd": .fd, "atim": .timestamp, "mtim": .timestamp, "fstflags": .flags(.fstFlags)]),
        CallSpec(
            .fdPread, "fd_pread", Namespace.everywhere, .fd,
            [
                "fd": .fd, "iovs": .iovecs(.output, count: 2, used: 4), "iovs_len": .size, "offset": .u64,
                "nread": .out(.size),
            ]),
        CallSpec(
            .fdPwrite, "fd_pwrite", Namespace.everywhere, .fd,
            [
                "fd": .fd, "iovs": .iovecs(.input, count: 2, used: 4), "iovs_len": .size, "offset": .u64,
                "nwritten": .out(.size),
            ]),
        CallSpec(
            .fdPrestatGet, "fd_prestat_get", Namespace.everywhere, .fd,
            ["fd": .fd, "buf": .structure(.prestat, .output)]),
        CallSpec(
            .fdPrestatDirName, "fd_prestat_dir_name", Namespace.everywhere, .fd,
            ["fd": .fd, "path": .path(.output, length: 2), "len": .size]),
        CallSpec(
            .fdRead, "fd_read", Namespace.everywhere, .fd,
            ["fd": .fd, "iovs": .iovecs(.output, count: 2, used: 3), "iovs_len": .size, "nread": .out(.size)]),
        CallSpec(
            .fdWrite, "fd_write", Namespace.everywhere, .fd,
            ["fd": .fd, "iovs": .iovecs(.input, count: 2, used: 3), "iovs_len": .size, "nwritten": .out(.size)]),
        CallSpec(
            .fdReaddir, "fd_readdir", Namespace.everywhere, .dir,
            [
                "fd": .fd, "buf": .dirents(length: 2, used: 4), "buf_len": .size, "cookie": .u64,
                "bufused": .out(.size),
            ]),
        CallSpec(.fdRenumber, "fd_renumber", Namespace.everywhere, .fd, ["from": .fd, "to": .fd]),
        CallSpec(
            .fdSeek, "fd_seek", Namespace.sincePreview1, .fd,
            ["fd": .fd, "offset": .i64, "whence": .constant(.whence), "newoffset": .out(.u64)]),
        CallSpec(
            .fdSeekUnstable, "fd_seek", [.wasiUnstable], .fd,
            ["fd": .fd, "offset": .i64, "whence": .constant(.whenceUnstable), "newoffset": .out(.u64)]),
        CallSpec(.fdTell, "fd_tell", Namespace.everywhere, .fd, ["fd": .fd, "offset": .out(.u64)]),
    ]

    /// What WASIX adds: duplicates, descriptor flags, eventfds, pipes.
    static let descriptorExtensions: [CallSpec] = [
        CallSpec(.fdDup, "fd_dup", Namespace.wasixOnly, .fd, ["fd": .fd, "ret_fd": .out(.fd)]),
        CallSpec(
            .fdDup2, "fd_dup2", Namespace.wasixOnly, .fd,
            ["fd": .fd, "min_fd": .u32, "cloexec": .bool, "ret_fd": .out(.fd)]),
        CallSpec(
            .fdFdflagsGet, "fd_fdflags_get", Namespace.wasixOnly, .fd,
            ["fd": .fd, "flags": .out(.flags(.fdFlagsExt))]),
        CallSpec(
            .fdFdflagsSet, "fd_fdflags_set", Namespace.wasixOnly, .fd,
            ["fd": .fd, "flags": .flags(.fdFlagsExt)]),
        CallSpec(
            .fdEvent, "fd_event", Namespace.wasixOnly, .event,
            ["initial": .u64, "flags": .flags(.eventFdFlags), "ret_fd": .out(.fd)]),
        CallSpec(.fdPipe, "fd_pipe", Namespace.wasixOnly, .pipe, ["ret_read": .out(.fd), "ret_write": .out(.fd)]),
    ]
}
