import Testing
import Trace
import WasixABI

@testable import Runtime

/// Threads as programs of 2022-2023 start them: everything from `wasix_32v1`, entries `_start_thread` and `_react`.
@Suite struct LegacyThreadTests {
    private static let imports = """
        (import "env" "memory" (memory 2 4 shared))
        (import "wasix_32v1" "thread_spawn" (func $spawn (param i64 i64 i64 i32 i32) (result i32)))
        (import "wasix_32v1" "thread_join" (func $join (param i32) (result i32)))
        (import "wasix_32v1" "thread_exit" (func $leave (param i32)))
        (import "wasix_32v1" "thread_local_create" (func $create (param i64 i32) (result i32)))
        (import "wasix_32v1" "thread_local_destroy" (func $destroy (param i32) (result i32)))
        (import "wasix_32v1" "thread_local_set" (func $set (param i32 i64) (result i32)))
        (import "wasix_32v1" "thread_local_get" (func $get (param i32 i32) (result i32)))
        (import "wasix_32v1" "proc_exit" (func $exit (param i32)))
        (global $sp (export "__stack_pointer") (mut i32) (i32.const 65536))
        """

    /// Starts one thread with user data 0x1_0000_0005 and waits for it.
    private static func start(reactor: Int = 0) -> String {
        """
        (drop (call $spawn (i64.const 0x100000005) (i64.const 131072) (i64.const 98304) (i32.const \(reactor))
          (i32.const 64)))
        (drop (call $join (i32.load (i32.const 64))))
        """
    }

    /// The two ways in which these programs take a 64-bit number.
    enum Form: String, CaseIterable {
        case whole, halves

        func entry(_ name: String) -> String {
            switch self {
            case .whole: "(func (export \"\(name)\") (param $data i64)"
            case .halves:
                """
                (func (export "\(name)") (param $low i32) (param $high i32) (local $data i64)
                  (local.set $data (i64.or (i64.extend_i32_u (local.get $low))
                    (i64.shl (i64.extend_i32_u (local.get $high)) (i64.const 32))))
                """
            }
        }

        /// The destructor adds data * 1000 + value to the i64 at 128 and counts at 136.
        var destructor: String {
            let body = """
                (i64.store (i32.const 128) (i64.add (i64.load (i32.const 128))
                  (i64.add (i64.mul (local.get $data) (i64.const 1000)) (local.get $value))))
                (i32.store (i32.const 136) (i32.add (i32.load (i32.const 136)) (i32.const 1))))
                """
            switch self {
            case .whole: return "(func (export \"_thread_local_destroy\") (param $data i64) (param $value i64) \(body)"
            case .halves:
                return """
                    (func (export "_thread_local_destroy") (param $a i32) (param $b i32) (param $c i32) (param $d i32)
                      (local $data i64) (local $value i64)
                      (local.set $data (i64.extend_i32_u (local.get $a)))
                      (local.set $value (i64.extend_i32_u (local.get $c))) \(body)
                    """
            }
        }
    }

