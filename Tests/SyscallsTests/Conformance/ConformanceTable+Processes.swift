import Kernel
import WasixABI

/// Children, other programs, and going back to a checkpoint (WasixABI.docc/Processes, WasixABI.docc/ProcessCreation,
/// WasixABI.docc/Stacks).
extension ConformanceTable {
    static let processes: [ConformanceRow] = [
        ConformanceRow(
            .procSnapshot,
            [
                .ok("a wish", "proc_snapshot() = 0") { _ in [] }
            ]),
        ConformanceRow(
            .procFork, [.again, .nomem, .notsup, .overflow],
            [
                .ok("a copy", "proc_fork(copy_memory=true) = 2") {
                    $0.process.image.runner = ProgramRunner()
                    return [1, $0.out]
                },
                .ok("a copy whose parent waits", "proc_fork(copy_memory=false) = 2") {
                    $0.process.image.runner = ProgramRunner()
                    return [0, $0.out]
                },
                .fails(.notsup, "code that cannot be left") {
                    $0.process.image.runner = ProgramRunner(unwind: .notsup)
                    return [1, $0.out]
                },
                .fails(.overflow, "a stack without room") {
                    $0.process.image.runner = ProgramRunner(unwind: .overflow)
                    return [1, $0.out]
                },
                .fails(.nomem, "no room for the memory") {
                    $0.process.image.runner = ProgramRunner(fork: .nomem)
                    return [1, $0.out]
                },
                .fails(.again, "too many processes") {
                    $0.process.image.runner = ProgramRunner()
                    for _ in 1..<Kernel.standardProcesses { _ = try $0.child() }
                    return [1, $0.out]
                },
            ]),
        ConformanceRow(
            .procForkEnv, [.again, .notsup],
            [
                .ok("the caller as its child", "proc_fork_env() = 2") {
                    $0.process.image.runner = ProgramRunner()
                    return [$0.out]
                },
                .fails(.notsup, "nobody runs the code") { [$0.out] },
                .fails(.again, "too many processes") {
                    $0.process.image.runner = ProgramRunner()
                    for _ in 1..<Kernel.standardProcesses { _ = try $0.child() }
                    return [$0.out]
                },
            ]),
        joining, joiningAsBefore,
        ConformanceRow(
            .stackCheckpoint, [.notsup, .overflow],
            [
                .ok("the first time", "stack_checkpoint({user=*, hash=0x1:0x7}) = 0") {
                    $0.process.image.runner = ProgramRunner()
                    return [$0.room(24), $0.out]
                },
                .ok("coming back", "stack_checkpoint({user=*}) = 5") {
                    $0.process.image.runner = ProgramRunner()
                    $0.thread.beginRewinding(Rewound(value: 5))
                    return [$0.room(24), $0.out]
                },
                .fails(.notsup, "code that cannot be left") {
                    $0.process.image.runner = ProgramRunner(unwind: .notsup)
                    return [$0.room(24), $0.out]
                },
                .fails(.overflow, "a stack without room") {
                    $0.process.image.runner = ProgramRunner(unwind: .overflow)
                    return [$0.room(24), $0.out]
                },
            ]),
        ConformanceRow(
            .stackRestore,
            [
                .ok("a checkpoint", "stack_restore({user=*, hash=0x1:0x7}, val=3) = ?") {
                    $0.process.image.runner = ProgramRunner()
                    let snapshot = $0.room(24)
                    precondition($0.call(.stackCheckpoint, snapshot, $0.out) == .success)
                    return [snapshot, 3]
                },
                .ok("none, which ends the process", "stack_restore({user=NULL, hash=0x9:0x9}, val=3) = ?") {
                    [$0.put(FileGuest.bytes(UInt64(0), UInt64(9), UInt64(9))), 3]
                },
            ]),
    ]

    // MARK: waiting for children

    private static let joining = ConformanceRow(
        .procJoin, [.child, .inval, .intr],
        [
            .ok("any child", "proc_join(pid_opt=2, flags=0, status=EXIT_NORMAL(code=3)) = 0") {
                try $0.child().end(.exited(code: 3))
                return [$0.anyChild, 0, $0.room(6)]
            },
            .ok("one of them", "proc_join(pid_opt=3, flags=0, status=EXIT_NORMAL(code=52)) = 0") {
                try $0.child().end(.exited(code: 3))
                try $0.child().end(.exited(code: 0x1234))
                return [$0.child(named: 3), 0, $0.room(6)]
            },
            .ok("a signal", "proc_join(pid_opt=2, flags=0, status=EXIT_SIGNAL(signal=SIGTERM, code=0)) = 0") {
                try $0.child().end(.signalled(signal: 15))
                return [$0.anyChild, 0, $0.room(6)]
            },
            .ok("a trap", "proc_join(pid_opt=2, flags=0, status=EXIT_SIGNAL(signal=SIGABRT, code=0)) = 0") {
                try $0.child().end(.trapped(message: "unreachable", stack: []))
                return [$0.anyChild, 0, $0.room(6)]
            },
            .ok("nothing yet", "proc_join(pid_opt=0, flags=WNOHANG, status=NOTHING) = 0") {
                _ = try $0.child()
                return [$0.anyChild, 1, $0.room(6)]
            },
            .ok("one that is stopped", "proc_join(pid_opt=2, flags=WUNTRACED, status=STOPPED(signal=SIGSTOP)) = 0") {
                try $0.child().send(.stop)
                return [$0.anyChild, 2, $0.room(6)]
            },
            .fails(.child, "there are none") { [$0.anyChild, 0, $0.room(6)] },
            .fails(.child, "somebody else's") {
                _ = try $0.child()
                return [$0.child(named: 1), 1, $0.room(6)]
            },
            .fails(.inval, "an unknown tag") { [$0.put([2, 0, 0, 0, 2, 0, 0, 0]), 0, $0.room(6)] },
            .fails(.intr, "a signal") {
                _ = try $0.child()
                $0.process.image.runner = ProgramRunner()
                $0.process.setSignalCallback(Array("handler".utf8), on: $0.thread)
                $0.process.send(.usr1, to: $0.thread)
                return [$0.anyChild, 0, $0.room(6)]
            },
        ])

    private static let joiningAsBefore = ConformanceRow(
        .procJoinLegacy, [.child],
        [
            .ok("the child that is named", "proc_join(pid=2) = 7") {
                try $0.child().end(.exited(code: 7))
                return [$0.put(FileGuest.bytes(UInt32(2))), $0.out]
            },
            .ok("any child", "proc_join(pid=2) = 143") {
                try $0.child().end(.signalled(signal: 15))
                return [$0.put(FileGuest.bytes(UInt32.max)), $0.out]
            },
            .fails(.child, "there are none") { [$0.put(FileGuest.bytes(UInt32.max)), $0.out] },
        ])
}

/// Children, as the conformance table needs them.
extension FileGuest {
    /// A child that has not ended. Its only thread never begins.
    func child() throws -> GuestProcess {
        let image = thread.image.copy(kernel)
        image.runner = thread.image.runner
        return try process.fork(image, by: thread).process
    }

    /// An `option_pid` of nobody.
    var anyChild: UInt64 { put([0, 0, 0, 0, 0, 0, 0, 0]) }

    func child(named number: UInt32) -> UInt64 { put(Self.bytes(UInt32(1), number)) }
}
