import Kernel
import WasixABI

/// Exec and spawn (WasixABI.docc/ProcessCreation).
extension ConformanceTable {
    static let programs: [ConformanceRow] = [
        ConformanceRow(
            .procExec, [.noent, .acces, .noexec],
            [
                .ok("a module", #"proc_exec("/data/tool", "tool\n-v") = ?"#) {
                    $0.program() + $0.text("tool\n-v")
                },
                .fails(.noent, "nothing there") { $0.program(in: "other") + $0.text("tool") },
                .fails(.acces, "a directory") { $0.withRunner().text("/data") + $0.text("tool") },
                .fails(.noexec, "no module") { $0.program("text") + $0.text("tool") },
            ]),
        ConformanceRow(
            .procExec2, [.noent, .inval, .noexec],
            [
                .ok("a module", #"proc_exec2("/data/tool", "tool", "A=1\nB=") = ?"#) {
                    $0.program() + $0.text("tool") + $0.text("A=1\nB=")
                },
                .fails(.noent, "nothing there") {
                    $0.program(in: "other") + $0.text("tool") + $0.text("A=1")
                },
                .fails(.inval, "a line that sets nothing") { $0.program() + $0.text("tool") + $0.text("A=1\nB") },
                .fails(.noexec, "no module") { $0.program("text") + $0.text("tool") + $0.text("A=1") },
            ]),
        ConformanceRow(
            .procExec3, [.noent, .notdir, .acces, .nametoolong, .noexec, .inval],
            [
                .ok("a command", #"proc_exec3("tool", "tool", "A=1", search_path=true, "/bin:/data") = 0"#) {
                    _ = $0.program()
                    return $0.text("tool") + $0.text("tool") + $0.text("A=1") + [1] + $0.text("/bin:/data")
                },
                .ok("a path", #"proc_exec3("/data/tool", "", NULL, search_path=false, NULL) = 0"#) {
                    $0.program() + [$0.out, 0, 0, 0, 0, 0, 0]
                },
                .fails(.noent, "nothing there") { $0.program(in: "other") + $0.rest3 },
                .fails(.noent, "nowhere on the way") {
                    _ = $0.program()
                    return $0.text("tool") + $0.text("tool") + $0.text("A=1") + [1, 0, 0]
                },
                .fails(.notdir, "below a file") { $0.program(in: "tool") + $0.rest3 },
                .fails(.acces, "a directory") { $0.withRunner().text("/data") + $0.rest3 },
                .fails(.nametoolong, "a name of 256 bytes") {
                    $0.withRunner().text(String(repeating: "n", count: 256)) + $0.text("tool") + $0.text("A=1") + [1]
                        + $0.text("/data")
                },
                .fails(.noexec, "no module") { $0.program("text") + $0.rest3 },
                .fails(.inval, "a line that sets nothing") {
                    $0.program() + $0.text("tool") + $0.text("A") + [0, 0, 0]
                },
            ]),
        ConformanceRow(
            .procExec4, [.noent, .notdir, .acces, .nametoolong, .noexec, .toobig],
            [
                .ok("a command", #"proc_exec4("tool", ["tool", "a b"], ["A=1"], search_path=true, "/bin:/data") = 0"#) {
                    _ = $0.program()
                    return $0.text("tool") + $0.strings("tool", "a b") + $0.strings("A=1") + [1]
                        + $0.text("/bin:/data")
                },
                .ok("a path", #"proc_exec4("/data/tool", [], ["odd"], search_path=false, NULL) = 0"#) {
                    $0.program() + [$0.out, 0] + $0.strings("odd") + [0, 0, 0]
                },
                .fails(.noent, "nothing there") { $0.program(in: "other") + $0.rest4 },
                .fails(.notdir, "below a file") { $0.program(in: "tool") + $0.rest4 },
                .fails(.acces, "a directory") { $0.withRunner().text("/data") + $0.rest4 },
                .fails(.nametoolong, "a name of 256 bytes") {
                    $0.withRunner().text(String(repeating: "n", count: 256)) + $0.strings("tool") + $0.strings()
                        + [1] + $0.text("/data")
                },
                .fails(.noexec, "no module") { $0.program("text") + $0.rest4 },
                .fails(.toobig, "a string of 128 KiB") {
                    $0.program() + $0.strings(String(repeating: "s", count: 128 << 10)) + $0.strings() + [0, 0, 0]
                },
            ]),
        ConformanceRow(
            .procSpawn, [.noent, .noexec, .notsup, .inval], unread: ["preopen"],
            [
                .ok(
                    "with pipes",
                    #"proc_spawn("/data/tool", chroot=false, "tool", "", PIPED, PIPED, INHERIT, "/data", "#
                        + "{pid=2, stdin=5, stdout=6, stderr=NONE}) = 0"
                ) { $0.spawn($0.program(), streams: [0, 0, 1], directory: "/data") },
                .ok(
                    "without",
                    #"proc_spawn("/data/tool", chroot=false, "tool", "", NULL, LOG, INHERIT, ".", "#
                        + "{pid=2, stdin=NONE, stdout=NONE, stderr=NONE}) = 0"
                ) { $0.spawn($0.program(), streams: [2, 3, 1]) },
                .fails(.noent, "nothing there") { $0.spawn($0.program(in: "other")) },
                .fails(.noent, "no such directory") { $0.spawn($0.program(), directory: "/data/none") },
                .fails(.noexec, "no module") { $0.spawn($0.program("text")) },
                .fails(.notsup, "a root of its own") { $0.spawn($0.program(), chroot: 1) },
                .fails(.notsup, "other directories") { $0.spawn($0.program(), preopen: "/data") },
                .fails(.inval, "an unknown stream") { $0.spawn($0.program(), streams: [1, 1, 4]) },
            ]),
        ConformanceRow(
            .procSpawn2, [.noent, .acces, .noexec, .badf, .inval, .again],
            [
                .ok(
                    "a command",
                    #"proc_spawn2("tool", "tool", "A=1", [{cmd=DUP2, src_fd=3, fd=5}, {cmd=CLOSE, fd=77}], "#
                        + #"[{sig=SIGPIPE, disp=SIG_IGN}], search_path=true, "/data") = 2"#
                ) {
                    _ = $0.program()
                    return $0.text("tool") + $0.text("tool") + $0.text("A=1") + $0.ending() + $0.text("/data") + [
                        $0.out
                    ]
                },
                .fails(.noent, "nothing there") { $0.spawn2($0.program(in: "other")) },
                .fails(.acces, "a directory") { $0.spawn2($0.withRunner().text("/data")) },
                .fails(.noexec, "no module") { $0.spawn2($0.program("text")) },
                .fails(.badf, "a number that is not open") { $0.spawn2($0.program(), [$0.duplicate(77, as: 5)]) },
                .fails(.noent, "no such file") { $0.spawn2($0.program(), [$0.open("/data/none", as: 5)]) },
                .fails(.inval, "an unknown operation") { $0.spawn2($0.program(), [$0.operation(9)]) },
                .fails(.inval, "an unknown signal") { $0.spawn2($0.program(), signals: [99, 1]) },
                .fails(.inval, "an unknown disposition") { $0.spawn2($0.program(), signals: [13, 2]) },
                .fails(.again, "too many processes") {
                    let program = $0.program()
                    for _ in 1..<Kernel.standardProcesses { _ = try $0.child() }
                    return $0.spawn2(program)
                },
            ]),
        ConformanceRow(
            .procSpawn3, [.noent, .acces, .noexec, .badf, .again, .toobig],
            [
                .ok(
                    "a command",
                    #"proc_spawn3("tool", ["tool", ""], ["A=1"], [{cmd=DUP2, src_fd=3, fd=5}, {cmd=CLOSE, fd=77}], "#
                        + #"[{sig=SIGPIPE, disp=SIG_IGN}], search_path=true, "/data") = 2"#
                ) {
                    _ = $0.program()
                    return $0.text("tool") + $0.strings("tool", "") + $0.strings("A=1") + $0.ending()
                        + $0.text("/data") + [$0.out]
                },
                .fails(.noent, "nothing there") { $0.spawn3($0.program(in: "other")) },
                .fails(.acces, "a directory") { $0.spawn3($0.withRunner().text("/data")) },
                .fails(.noexec, "no module") { $0.spawn3($0.program("text")) },
                .fails(.badf, "a number that is not open") { $0.spawn3($0.program(), [$0.duplicate(77, as: 5)]) },
                .fails(.again, "no room for its thread") {
                    let program = $0.program()
                    $0.process.image.runner = ProgramRunner(hasRoom: false)
                    return $0.spawn3(program)
                },
                .fails(.toobig, "a string of 128 KiB") {
                    $0.program() + $0.strings(String(repeating: "s", count: 128 << 10)) + $0.strings()
                        + [0, 0, 0, 0, 0, 0, 0] + [$0.out]
                },
            ]),
    ]
}