    @Test(arguments: Form.allCases, [0, 1])
    func aThreadBeginsAtItsEntryOnItsStack(_ form: Form, _ reactor: Int) throws {
        let module = """
            (module \(Self.imports)
              \(form.entry(reactor == 1 ? "_react" : "_start_thread"))
                (i32.store (i32.const 72) (global.get $sp)) (i64.store (i32.const 80) (local.get $data)))
              (func (export "_start")
                \(Self.start(reactor: reactor))
                (call $exit (i32.add
                  (i32.add (i32.eq (i32.load (i32.const 72)) (i32.const 131072)) (i32.const 40))
                  (i32.add (i64.eq (i64.load (i32.const 80)) (i64.const 0x100000005))
                    (i32.eq (global.get $sp) (i32.const 65536)))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 43))
    }

    @Test(arguments: Form.allCases, [false, true])
    func theValuesOfAThreadThatEndsAreDestroyed(_ form: Form, _ isExiting: Bool) throws {
        let module = """
            (module \(Self.imports) \(form.destructor)
              \(form.entry("_start_thread"))
                (drop (call $set (i32.load (i32.const 96)) (i64.const 8)))
                \(isExiting ? "(call $leave (i32.const 3))" : ""))
              (func (export "_start")
                (drop (call $create (i64.const 7) (i32.const 96)))
                (drop (call $set (i32.load (i32.const 96)) (i64.const 9)))
                \(Self.start())
                (if (i32.ne (i32.load (i32.const 136)) (i32.const 1)) (then unreachable))
                (if (i64.ne (i64.load (i32.const 128)) (i64.const 7008)) (then unreachable))
                (drop (call $get (i32.load (i32.const 96)) (i32.const 144)))
                (if (i64.ne (i64.load (i32.const 144)) (i64.const 9)) (then unreachable))
                (drop (call $destroy (i32.load (i32.const 96))))
                (if (i64.ne (i64.load (i32.const 128)) (i64.const 14017)) (then unreachable))
                (call $exit (i32.load (i32.const 136)))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 2))
    }

    /// A destructor that makes a new value each time is not asked for ever.
    @Test func destructorsThatLeaveValuesAreCalledFourTimes() throws {
        let module = """
            (module \(Self.imports)
              (func (export "_thread_local_destroy") (param i64 i64)
                (i32.store (i32.const 136) (i32.add (i32.load (i32.const 136)) (i32.const 1)))
                (drop (call $set (i32.load (i32.const 96)) (i64.const 1))))
              (func (export "_start_thread") (param i64)
                (drop (call $set (i32.load (i32.const 96)) (i64.const 1))))
              (func (export "_start")
                (drop (call $create (i64.const 7) (i32.const 96)))
                \(Self.start())
                (call $exit (i32.load (i32.const 136)))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 4))
    }

    @Test func aDestructorThatTrapsEndsTheProcess() throws {
        for call in ["(drop (call $destroy (i32.load (i32.const 96))))", ""] {
            let module = """
                (module \(Self.imports)
                  (func $boom (export "_thread_local_destroy") (param i64 i64) unreachable)
                  (func (export "_start")
                    (drop (call $create (i64.const 7) (i32.const 96)))
                    (drop (call $set (i32.load (i32.const 96)) (i64.const 1)))
                    \(call)))
                """
            guard case .trapped(let message, let stack) = try RunningGuest(module).end() else {
                Issue.record("it went on")
                continue
            }
            #expect(message.contains("unreachable") && stack.first?.hasPrefix("boom ") == true)
        }
    }

    @Test func withoutADestructorValuesAreForgotten() throws {
        let module = """
            (module \(Self.imports)
              (func (export "_start")
                (drop (call $create (i64.const 7) (i32.const 96)))
                (drop (call $set (i32.load (i32.const 96)) (i64.const 1)))
                (call $exit (call $destroy (i32.load (i32.const 96))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 0))
    }

    /// Without an exported stack pointer the thread would run on its maker's stack.
    @Test(arguments: [
        "", #"(func (export "_start_thread") (param f64))"#,
        #"(func (export "_start_thread") (param i64)) (global (export "other") (mut i32) (i32.const 0))"#,
    ])
    func aModuleThatCannotHaveThreadsIsTold(_ parts: String) throws {
        let module = """
            (module
              (import "env" "memory" (memory 2 4 shared))
              (import "wasix_32v1" "thread_spawn" (func $spawn (param i64 i64 i64 i32 i32) (result i32)))
              (import "wasix_32v1" "proc_exit" (func $exit (param i32)))
              \(parts)
              (func (export "_start")
                (call $exit
                  (call $spawn (i64.const 0) (i64.const 131072) (i64.const 0) (i32.const 0) (i32.const 64)))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: UInt32(Errno.notcapable.rawValue)))
    }

    /// Rust's socket pairs of that time are pipes.
    @Test(arguments: [true, false])
    func pipesOfThatTimeGoBothWays(_ isOld: Bool) throws {
        let module = """
            (module
              (import "wasix_32v1" "fd_pipe" (func $pipe (param i32 i32) (result i32)))
              \(isOld ? #"(import "wasix_32v1" "thread_local_get" (func (param i32 i32) (result i32)))"# : "")
              (import "wasix_32v1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 16) "\\20\\00\\00\\00\\03\\00\\00\\00\\30\\00\\00\\00\\08\\00\\00\\00abcd")
              (func $through (param $in i32) (param $out i32) (result i32)
                (if (call $write (local.get $in) (i32.const 16) (i32.const 1) (i32.const 64)) (then (return (i32.const 0))))
                (if (call $read (local.get $out) (i32.const 24) (i32.const 1) (i32.const 64)) (then (return (i32.const 0))))
                (i32.load (i32.const 64)))
              (func (export "_start")
                (drop (call $pipe (i32.const 0) (i32.const 4)))
                (call $exit (i32.add
                  (i32.mul (call $through (i32.load (i32.const 4)) (i32.load (i32.const 0))) (i32.const 10))
                  (call $through (i32.load (i32.const 0)) (i32.load (i32.const 4)))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: isOld ? 33 : 30))
    }
}
