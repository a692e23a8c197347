import CLinux
import Foundation
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

@Suite struct TemporaryDirectoryTests {
    private func process(_ grants: [DirectoryGrant] = []) throws -> GuestProcess {
        let process = GuestProcess(
            kernel: Kernel(), arguments: [], environment: [], workingDirectory: Array("/".utf8))
        process.isWasix = true
        try Preopens.install(grants, into: process)
        try Preopens.add(.files, isNumbered: true, to: process)
        return process
    }

    private func name(_ process: GuestProcess, _ fd: UInt32) -> String? {
        process.kernel.locked { process.descriptors.slot(FdNumber(rawValue: fd))?.pointee.preopenName }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func hostPath(_ fd: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(fd)")
    }

    @Test func itComesAfterWhatWasGranted() throws {
        #expect(name(try process(), 3) == "/tmp")
        let process = try process([DirectoryGrant(hostPath: "/usr", guestPath: "/data")])
        #expect(name(process, 3) == "/data")
        #expect(name(process, 4) == "/tmp")
        #expect(name(process, 5) == nil)
    }

    @Test func whatWasGrantedIsNeverCovered() throws {
        let scratch = NSTemporaryDirectory() + "wasix-top-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch + "/tmp", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        #expect(name(try process([DirectoryGrant(hostPath: scratch, guestPath: "/tmp")]), 4) == nil)
        #expect(name(try process([DirectoryGrant(hostPath: scratch, guestPath: "tmp/")]), 4) == nil)
        #expect(name(try process([DirectoryGrant(hostPath: scratch, guestPath: "/")]), 4) == nil)
        #expect(name(try process([DirectoryGrant(hostPath: scratch, guestPath: ".")]), 4) == nil)
        #expect(name(try process([DirectoryGrant(hostPath: scratch + "/tmp", guestPath: "/")]), 4) == "/tmp")
        #expect(name(try process([DirectoryGrant(hostPath: scratch, guestPath: "/tmp/x")]), 4) == "/tmp")
    }

    @Test func anEmptyTMPDIRCountsAsNone() {
        #expect(TemporaryDirectory.parent(nil) == Array("/tmp".utf8CString))
        #expect(TemporaryDirectory.parent("") == Array("/tmp".utf8CString))
        #expect(TemporaryDirectory.parent("rel") == Array("rel".utf8CString))
    }

    /// Making it takes a process, for which nobody else must wait: two threads that look at it at once get the same one.
    @Test func itIsMadeWithoutTheKernelLock() throws {
        let process = try process()
        let fd = process.mounts.mount(at: Array("/tmp".utf8))!.hostFd
        // Binding a path to it holds the lock, and asks for nothing.
        process.kernel.lock()
        _ = GuestPath(absolute: Array("/tmp/f".utf8), process)
        #expect(hostPath(fd) == "/")
        process.kernel.unlock()
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            do throws(Errno) {
                try make("/tmp/\(number)", process)
            } catch {
                Issue.record("\(error)")
            }
        }
        let made = try #require(hostPath(fd))
        #expect(try FileManager.default.contentsOfDirectory(atPath: made).sorted() == ["0", "1", "2", "3"])
    }

    private func make(_ path: String, _ process: GuestProcess) throws(Errno) {
        close(try GuestPath(absolute: Array(path.utf8), process).open(O_RDWR | O_CREAT, mode: 0o666).fd)
    }

    @Test func itIsMadeWhenItIsLookedAtAndGoesWithTheGuest() throws {
        var process: GuestProcess? = try process()
        let fd = process!.mounts.mount(at: Array("/tmp".utf8))!.hostFd
        #expect(hostPath(fd) == "/", "only a number so far")
        try make("/tmp/f", process!)
        let made = try #require(hostPath(fd))
        #expect(made.contains("/wasix-top-"))
        #expect(access(made + "/f", F_OK) == 0)
        var status = stat()
        #expect(stat(made, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700, "nobody else may look")
        // What a guest can do to make removal hard.
        #expect(mkdir(made + "/d", 0o700) == 0)
        #expect(mkdir(made + "/d/e", 0o700) == 0)
        #expect(chmod(made + "/d", 0) == 0)
        process!.end(.exited(code: 0))
        process = nil
        #expect(access(made, F_OK) != 0)
    }
}