/// Programs and what is said about them, as the conformance table needs them.
extension FileGuest {
    func withRunner() -> FileGuest {
        process.image.runner = ProgramRunner()
        return self
    }

    /// A file `/data/tool`, and the address and length of a name: its own, or that of `tool` below it or another name.
    func program(_ contents: String = "\0asm", in directory: String? = nil) -> [UInt64] {
        hostFile("tool", contents)
        return withRunner().text(directory.map { "/data/\($0)/tool" } ?? "/data/tool")
    }

    /// An array of addresses of strings, and its count.
    func strings(_ strings: String...) -> [UInt64] {
        [put(strings.flatMap { Self.bytes(UInt32(put($0 + "\0"))) }), UInt64(strings.count)]
    }

    /// What follows the name of `proc_exec3`.
    fileprivate var rest3: [UInt64] { text("tool") + text("A=1") + [0, 0, 0] }
    fileprivate var rest4: [UInt64] { strings("tool") + strings("A=1") + [0, 0, 0] }

    fileprivate func spawn(
        _ name: [UInt64], chroot: UInt64 = 0, preopen: String = "", streams: [UInt64] = [1, 1, 1],
        directory: String = "."
    ) -> [UInt64] {
        name + [chroot] + text("tool") + text(preopen) + streams + text(directory) + [room(28)]
    }

