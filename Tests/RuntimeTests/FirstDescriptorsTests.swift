import Kernel
import Testing
import WasixABI

@testable import Runtime

/// What a module finds open when it starts, and under which numbers.
@Suite struct FirstDescriptorsTests {
    private static let prestat = """
        (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
        """
    private static let open = """
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        """
    private static let wasix = #"(import "wasix_32v1" "thread_id" (func $id (param i32) (result i32)))"#

    /// Starts a module with these imports, which waits for a minute, and answers descriptors from 3 on.
    private func descriptors(_ imports: String, _ configure: (inout GuestOptions) -> Void = { _ in }) throws -> [String]
    {
        let running = try RunningGuest(
            """
            (module \(imports)
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 60000000000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """, tracer: nil, configure)
        let entries = running.guest.snapshot().descriptors.filter { $0.fd.rawValue >= 3 }
        #expect(entries.map { Int($0.fd.rawValue) } == Array(3..<3 + entries.count))
        return entries.map { entry in
            guard entry.kind == .directory, case .path(let path) = entry.detail else { return "\(entry.kind)" }
            return path
        }
    }

    @Test func aModuleOfWasixAlwaysFindsARoot() throws {
        #expect(try descriptors(Self.wasix + Self.prestat) == ["/"])
        #expect(try descriptors(Self.wasix + Self.open) == ["/tmp", "/"])
        let data = DirectoryGrant(hostPath: "/usr", guestPath: "/data")
        #expect(try descriptors(Self.wasix + Self.open) { $0.grants = [data] } == ["/data", "/tmp", "/"])
        let root = DirectoryGrant(hostPath: "/usr", guestPath: "/")
        #expect(try descriptors(Self.wasix + Self.prestat) { $0.grants = [data, root] } == ["/data", "/"])
    }

    @Test func nobodyElseNoticesIt() throws {
        #expect(try descriptors(Self.prestat) == [])
        #expect(try descriptors(Self.open) == ["/tmp"])
        #expect(try descriptors(Self.wasix) == [], "it can neither look for directories nor name files")
    }

    /// A listener's number is counted on from the directories that were granted.
    @Test func listenersKeepTheirNumbers() throws {
        let data = DirectoryGrant(hostPath: "/usr", guestPath: "/data")
        let found = try descriptors(Self.wasix + Self.open) {
            $0.grants = [data]
            $0.listeners = [.address(.loopback(port: 0))]
        }
        #expect(found == ["/data", "tcpListener", "/"])
    }

    /// Opens the path at address 64 from the last directory and ends with the errno.
    private func open(
        _ path: String, create: Bool = false, _ configure: (inout GuestOptions) -> Void = { _ in }
    ) throws -> Errno {
        let running = try RunningGuest(
            """
            (module \(Self.wasix) \(Self.open) \(Self.prestat)
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1) (data (i32.const 64) "\(path)")
              (func (export "_start") (local $fd i32)
                (local.set $fd (i32.const 3))
                (loop $next
                  (if (i32.eqz (call $prestat (local.get $fd) (i32.const 0)))
                    (then (local.set $fd (i32.add (local.get $fd) (i32.const 1))) (br $next))))
                (call $exit (call $open (i32.sub (local.get $fd) (i32.const 1)) (i32.const 1) (i32.const 64)
                  (i32.const \(path.utf8.count)) (i32.const \(create ? 1 : 0)) (i64.const \(create ? 66 : 2))
                  (i64.const 0) (i32.const 0) (i32.const 32)))))
            """, tracer: nil, configure)
        guard case .exited(let code) = try running.end() else { return .io }
        return Errno(rawValue: UInt16(code))
    }

    @Test func namesAndDevicesAreFoundBelowTheRoot() throws {
        for path in [".", "dev/null", "dev/zero", "dev/urandom", "dev/stdin", "dev/stdout", "dev", "tmp", "dev/shm"] {
            #expect(try open(path) == .success, "\(path)")
        }
        #expect(try open("etc/passwd") == .noent)
        #expect(try open("new", create: true) == .rofs)
    }

    @Test func sharedMemoryHasADirectoryOfItsOwn() throws {
        #expect(try open("dev/shm/object", create: true) == .success)
        #expect(try open("tmp/file", create: true) == .success)
        let directory = try ModuleDirectory()
        let grant = DirectoryGrant(hostPath: directory.path, guestPath: "/")
        #expect(try open("/dev/shm/object", create: true) { $0.grants = [grant] } == .success)
        #expect(try open("/file", create: true) { $0.grants = [grant] } == .success)
    }

    @Test func theWorkingDirectoryMustBeThere() throws {
        let directory = try ModuleDirectory()
        var options = GuestOptions(module: try directory.module("(module (func (export \"_start\")))"))
        options.stdio = .captured(input: "/dev/null")
        options.grants = [DirectoryGrant(hostPath: directory.path, guestPath: "/data")]
        func failure(_ place: String) -> LaunchError? {
            options.workingDirectory = place
            do throws(LaunchError) {
                let guest = try Guest(options)
                #expect(guest.kernel.locked { guest.process.workingDirectory } == Array("/data".utf8))
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("nope")?.status == .failure)
        #expect(failure("nope")?.message == "cannot start in directory \"nope\": \(Errno.noent.text)")
        #expect(failure("/data/module.wat")?.message.hasSuffix(Errno.notdir.text) == true)
        #expect(failure("/data") == nil && failure("data/.") == nil)
    }
}
