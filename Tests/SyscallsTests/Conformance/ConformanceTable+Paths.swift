import WasixABI

/// Names of files and the working directory (WasixABI.docc/Paths, WasixABI.docc/WorkingDirectory).
extension ConformanceTable {
    /// `path_open`'s arguments: all rights, nothing special.
    private static func open(
        _ guest: FileGuest, _ path: String, _ oflags: OFlags = [], follow: Bool = true,
        rights: Rights = FileGuest.readWrite, at fd: UInt64? = nil
    ) -> [UInt64] {
        [fd ?? guest.directory, follow ? 1 : 0] + guest.text(path)
            + [UInt64(oflags.rawValue), rights.rawValue, Rights.fdRead.rawValue, 0]
    }

    /// The failures that every path has.
    private static func anyPath(
        _ arguments: @escaping @Sendable (FileGuest, _ fd: UInt64, _ path: String) -> [UInt64]
    ) -> [ConformanceCase] {
        [
            .fails(.noent, "nothing there") { arguments($0, $0.directory, "none/none") },
            .fails(.noent, "an empty path") { arguments($0, $0.directory, "") },
            .fails(.notdir, "a file as a directory") {
                $0.hostFile("f", "")
                return arguments($0, $0.directory, "f/x")
            },
            .fails(.notdir, "a descriptor that is no directory") { arguments($0, $0.create("f"), "x") },
            .fails(.badf, "an unused number") { arguments($0, $0.unused, "x") },
            .fails(.loop, "links in a circle") {
                _ = $0.symlink("circle", "circle")
                return arguments($0, $0.directory, "circle/x")
            },
            .fails(.nametoolong, "a path beyond the host's") {
                arguments($0, $0.directory, String(repeating: "x", count: 5000))
            },
            .fails(.inval, "a NUL in the path") { arguments($0, $0.directory, "a\0b") },
            .fails(.ilseq, "not UTF-8") {
                var words = arguments($0, $0.directory, "ab")
                let place = $0.put([0x61, 0xff])
                let index = words.firstIndex(of: 2).map { $0 - 1 } ?? 0
                words[index] = place
                return words
            },
            .fails(.notcapable, "out of what was granted") {
                arguments($0, $0.directory, "../../etc/passwd")
            }.asPreview1,
            .fails(.notcapable, "an absolute path of a module without WASIX") {
                arguments($0, $0.directory, "/etc/passwd")
            }.asPreview1,
        ]
    }

    private static let anyPathErrnos: Set<Errno> = [
        .noent, .notdir, .badf, .loop, .nametoolong, .inval, .ilseq, .notcapable,
    ]