    // MARK: operations and dispositions

    /// A `proc_spawn_fd_op`.
    func operation(
        _ command: UInt8, fd: UInt64 = 0, source: UInt64 = 0, path: String = "", rights: Rights = []
    ) -> [UInt8] {
        let place = text(path)
        return Self.bytes(
            UInt32(command), UInt32(fd), UInt32(source), UInt32(place[0]), UInt32(place[1]), UInt32(1), UInt32(0),
            UInt32(0), rights.rawValue, rights.rawValue, UInt64(0))
    }

    func duplicate(_ source: UInt64, as fd: UInt64) -> [UInt8] { operation(1, fd: fd, source: source) }

    func open(_ path: String, as fd: UInt64) -> [UInt8] { operation(2, fd: fd, path: path, rights: .fdRead) }

    /// Two operations, a disposition, and that a name is searched.
    fileprivate func ending() -> [UInt64] {
        [put(duplicate(directory, as: 5) + operation(0, fd: unused)), 2, put([13, 1]), 1, 1]
    }

    fileprivate func spawn2(_ name: [UInt64], _ operations: [[UInt8]] = [], signals: [UInt8] = []) -> [UInt64] {
        name + text("tool") + text("A=1") + rest(operations, signals)
    }

    fileprivate func spawn3(_ name: [UInt64], _ operations: [[UInt8]] = []) -> [UInt64] {
        name + strings("tool") + strings("A=1") + rest(operations, [])
    }

    private func rest(_ operations: [[UInt8]], _ signals: [UInt8]) -> [UInt64] {
        [
            put(operations.flatMap { $0 }), UInt64(operations.count), put(signals), UInt64(signals.count / 2), 0, 0, 0,
            out,
        ]
    }
}
