import Kernel
import Testing
import WasmEngine

@testable import Runtime

/// What cannot be run is told in one line, with the status that shells use for it.
@Suite struct LaunchTests {
    private let directory: ModuleDirectory

    init() throws { directory = try ModuleDirectory() }

    private func failure(_ path: String, _ configure: (inout GuestOptions) -> Void = { _ in }) -> LaunchError? {
        var options = GuestOptions(module: path)
        options.usesModuleCache = false
        options.stdio = .captured(input: "/dev/null")
        configure(&options)
        do throws(LaunchError) {
            _ = try Guest(options)
            return nil
        } catch {
            #expect(!error.message.contains("\n"), "one line")
            return error
        }
    }

    private func failure(text: String) throws -> LaunchError? { failure(try directory.module(text)) }

    @Test func aFileThatIsNotThereIsNotFound() {
        #expect(failure(directory.path + "/none.wasm")?.status == .notFound)
        #expect(failure("")?.status == .notFound)
    }

    @Test func aDirectoryIsNoModule() throws {
        let error = try #require(failure(directory.path))
        #expect(error.status == .notRunnable)
        #expect(error.message.contains("directory"))
    }

    @Test func neitherIsSomethingElse() throws {
        let whole = try Module.binary(fromFile: Array(#"(module (func (export "_start")) (memory 1))"#.utf8))
        let contents: [[UInt8]] = [
            [], [0], Array("hello".utf8), Array(whole.prefix(4)), Array(whole.dropLast(3)), whole + [1, 2, 3],
            [UInt8](repeating: 0xff, count: 4096), Array("(module".utf8),
            Array("(module (func (export \"_start\") i32.add))".utf8),
        ]
        for (index, bytes) in contents.enumerated() {
            let error = failure(try directory.file("bad-\(index)", bytes))
            #expect(error?.status == .notRunnable, "\(index)")
        }
    }

    @Test func everyTruncationIsRefusedOrRuns() throws {
        let whole = try Module.binary(
            fromFile: Array(
                """
                (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                  (memory (export "memory") 1) (data (i32.const 0) "abc") (table 1 funcref)
                  (func $f (export "_start") (call $exit (i32.const 1))))
                """.utf8))
        for count in 0..<whole.count {
            let error = failure(try directory.file("cut", Array(whole.prefix(count))))
            if let error { #expect(error.status == .notRunnable) }
        }
        #expect(failure(try directory.file("whole", whole)) == nil)
    }

    @Test func everyUnknownImportIsNamedAtOnce() throws {
        let error = try #require(
            try failure(
                text: """
                    (module (import "wasi_snapshot_preview1" "fd_raed" (func))
                      (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
                      (import "env" "puts" (func (param i32)))
                      (import "wasix_99" "fd_close" (func (param i32) (result i32)))
                      (import "env" "base" (global i32))
                      (func (export "_start")))
                    """))
        #expect(error.status == .notRunnable)
        for name in ["wasi_snapshot_preview1.fd_raed", "env.puts", "wasix_99.fd_close", "env.base"] {
            #expect(error.message.contains(name))
        }
        #expect(!error.message.contains("preview1.fd_close"))
    }

    @Test func anImportOfAnotherTypeIsNamed() throws {
        for type in [
            "(param i64) (result i32)", "(param i32)", "(param i32) (result f32)", "(param i32 i32) (result i32)",
        ] {
            let error = try #require(
                try failure(
                    text: """
                        (module (import "wasi_snapshot_preview1" "fd_close" (func \(type))) (func (export "_start")))
                        """))
            #expect(error.status == .notRunnable)
            #expect(error.message.contains("wasi_snapshot_preview1.fd_close (as another type)"))
        }
    }

    @Test func anEntryMustBeCallable() throws {
        for name in ["_start", "_initialize"] {
            for text in ["(func (export \"NAME\") (param i32))", "(memory (export \"NAME\") 1)"] {
                let error = try #require(try failure(text: "(module \(text.replacing("NAME", with: name)))"))
                #expect(error.status == .notRunnable)
                #expect(error.message.contains(name))
            }
        }
    }

    @Test func withoutAnEntryItIsInstantiatedAndSaidSo() throws {
        let running = try RunningGuest("(module)")
        #expect(try running.end() == .exited(code: 0))
        #expect(running.guest.notice?.contains("_start") == true)
        let begun = try RunningGuest("(module (func $f) (start $f))")
        #expect(try begun.end() == .exited(code: 0))
        #expect(begun.guest.notice == nil)
    }

    @Test func anInputThatIsNotThereIsOurFailure() throws {
        let module = try directory.module(#"(module (func (export "_start")))"#)
        let missing = directory.path + "/none"
        let error = try #require(failure(module) { $0.stdio = .captured(input: ByteString(missing)) })
        #expect(error.status == .failure && error.message.contains(missing))
        let grant = try #require(failure(module) { $0.grants = [.init(hostPath: missing, guestPath: "/")] })
        #expect(grant.status == .failure && grant.message.contains(missing))
    }

    @Test(arguments: [
        #"(memory (export "memory") 20)"#, #"(import "env" "memory" (memory 20 30 shared))"#, "(memory 1) (memory 20)",
    ])
    func memoryBeyondTheLimitIsRefusedBeforeItRuns(_ memory: String) throws {
        let path = try directory.module("(module \(memory) (func (export \"_start\")))")
        let error = try #require(failure(path) { $0.maximumMemory = 65_536 })
        #expect(error.status == .notRunnable && error.message.contains("20 pages"))
        #expect(failure(path) { $0.maximumMemory = 20 * 65_536 } == nil)
    }
}