    static let paths: [ConformanceRow] = [
        ConformanceRow(
            .pathCreateDirectory, anyPathErrnos.union([.exist]),
            [
                .ok("a new name", "path_create_directory(3</data>, \"d\") = 0") { [$0.directory] + $0.text("d") },
                .fails(.exist, "a name that is taken") {
                    $0.hostFile("d", "")
                    return [$0.directory] + $0.text("d")
                },
            ] + anyPath { [$1] + $0.text($2) }),
        ConformanceRow(
            .pathFilestatGet, anyPathErrnos,
            [
                .ok(
                    "a link, followed",
                    "path_filestat_get(3</data>, dirflags=SYMLINK_FOLLOW, \"l\", {filetype=REGULAR_FILE, size=2, ...}) = 0"
                ) {
                    $0.hostFile("a", "ab")
                    _ = $0.symlink("a", "l")
                    return [$0.directory, 1] + $0.text("l") + [$0.room(64)]
                },
                .ok(
                    "a link itself",
                    "path_filestat_get(3</data>, dirflags=0, \"l\", {filetype=SYMBOLIC_LINK, size=1, ...}) = 0"
                ) {
                    _ = $0.symlink("a", "l")
                    return [$0.directory, 0] + $0.text("l") + [$0.room(64)]
                },
                .fails(.noent, "a link to nothing, followed") {
                    _ = $0.symlink("a", "l")
                    return [$0.directory, 1] + $0.text("l") + [$0.room(64)]
                },
            ] + anyPath { [$1, 1] + $0.text($2) + [$0.room(64)] }),
        ConformanceRow(
            .pathFilestatSetTimes, anyPathErrnos,
            [
                .ok(
                    "a file",
                    "path_filestat_set_times(3</data>, dirflags=SYMLINK_FOLLOW, \"a\", atim=0, "
                        + "mtim=1000000000.000000001, fstflags=MTIM) = 0"
                ) {
                    $0.hostFile("a", "")
                    return [$0.directory, 1] + $0.text("a") + [0, 1_000_000_000_000_000_001, 4]
                },
                .fails(.inval, "both a time and now") {
                    $0.hostFile("a", "")
                    return [$0.directory, 1] + $0.text("a") + [0, 0, 12]
                },
            ] + anyPath { [$1, 1] + $0.text($2) + [0, 0, 5] }),
        ConformanceRow(
            .pathLink, anyPathErrnos.union([.exist, .perm]),
            [
                .ok(
                    "a second name",
                    "path_link(3</data>, old_flags=0, \"a\", 3</data>, \"b\") = 0"
                ) {
                    $0.hostFile("a", "")
                    return [$0.directory, 0] + $0.text("a") + [$0.directory] + $0.text("b")
                },
                .fails(.exist, "a name that is taken") {
                    $0.hostFile("a", "")
                    return [$0.directory, 0] + $0.text("a") + [$0.directory] + $0.text("a")
                },
                .fails(.perm, "a directory") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return [$0.directory, 0] + $0.text("d") + [$0.directory] + $0.text("e")
                },
                .fails(.inval, "following a link") {
                    $0.hostFile("a", "")
                    return [$0.directory, 1] + $0.text("a") + [$0.directory] + $0.text("b")
                },
            ] + anyPath { [$1, 0] + $0.text($2) + [$0.directory] + $0.text("bcdef") }),
        ConformanceRow(
            .pathOpen, anyPathErrnos.union([.exist, .isdir]),
            [
                .ok(
                    "a new file",
                    "path_open(3</data>, dirflags=SYMLINK_FOLLOW, \"a\", oflags=O_CREAT, "
                        + "rights_base=FD_READ|FD_WRITE, rights_inheriting=FD_READ, fdflags=0) = 0"
                ) { open($0, "a", .create) + [$0.out] },
                .ok("the null device", "path_open(*\"/dev/null\"*ret_fd=0) = 0") { open($0, "/dev/null") + [$0.out] },
                .fails(.exist, "exclusively, a name that is taken") {
                    $0.hostFile("a", "")
                    return open($0, "a", [.create, .exclusive]) + [$0.out]
                },
                .fails(.inval, "a new directory") { open($0, "a", [.create, .directory]) + [$0.out] },
                .fails(.isdir, "a directory, to write") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return open($0, "d") + [$0.out]
                },
                .fails(.notdir, "a file, as a directory") {
                    $0.hostFile("a", "")
                    return open($0, "a", .directory, rights: .fdRead) + [$0.out]
                },
                .fails(.loop, "a link, not followed") {
                    _ = $0.symlink("a", "l")
                    return open($0, "l", follow: false) + [$0.out]
                },
                .fails(.notcapable, "a link that leads out") {
                    _ = $0.symlink("../../etc/passwd", "l")
                    return open($0, "l", rights: .fdRead) + [$0.out]
                },
            ] + anyPath { open($0, $2, rights: .fdRead, at: $1) + [$0.out] }),
        ConformanceRow(
            .pathOpen2, anyPathErrnos.union([.exist, .isdir]),
            [
                .ok(
                    "closed by exec",
                    "path_open2(3</data>, dirflags=SYMLINK_FOLLOW, \"a\", oflags=O_CREAT, "
                        + "rights_base=FD_READ|FD_WRITE, rights_inheriting=FD_READ, fdflags=0, "
                        + "fdflagsext=FD_CLOEXEC) = 0"
                ) { open($0, "a", .create) + [1, $0.out] },
                .fails(.exist, "exclusively, a name that is taken") {
                    $0.hostFile("a", "")
                    return open($0, "a", [.create, .exclusive]) + [0, $0.out]
                },
                .fails(.isdir, "a directory, to write") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return open($0, "d") + [0, $0.out]
                },
            ] + anyPath { open($0, $2, rights: .fdRead, at: $1) + [0, $0.out] }),
        ConformanceRow(
            .pathReadlink, anyPathErrnos,
            [
                .ok("a link", "path_readlink(3</data>, \"l\", \"else\", buf_len=64) = 4") {
                    _ = $0.symlink("else", "l")
                    return [$0.directory] + $0.text("l") + [$0.room(64), 64, $0.out]
                },
                .fails(.inval, "what is no link") {
                    $0.hostFile("a", "")
                    return [$0.directory] + $0.text("a") + [$0.room(64), 64, $0.out]
                },
            ] + anyPath { [$1] + $0.text($2) + [$0.room(64), 64, $0.out] }),
        ConformanceRow(
            .pathRemoveDirectory, anyPathErrnos.union([.notempty]),
            [
                .ok("an empty one", "path_remove_directory(3</data>, \"d\") = 0") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return [$0.directory] + $0.text("d")
                },
                .fails(.notempty, "one with a file in it") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    $0.hostFile("d/a", "")
                    return [$0.directory] + $0.text("d")
                },
                .fails(.notdir, "a file") {
                    $0.hostFile("a", "")
                    return [$0.directory] + $0.text("a")
                },
            ] + anyPath { [$1] + $0.text($2) }),
        ConformanceRow(
            .pathRename, anyPathErrnos.union([.isdir, .notempty]),
            [
                .ok("a file", "path_rename(3</data>, \"a\", 3</data>, \"b\") = 0") {
                    $0.hostFile("a", "")
                    return [$0.directory] + $0.text("a") + [$0.directory] + $0.text("b")
                },
                .fails(.isdir, "a file onto a directory") {
                    $0.hostFile("a", "")
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return [$0.directory] + $0.text("a") + [$0.directory] + $0.text("d")
                },
                .fails(.notempty, "a directory onto one with a file in it") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    _ = $0.onPath(.pathCreateDirectory, "e")
                    $0.hostFile("e/a", "")
                    return [$0.directory] + $0.text("d") + [$0.directory] + $0.text("e")
                },
                .fails(.inval, "a directory into itself") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return [$0.directory] + $0.text("d") + [$0.directory] + $0.text("d/d")
                },
            ] + anyPath { [$1] + $0.text($2) + [$0.directory] + $0.text("bcdef") }),
        ConformanceRow(
            .pathSymlink, anyPathErrnos.union([.exist]),
            [
                .ok("to anything", "path_symlink(\"/any/where\", 3</data>, \"l\") = 0") {
                    $0.text("/any/where") + [$0.directory] + $0.text("l")
                },
                .fails(.exist, "a name that is taken") {
                    $0.hostFile("a", "")
                    return $0.text("x") + [$0.directory] + $0.text("a")
                },
                .fails(.notcapable, "to an absolute path, a module without WASIX") {
                    $0.text("/any/where") + [$0.directory] + $0.text("l")
                }.asPreview1,
            ] + anyPath { $0.text("else") + [$1] + $0.text($2) }),
        ConformanceRow(
            .pathUnlinkFile, anyPathErrnos.union([.isdir]),
            [
                .ok("a file", "path_unlink_file(3</data>, \"a\") = 0") {
                    $0.hostFile("a", "")
                    return [$0.directory] + $0.text("a")
                },
                .fails(.isdir, "a directory") {
                    _ = $0.onPath(.pathCreateDirectory, "d")
                    return [$0.directory] + $0.text("d")
                },
            ] + anyPath { [$1] + $0.text($2) }),
        ConformanceRow(
            .getcwd, [.range],
            [
                .ok("the root", "getcwd(\"/\\0\", path_len=2) = 0") {
                    [$0.room(64), $0.put(FileGuest.bytes(UInt32(64)))]
                },
                .fails(.range, "no room") { [$0.room(64), $0.put(FileGuest.bytes(UInt32(1)))] },
                .fails(.range, "no buffer") { [0, $0.put(FileGuest.bytes(UInt32(0)))] },
            ]),
        ConformanceRow(
            .chdir, [.noent, .notdir],
            [
                .ok("the granted directory", "chdir(\"/data\") = 0") { $0.text("/data") },
                .fails(.noent, "nothing there") { $0.text("/data/none") },
                .fails(.noent, "an empty path") { $0.text("") },
                .fails(.notdir, "a file") {
                    $0.hostFile("a", "")
                    return $0.text("/data/a")
                },
            ]),
    ]
}
