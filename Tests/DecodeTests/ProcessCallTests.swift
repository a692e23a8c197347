import Testing
import Trace
import WasixABI

@Suite struct ProcessCallTests {
    @Test func argumentsAndEnvironment() {
        let sizes = RecordBuilder(.argsSizesGet, [0x100, 0x104]).result(2).keep("buf_size", number: 11, size: 4)
        #expect(sizes.line() == "args_sizes_get(argc=2, buf_size=11) = 0")
        #expect(RecordBuilder(.argsGet, [0x100, 0x200]).line() == "args_get(0x100, 0x200) = 0")
        #expect(RecordBuilder(.environGet, [0, 0], errno: .fault).line() == "environ_get(NULL, NULL) = EFAULT")
    }

    @Test func resultsThatWereNotKeptAreQuestionMarks() {
        #expect(
            RecordBuilder(.argsSizesGet, [0x100, 0x104]).result(2).line() == "args_sizes_get(argc=2, buf_size=?) = 0")
    }

    @Test func clocksAndRandom() {
        #expect(
            RecordBuilder(.clockTimeGet, [0, 1_000_000, 0x100]).keep("time", number: 1_790_000_000_500_000_000, size: 8)
                .line() == "clock_time_get(CLOCK_REALTIME, precision=1ms, time=1790000000.5) = 0")
        #expect(
            RecordBuilder(.clockResGet, [7, 0x100], errno: .inval).line() == "clock_res_get(7 /* ??? */) = EINVAL")
        let random = RecordBuilder(.randomGet, [0x100, 4]).keep("buf", [0, 0x41, 0xff, 0x0a])
        #expect(random.line() == #"random_get("\0A\xff\n", len=4) = 0"#)
    }

    @Test func exitHasNoResult() {
        #expect(RecordBuilder(.procExit, [3]).line() == "proc_exit(code=3) = ?")
        #expect(RecordBuilder(.procExit2, [UInt64(UInt32.max)]).line() == "proc_exit2(code=-1) = ?")
        #expect(RecordBuilder(.threadExit, [0]).line() == "thread_exit(code=0) = ?")
    }

    @Test func threads() {
        #expect(RecordBuilder(.wasiThreadSpawn, [0x100]).result(3).line() == "thread-spawn(0x100) = 3")
        #expect(RecordBuilder(.wasiThreadSpawn, [0x100], errno: .again).line() == "thread-spawn(0x100) = EAGAIN")
        let block = structure(64, [(0, UInt32(0x9000)), (4, UInt32(0x8000)), (8, UInt32(5)), (56, UInt32(65536))])
        #expect(
            RecordBuilder(.threadSpawnV2, [0x100, 0x200]).keep("args", block).result(4).line()
                == "thread_spawn_v2({stack=0x9000, tls_base=0x8000, start=0x5, arg=NULL, stack_size=65536}) = 4"
        )
        #expect(RecordBuilder(.threadSleep, [1_000_000_000]).line() == "thread_sleep(duration=1s) = 0")
        #expect(RecordBuilder(.threadJoin, [3], errno: .intr).line() == "thread_join(tid=3) = EINTR")
        #expect(RecordBuilder(.schedYield, []).line() == "sched_yield() = 0")
        #expect(
            RecordBuilder(.threadSpawnLegacy, [1, 2, 3, 0, 0x100]).line()
                == "thread_spawn(user_data=1, stack_base=2, stack_start=3, reactor=false, ret_tid=?) = 0")
    }

    @Test func threadLocals() {
        #expect(
            RecordBuilder(.threadLocalCreate, [1 << 32, 0x100]).result(3).line()
                == "thread_local_create(user_data=4294967296) = 3")
        #expect(RecordBuilder(.threadLocalSet, [3, .max]).line().contains("thread_local_set(key=3, value="))
        #expect(
            RecordBuilder(.threadLocalGet, [3, 0x100]).keep("ret_val", number: 9, size: 8).line()
                == "thread_local_get(key=3) = 9")
        #expect(
            RecordBuilder(.threadLocalGet, [4, 0x100], errno: .inval).line() == "thread_local_get(key=4) = EINVAL")
        #expect(RecordBuilder(.threadLocalDestroy, [3]).line() == "thread_local_destroy(key=3) = 0")
    }

    @Test func theTerminal() {
        let state = structure(
            24, [(0, UInt32(80)), (4, UInt32(24)), (16, UInt8(1)), (17, UInt8(1)), (19, UInt8(1)), (21, UInt8(0xAA))])
        #expect(
            RecordBuilder(.ttySet, [0x100]).keep("state", state).line()
                == "tty_set({cols=80, rows=24, width=0, height=0, stdin_tty=true, stdout_tty=true, stderr_tty=false, "
                + "echo=true, line_buffered=false, line_feeds=170}) = 0")
        #expect(RecordBuilder(.ttyGet, [0x100], errno: .fault).line() == "tty_get(0x100) = EFAULT")
    }

    @Test func signals() {
        #expect(RecordBuilder(.procRaise, [15]).line() == "proc_raise(SIGTERM) = 0")
        #expect(RecordBuilder(.threadSignal, [2, 99], errno: .inval).line() == "thread_signal(tid=2, SIG_99) = EINVAL")
        #expect(
            RecordBuilder(.callbackSignal, [0x100, 13]).keep("name", "__wasm_signal").line()
                == #"callback_signal("__wasm_signal") = 0"#)
        #expect(
            RecordBuilder(.procRaiseInterval, [14, 5_000_000, 1]).line()
                == "proc_raise_interval(SIGALRM, interval=5ms, repeat=true) = 0")
    }

    @Test func joinShowsBothSidesOfItsPidAndTheStatus() {
        let before = structure(8, [])
        let after = structure(8, [(0, UInt8(1)), (4, UInt32(5))])
        func join(_ status: [UInt8]) -> String {
            RecordBuilder(.procJoin, [0x100, 1, 0x200]).keep("pid_opt", before).keep("pid_opt", after)
                .keep("status", status).line()
        }
        #expect(
            join(structure(6, [(0, UInt8(1)), (2, UInt16(3))]))
                == "proc_join(pid_opt=NONE => 5, flags=WNOHANG, status=EXIT_NORMAL(code=3)) = 0")
        #expect(
            join(structure(6, [(0, UInt8(2)), (4, UInt8(9))]))
                == "proc_join(pid_opt=NONE => 5, flags=WNOHANG, status=EXIT_SIGNAL(signal=SIGKILL, code=0)) = 0")
        #expect(join(structure(6, [(0, UInt8(3)), (2, UInt8(20))])).contains("status=STOPPED(signal=SIGTSTP)"))
        #expect(join(structure(6, [])).contains("status=NOTHING"))
        #expect(join(structure(6, [(0, UInt8(9))])).contains("status={tag=9 /* ??? */}"))
    }

    @Test func execAndSpawn() {
        let exec = RecordBuilder(.procExec3, [0x100, 2, 0x200, 5, 0, 0, 1, 0, 0], errno: .noent)
            .keep("name", "ls").keep("args", "ls\n-l").keep("envs", "").keep("path", "")
        #expect(
            exec.line()
                == #"proc_exec3("ls", "ls\n-l", NULL, search_path=true, NULL) = ENOENT"#)
        let arguments = RecordBuilder(.procExec4, [0x100, 2, 0x200, 2, 0x300, 0, 0, 0, 0], errno: .acces)
            .keep("name", "sh").keepVectors("argv", [(2, "sh"), (2, "-c")])
        #expect(
            arguments.line()
                == #"proc_exec4("sh", ["sh", "-c"], [], search_path=false, NULL, path_len=0) = EACCES"#)
        let operations = structure(
            112, [(0, UInt8(1)), (4, UInt32(1)), (8, UInt32(5)), (56, UInt8(0)), (60, UInt32(5))])
        let spawn = RecordBuilder(.procSpawn2, [0x100, 2, 0x200, 0, 0x300, 0, 0x400, 2, 0x500, 1, 0, 0x600, 0, 0x700])
            .keep("name", "sh").keep("fd_ops", operations, total: 2).keep("signal_dispositions", [13, 1], total: 1)
            .result(2)
        #expect(
            spawn.line()
                == #"proc_spawn2("sh", "", "", [{cmd=DUP2, src_fd=5, fd=1}, {cmd=CLOSE, fd=5}], "#
                + #"[{sig=SIGPIPE, disp=SIG_IGN}], search_path=false, "") = 2"#)
        let handles = structure(28, [(0, UInt32(3)), (4, UInt8(1)), (8, UInt32(6))])
        let old = RecordBuilder(.procSpawn, [0x100, 1, 0, 0x200, 0, 0x300, 0, 0, 1, 2, 0x400, 1, 0x500])
            .keep("name", "a").keep("working_dir", ".").keep("ret_handles", handles)
        #expect(
            old.line()
                == #"proc_spawn("a", chroot=false, "", "", PIPED, INHERIT, NULL, ".", "#
                + "{pid=3, stdin=6, stdout=NONE, stderr=NONE}) = 0")
    }

    @Test func stacksTerminalsAndDynamicLinking() {
        let snapshot = structure(24, [(0, UInt64(0x10)), (8, UInt64(0xab)), (16, UInt64(0xcd))])
        #expect(
            RecordBuilder(.stackRestore, [0x100, 7]).keep("snapshot", snapshot).line()
                == "stack_restore({user=0x10, hash=0xab:0xcd}, val=7) = ?")
        let tty = structure(24, [(0, UInt32(80)), (4, UInt32(25)), (17, UInt8(1)), (19, UInt8(7))])
        #expect(
            RecordBuilder(.ttyGet, [0x100]).keep("state", tty).line()
                == "tty_get({cols=80, rows=25, width=0, height=0, stdin_tty=false, stdout_tty=true, stderr_tty=false, "
                + "echo=7, line_buffered=false, line_feeds=false}) = 0")
        #expect(
            RecordBuilder(.dlopen, [0, 0, 2, 0x100, 128, 0, 0, 0x200]).result(1).line()
                == "dlopen(NULL, path_len=0, flags=RTLD_NOW, 0x100, err_buf_len=128, NULL, ld_library_path_len=0)"
                + " = 1")
        let reflect = RecordBuilder(.reflectSignature, [5, 0x100, 2, 0x200, 1, 0x300])
            .keep("argument_types", [0, 1]).keep("result_types", [3])
            .keep("ret", structure(6, [(0, UInt8(1)), (2, UInt16(2)), (4, UInt16(1))]))
        #expect(
            reflect.line()
                == "reflect_signature(function_id=5, [i32, i64], argument_types_len=2, [f64], result_types_len=1, "
                + "{cacheable=true, arguments=2, results=1}) = 0")
    }

    @Test func widePointersTakeTwoWords() {
        let write = RecordBuilder(.fdWrite, [1, 0x1_0000_0000, 1, 0x2_0000_0000], width: .bits64)
            .keep("nwritten", number: 6, size: 8)
        #expect(write.line() == "fd_write(1, 0x100000000, iovs_len=1) = 6")
        let event = structure(
            32, [(0, UInt32(1)), (8, UInt64(0x1_0000_0007)), (20, UInt32(7)), (24, UInt64(0x1_0000_0007))])
        #expect(
            RecordBuilder(.epollCtl, [4, 0, 9, 0x100], width: .bits64).keep("event", event).line()
                == "epoll_ctl(4, EPOLL_CTL_ADD, 9, {EPOLLIN, data=0x100000007}) = 0")
    }
}
