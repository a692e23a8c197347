extension CallTable {
    /// Names of files, and the working directory.
    static let paths: [CallSpec] = [
        CallSpec(
            .pathCreateDirectory, "path_create_directory", Namespace.everywhere, .path,
            ["fd": .fd, "path": .path(.input, length: 2), "path_len": .size]),
        CallSpec(
            .pathFilestatGet, "path_filestat_get", Namespace.sincePreview1, .path,
            [
                "fd": .fd, "dirflags": .flags(.lookupFlags), "path": .path(.input, length: 3), "path_len": .size,
                "buf": .structure(.filestat, .output),
            ]),
        CallSpec(
            .pathFilestatGetUnstable, "path_filestat_get", [.wasiUnstable], .path,
            [
                "fd": .fd, "dirflags": .flags(.lookupFlags), "path": .path(.input, length: 3), "path_len": .size,
                "buf": .structure(.filestatUnstable, .output),
            ]),
        CallSpec(
            .pathFilestatSetTimes, "path_filestat_set_times", Namespace.everywhere, .path,
            [
                "fd": .fd, "dirflags": .flags(.lookupFlags), "path": .path(.input, length: 3), "path_len": .size,
                "atim": .timestamp, "mtim": .timestamp, "fstflags": .flags(.fstFlags),
            ]),
        CallSpec(
            .pathLink, "path_link", Namespace.everywhere, .path,
            [
                "old_fd": .fd, "old_flags": .flags(.lookupFlags), "old_path": .path(.input, length: 3),
                "old_len": .size, "new_fd": .fd, "new_path": .path(.input, length: 6), "new_len": .size,
            ]),
        CallSpec(
            .pathOpen, "path_open", Namespace.everywhere, .path,
            [
                "fd": .fd, "dirflags": .flags(.lookupFlags), "path": .path(.input, length: 3), "path_len": .size,
                "oflags": .flags(.oFlags), "rights_base": .flags(.rights), "rights_inheriting": .flags(.rights),
                "fdflags": .flags(.fdFlags), "ret_fd": .out(.fd),
            ]),
        CallSpec(
            .pathOpen2, "path_open2", Namespace.wasixOnly, .path,
            [
                "fd": .fd, "dirflags": .flags(.lookupFlags), "path": .path(.input, length: 3), "path_len": .size,
                "oflags": .flags(.oFlags), "rights_base": .flags(.rights), "rights_inheriting": .flags(.rights),
                "fdflags": .flags(.fdFlags), "fdflagsext": .flags(.fdFlagsExt), "ret_fd": .out(.fd),
            ]),
        CallSpec(
            .pathReadlink, "path_readlink", Namespace.everywhere, .path,
            [
                "fd": .fd, "path": .path(.input, length: 2), "path_len": .size,
                "buf": .path(.output, length: 4, used: 5), "buf_len": .size, "bufused": .out(.size),
            ]),
        CallSpec(
            .pathRemoveDirectory, "path_remove_directory", Namespace.everywhere, .path,
            ["fd": .fd, "path": .path(.input, length: 2), "path_len": .size]),
        CallSpec(
            .pathRename, "path_rename", Namespace.everywhere, .path,
            [
                "fd": .fd, "old_path": .path(.input, length: 2), "old_len": .size, "new_fd": .fd,
                "new_path": .path(.input, length: 5), "new_len": .size,
            ]),
        CallSpec(
            .pathSymlink, "path_symlink", Namespace.everywhere, .path,
            [
                "old_path": .path(.input, length: 1), "old_len": .size, "fd": .fd,
                "new_path": .path(.input, length: 4), "new_len": .size,
            ]),
        CallSpec(
            .pathUnlinkFile, "path_unlink_file", Namespace.everywhere, .path,
            ["fd": .fd, "path": .path(.input, length: 2), "path_len": .size]),
        CallSpec(
            .getcwd, "getcwd", Namespace.wasixOnly, .dir,
            ["path": .path(.output, length: 1, used: 1), "path_len": .update(.size)]),
        CallSpec(
            .chdir, "chdir", Namespace.wasixOnly, .dir,
            ["path": .path(.input, length: 1), "path_len": .size]),
    ]
}
