import Foundation
import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct PathEscapeTests {
    /// What lies outside and must not be reached, beside the granted directory.
    private func outside(of guest: FileGuest) -> String {
        let path = guest.root + ".outside"
        precondition(FileManager.default.createFile(atPath: path, contents: Data("secret".utf8)))
        return path
    }

    @Test func dotDotNeverLeavesAGrantedDirectory() throws {
        let guest = try FileGuest(isWasix: false)
        let secret = outside(of: guest)
        defer { unlink(secret) }
        let name = "../" + secret.split(separator: "/").last!
        #expect(guest.open(name, rights: .fdRead).errno == .notcapable)
        #expect(guest.open("..", rights: .fdRead).errno == .notcapable)
        #expect(guest.status(name).errno == .notcapable)
        #expect(guest.status("..", follow: false).errno == .notcapable)
        #expect(guest.onPath(.pathUnlinkFile, name) == .notcapable)
        #expect(guest.onPath(.pathCreateDirectory, "../made-by-a-guest") == .notcapable)
        #expect(guest.rename("../x", "y") == .notcapable)
        _ = guest.create("a")
        #expect(guest.rename("a", name) == .notcapable)
        #expect(guest.link("a", "../made-by-a-guest") == .notcapable)
        #expect(guest.link(name, "b") == .notcapable)
        #expect(guest.symlink("a", "../made-by-a-guest") == .notcapable)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.open("d/../../" + secret.split(separator: "/").last!, rights: .fdRead).errno == .notcapable)
        #expect(guest.open("d/../a").errno == .success)
        #expect(access(secret, F_OK) == 0)
    }

    @Test func dotsAsTheLastComponentAreRefusedByEachCall() throws {
        let guest = try FileGuest(isWasix: false)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        for name in [".", "..", "d/.", "d/..", "../", "./"] {
            #expect(guest.onPath(.pathCreateDirectory, name) == .exist, "\(name)")
            #expect(guest.onPath(.pathUnlinkFile, name) != .success, "\(name)")
            #expect(guest.onPath(.pathRemoveDirectory, name) != .success, "\(name)")
            #expect(guest.rename(name, "moved") != .success, "\(name)")
            #expect(guest.rename("d", name) != .success, "\(name)")
            #expect(guest.link(name, "linked") != .success, "\(name)")
            #expect(guest.symlink("x", name) != .success, "\(name)")
        }
        #expect(guest.status("d").type == .directory)
    }

    @Test func absolutePathsAreNothingToAPlainModule() throws {
        let guest = try FileGuest(isWasix: false)
        #expect(guest.open("/etc/passwd", rights: .fdRead).errno == .notcapable)
        #expect(guest.open("/dev/null").errno == .notcapable)
        #expect(guest.status("/").errno == .notcapable)
        #expect(guest.symlink("/etc/passwd", "l") == .notcapable)
    }

    @Test func linksLeadNowhereOutside() throws {
        for isWasix in [false, true] {
            let guest = try FileGuest(isWasix: isWasix)
            #expect(Glibc.symlink("/etc", guest.root + "/absolute") == 0)
            #expect(Glibc.symlink("../../etc", guest.root + "/relative") == 0)
            #expect(Glibc.symlink("/etc/passwd", guest.root + "/file") == 0)
            for name in ["absolute/passwd", "relative/passwd", "file"] {
                let answer = guest.open(name, rights: .fdRead).errno
                #expect(answer == .notcapable, "\(name)")
                #expect(guest.status(name).errno == .notcapable, "\(name)")
            }
            #expect(guest.onPath(.pathUnlinkFile, "absolute/passwd") == .notcapable)
            #expect(guest.onPath(.pathCreateDirectory, "absolute/x") == .notcapable)
            #expect(guest.open("file", .create).errno == .notcapable)
            #expect(guest.link("absolute/", "x") == .notcapable)
            #expect(guest.status("file", follow: false).type == .symbolicLink)
            #expect(guest.readlink("file").text == "/etc/passwd")
        }
    }

    @Test func magicLinksAreNotFollowed() throws {
        let guest = try FileGuest(isWasix: false)
        try Preopens.install([DirectoryGrant(hostPath: "/proc/self", guestPath: "proc")], into: guest.process)
        let proc: UInt64 = 4
        #expect(guest.open("root/etc/passwd", rights: .fdRead, at: proc).errno == .loop)
        #expect(guest.open("cwd", rights: .fdRead, at: proc).errno == .loop)
        #expect(guest.open("fd/0", rights: .fdRead, at: proc).errno == .loop)
        #expect(guest.open("exe", rights: .fdRead, at: proc).errno == .loop)
        #expect(guest.open("comm", rights: .fdRead, at: proc).errno == .success)
    }

    @Test func swappingADirectoryForALinkWinsNothing() throws {
        let guest = try FileGuest(isWasix: false)
        let secret = outside(of: guest)
        defer { unlink(secret) }
        let (inside, link) = (guest.root + "/d", guest.root + "/l")
        #expect(mkdir(inside, 0o700) == 0)
        #expect(Glibc.symlink("..", link) == 0)
        let swapper = Swapper(inside, link)
        defer { swapper.stop() }
        let name = "d/" + secret.split(separator: "/").last!
        for _ in 0..<3000 {
            let (errno, fd) = guest.open(name, rights: .fdRead)
            #expect(errno != .success)
            if errno == .success { _ = guest.call(.fdClose, fd) }
        }
    }

    /// Exchanges two names, over and over, in a thread of its own.
    private final class Swapper: @unchecked Sendable {
        // Protected by being an atomic-sized flag that is only ever set.
        private var isStopped = false
        private let done = DispatchSemaphore(value: 0)

        init(_ first: String, _ second: String) {
            let spare = second + ".spare"
            Thread.detachNewThread { [self] in
                while !isStopped {
                    rename(first, spare)
                    rename(second, first)
                    rename(spare, second)
                    rename(first, spare)
                    rename(second, first)
                    rename(spare, second)
                }
                done.signal()
            }
        }

        func stop() {
            isStopped = true
            done.wait()
        }
    }

    @Test func linkLoopsEnd() throws {
        let guest = try FileGuest()
        #expect(guest.symlink("b", "a") == .success)
        #expect(guest.symlink("a", "b") == .success)
        #expect(guest.open("a", rights: .fdRead).errno == .loop)
        #expect(guest.status("a").errno == .loop)
        #expect(guest.open("a", rights: .fdRead, follow: false).errno == .loop)
    }
}
