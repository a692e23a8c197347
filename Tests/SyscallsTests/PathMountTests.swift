import Foundation
import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// Granted directories as one tree: what Linux does where mounts lie inside each other.
@Suite struct PathMountTests {
    /// `/data` and, under another host directory, `/data/sub`; beside them `/other`.
    private func nested() throws -> FileGuest {
        let guest = try FileGuest(grantName: "/data")
        for name in ["sub", "second", "third", "sub/hidden"] { #expect(mkdir(guest.root + "/" + name, 0o700) == 0) }
        guest.hostFile("sub/f", "hidden")
        guest.hostFile("second/f", "second")
        guest.hostFile("third/f", "third")
        guest.hostFile("f", "first")
        try Preopens.install(
            [
                DirectoryGrant(hostPath: guest.root + "/second/", guestPath: "/data/sub/"),
                DirectoryGrant(hostPath: guest.root + "/third/.", guestPath: "other"),
            ], into: guest.process)
        return guest
    }

    private func read(_ guest: FileGuest, _ path: String, at fd: UInt64? = nil) -> String {
        let (errno, opened) = guest.open(path, rights: .fdRead, at: fd)
        return errno == .success ? guest.read(opened).text : "\(errno)"
    }

    private func directory(_ guest: FileGuest, _ path: String, at fd: UInt64? = nil) -> UInt64 {
        guest.open(path, .directory, rights: .fdRead, at: fd).fd
    }

    @Test func aGrantHidesWhatIsBelowItHoweverItIsReached() throws {
        let guest = try nested()
        #expect(guest.symlink("sub", "link") == .success)
        #expect(guest.symlink("/data/sub/f", "absolute") == .success)
        #expect(guest.symlink("../data/./sub", "up") == .success)
        let paths = [
            "sub/f", "/data/sub/f", "./sub//f", "/data/sub/../sub/f", "link/f", "absolute", "up/f", "sub/../link/f",
            "/other/../data/sub/f",
        ]
        for path in paths { #expect(read(guest, path) == "second", "\(path)") }
        #expect(guest.status("sub/hidden").errno == .noent)
        #expect(guest.status("/data/sub/hidden").errno == .noent)
        #expect(read(guest, "f", at: directory(guest, "sub")) == "second")
        #expect(read(guest, "f", at: directory(guest, "/data/link")) == "second")
    }

    @Test func upwardsLeadsThroughTheTree() throws {
        let guest = try nested()
        let inner = directory(guest, "/data/sub")
        #expect(read(guest, "../f", at: inner) == "first")
        #expect(read(guest, "../sub/f", at: inner) == "second")
        #expect(read(guest, "../../other/f", at: inner) == "third")
        #expect(read(guest, "../../../../../other/f", at: inner) == "third")
        #expect(read(guest, "/other/../data/f") == "first")
        #expect(read(guest, "../nothing/f", at: inner) == "ENOENT")
        #expect(guest.open("../../f", rights: .fdRead, at: inner).errno == .notcapable)
        #expect(guest.status("/").type == .directory)
        #expect(guest.status("../..", at: inner).type == .directory)
        #expect(guest.status("/data/..").type == .directory)
    }

    @Test func upwardsFromADirectoryThatWasMovedIsWhereItIsNow() throws {
        for isNested in [false, true] {
            let guest = isNested ? try nested() : try FileGuest(grantName: "/data")
            for name in ["a", "a/b", "c"] { #expect(mkdir(guest.root + "/" + name, 0o700) == 0) }
            guest.hostFile("c/f", "beside")
            let fd = directory(guest, "a/b")
            #expect(guest.rename("a/b", "c/b") == .success)
            #expect(read(guest, "../f", at: fd) == "beside")
            // Moved out of what was granted, by someone on the host: nothing above it is reached any more.
            let away = guest.root + ".away"
            #expect(Glibc.rename(guest.root + "/c/b", away) == 0)
            defer { rmdir(away) }
            #expect(guest.open("../", .directory, rights: .fdRead, at: fd).errno == .notcapable)
            #expect(guest.open("../\(guest.root.split(separator: "/").last!)/f", at: fd).errno == .notcapable)
            #expect(guest.open("new", .create, at: fd).errno == .success)
            unlink(away + "/new")
        }
    }

    @Test func upwardsFromARemovedDirectoryStillLeadsUp() throws {
        let guest = try FileGuest(grantName: "/data")
        #expect(guest.onPath(.pathCreateDirectory, "gone") == .success)
        guest.hostFile("f", "up here")
        let fd = directory(guest, "gone")
        #expect(guest.onPath(.pathRemoveDirectory, "gone") == .success)
        #expect(read(guest, "../f", at: fd) == "up here")
        #expect(guest.open("new", .create, at: fd).errno == .noent)
    }

    @Test func namesDoNotMoveFromOneGrantToAnother() throws {
        let guest = try nested()
        for (from, to) in [("f", "sub/g"), ("sub/f", "g"), ("f", "/other/g"), ("/other/f", "/data/sub/g")] {
            #expect(guest.rename(from, to) == .xdev, "\(from)")
            #expect(guest.link(from, to) == .xdev, "\(from)")
        }
        #expect(guest.rename("sub/f", "/data/sub/g") == .success)
        #expect(guest.link("/data/sub/g", "sub/h") == .success)
        #expect(guest.link("missing", "/other/g") == .noent)
        #expect(guest.link("f", "/other/f") == .exist)
    }

    @Test func aPlainModuleMovesBetweenItsDirectoriesAsTheHostAllows() throws {
        let guest = try FileGuest(isWasix: false)
        #expect(mkdir(guest.root + "/second", 0o700) == 0)
        try Preopens.install(
            [DirectoryGrant(hostPath: guest.root + "/second", guestPath: "/second")], into: guest.process)
        _ = guest.create("f", "moved")
        #expect(guest.call(.pathRename, 3, guest.put("f"), 1, 4, guest.put("g"), 1) == .success)
        #expect(read(guest, "g", at: 4) == "moved")
    }

    @Test func whereSomethingIsGrantedNothingElseCanBe() throws {
        let guest = try nested()
        for path in ["sub", "/data/sub", "sub/", "/data", "/other"] {
            #expect(guest.onPath(.pathRemoveDirectory, path) == .busy, "\(path)")
            #expect(guest.onPath(.pathCreateDirectory, path) == .exist, "\(path)")
            #expect(guest.onPath(.pathUnlinkFile, path) == .isdir, "\(path)")
            #expect(guest.rename(path, "/data/new") == .busy, "\(path)")
            #expect(guest.rename("second", path) == .busy, "\(path)")
            #expect(guest.symlink("f", path) == .exist, "\(path)")
            #expect(guest.link(path, "/data/new") == .perm, "\(path)")
        }
        #expect(guest.onPath(.pathCreateDirectory, "/new") == .rofs)
        #expect(guest.onPath(.pathCreateDirectory, "/data/../new") == .notcapable)
        #expect(guest.onPath(.pathUnlinkFile, "/new") == .rofs)
    }

    @Test func aPlaceThatTheHostDoesNotHaveIsThereAllTheSame() throws {
        let guest = try FileGuest(grantName: "/")
        #expect(mkdir(guest.root + "/host", 0o700) == 0)
        guest.hostFile("host/f", "deep")
        try Preopens.install(
            [DirectoryGrant(hostPath: guest.root + "/host", guestPath: "/no/such/place")], into: guest.process)
        #expect(read(guest, "/no/such/place/f") == "deep")
        #expect(read(guest, "no/such/place/f") == "deep")
        #expect(read(guest, "no/such/../such/place/f") == "deep")
        #expect(read(guest, "/no/such/place/../../../host/f") == "deep")
        #expect(guest.status("/no/such").type == .directory)
        #expect(guest.onPath(.pathCreateDirectory, "/no") == .exist)
        #expect(guest.onPath(.pathCreateDirectory, "/no/other") == .rofs)
        #expect(guest.call(.chdir, guest.put("/no/such"), 8) == .success)
    }

    @Test func theSameNameAgainCoversTheFirst() throws {
        let guest = try FileGuest(grantName: "/data")
        #expect(mkdir(guest.root + "/second", 0o700) == 0)
        guest.hostFile("f", "first")
        guest.hostFile("second/f", "second")
        try Preopens.install(
            [DirectoryGrant(hostPath: guest.root + "/second", guestPath: "/data/")], into: guest.process)
        #expect(read(guest, "/data/f") == "second")
        #expect(read(guest, "f", at: 3) == "first")
        #expect(read(guest, "f", at: 4) == "second")
    }

    @Test func theWorkingDirectoryIsFreeOfLinks() throws {
        let guest = try nested()
        #expect(guest.onPath(.pathCreateDirectory, "real") == .success)
        #expect(guest.symlink("real", "link") == .success)
        let (buffer, length) = (guest.room(64), guest.put([64, 0, 0, 0]))
        #expect(guest.call(.chdir, guest.put("/data/link/../link"), 18) == .success)
        #expect(guest.call(.getcwd, buffer, length) == .success)
        #expect(guest.text(buffer, 10) == "/data/real")
        #expect(guest.call(.chdir, guest.put("../sub/."), 8) == .success)
        #expect(guest.call(.chdir, guest.put("../f"), 4) == .notdir)
        #expect(guest.call(.chdir, guest.put("../link/f"), 9) == .noent)
    }

    @Test func endlessLinksEndWhereLinuxEndsThem() throws {
        for isNested in [false, true] {
            let guest = isNested ? try nested() : try FileGuest(grantName: "/data")
            #expect(guest.symlink("l0", "loop") == .success)
            guest.hostFile("end", "at last")
            #expect(guest.symlink("end", "l0") == .success)
            for index in 1...41 { #expect(guest.symlink("l\(index - 1)", "l\(index)") == .success) }
            #expect(read(guest, "l39") == "at last")
            #expect(read(guest, "l40") == "ELOOP")
            #expect(read(guest, "/data/../data/l39") == "at last")
            #expect(read(guest, "/data/../data/l40") == "ELOOP")
        }
    }

    @Test func creatingWhatEndsInASlashIsRefusedBeforeLinksAreFollowed() throws {
        for isNested in [false, true] {
            let guest = isNested ? try nested() : try FileGuest(grantName: "/data")
            #expect(guest.symlink("loop", "loop") == .success)
            #expect(guest.symlink("loop/", "link") == .success)
            #expect(guest.open("link", .create).errno == .isdir)
            #expect(guest.open("/data/../data/link", .create).errno == .isdir)
            #expect(guest.open("link").errno == .loop)
        }
    }

    @Test func devicesAreBelowAGrantedRootToo() throws {
        let guest = try FileGuest(grantName: ".")
        #expect(guest.write(guest.open("dev/null").fd, "gone").count == 4)
        #expect(guest.status("dev/zero").type == .characterDevice)
        #expect(guest.open("dev/mem", rights: .fdRead).errno == .noent)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.open("dev/null", at: directory(guest, "d")).errno == .noent)
    }
}
