import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct PathAbsoluteTests {
    @Test func absolutePathsFindTheGrantedDirectoryThatContainsThem() throws {
        let guest = try FileGuest(grantName: "/data")
        _ = guest.create("a", "abc")
        #expect(guest.onPath(.pathCreateDirectory, "/data/sub") == .success)
        #expect(mkdir(guest.root + "/inner", 0o700) == 0)
        try Preopens.install(
            [DirectoryGrant(hostPath: guest.root + "/inner", guestPath: "/data/deep")], into: guest.process)
        guest.hostFile("inner/b", "in deep")
        for name in ["/data/a", "//data//a", "/data/./a", "/./data/a", "/data/sub/../a"] {
            #expect(guest.read(guest.open(name, rights: .fdRead, at: 99).fd).text == "abc", "\(name)")
        }
        #expect(guest.read(guest.open("/data/deep/b", rights: .fdRead).fd).text == "in deep")
        #expect(guest.status("/data").type == .directory)
        #expect(guest.status("/data/").type == .directory)
        #expect(guest.open("/database", rights: .fdRead).errno == .noent)
        #expect(guest.open("/etc/passwd", rights: .fdRead).errno == .noent)
        #expect(guest.onPath(.pathUnlinkFile, "/data/a") == .success)
        #expect(guest.status("a").errno == .noent)
    }

    @Test func aboveAGrantedDirectoryIsOnlyWhatWasGranted() throws {
        let guest = try FileGuest(grantName: "/data")
        _ = guest.create("a", "abc")
        #expect(guest.read(guest.open("/data/../data/a", rights: .fdRead).fd).text == "abc")
        #expect(guest.open("/data/../../etc/passwd", rights: .fdRead).errno == .notcapable)
        #expect(guest.open("/data/..", rights: .fdRead).errno == .notcapable)
        #expect(guest.onPath(.pathCreateDirectory, "/data/../made") == .notcapable)
    }

    @Test func aGrantedRootHoldsWhatPointsUpwardsOrAbsolutely() throws {
        let guest = try FileGuest(grantName: "/")
        _ = guest.create("a", "abc")
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.symlink("/a", "d/absolute") == .success)
        #expect(guest.symlink("../../../a", "d/upwards") == .success)
        for name in ["/d/absolute", "/d/upwards", "/../../a", "/d/../a"] {
            #expect(guest.read(guest.open(name, rights: .fdRead).fd).text == "abc", "\(name)")
        }
        let (_, fd) = guest.open("/d", .directory, rights: .fdRead)
        #expect(guest.read(guest.open("../a", rights: .fdRead, at: fd).fd).text == "abc")
        #expect(guest.read(guest.open("absolute", rights: .fdRead, at: fd).fd).text == "abc")
        #expect(guest.open("/etc/passwd", rights: .fdRead).errno == .noent)
        #expect(Glibc.symlink("/etc/passwd", guest.root + "/out") == 0)
        #expect(guest.open("/out", rights: .fdRead).errno == .noent)
    }

    @Test func devicesAreThereWithoutAGrant() throws {
        let guest = try FileGuest()
        let null = guest.open("/dev/null").fd
        #expect(guest.write(null, "gone").count == 4)
        #expect(guest.read(null) == (.success, ""))
        #expect(guest.read(guest.open("/dev/zero").fd, 3).text == "\0\0\0")
        #expect(guest.read(guest.open("/dev/urandom", rights: .fdRead).fd, 64).errno == .success)
        #expect(guest.status("/dev/null").type == .characterDevice)
        #expect(guest.open("/dev/null", .directory).errno == .notdir)
        #expect(guest.open("/dev/null", [.create, .exclusive]).errno == .exist)
        #expect(guest.open("/dev/mem", rights: .fdRead).errno == .noent)
        #expect(guest.open("/dev/tty").errno == .nxio)
        let stat = guest.room(FdstatLayout.size)
        #expect(guest.call(.fdFdstatGet, null, stat) == .success)
        let rights = Rights(rawValue: guest.load(stat + UInt64(FdstatLayout.rightsBase)))
        #expect(rights.contains(.fdSeek), "or libc takes it for a terminal")
    }

    @Test func standardStreamsCanBeOpenedByName() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        let fd = guest.open("/dev/stdout", rights: .fdWrite).fd
        #expect(guest.write(fd, "by name").count == 7)
        #expect(streams.takeOutput().map { String(decoding: $0.bytes, as: UTF8.self) } == ["by name"])
        #expect(guest.call(.fdClose, 1) == .success)
        #expect(guest.open("/dev/stdout", rights: .fdWrite).errno == .nxio)
    }

    // MARK: the working directory

    private func getcwd(_ guest: FileGuest, _ room: Int) -> (errno: Errno, needed: UInt32, text: String) {
        let (buffer, length) = (guest.room(max(room, 1)), guest.put([UInt8(room), 0, 0, 0]))
        let errno = guest.call(.getcwd, buffer, length)
        let needed = guest.load(length, as: UInt32.self)
        return (errno, needed, errno == .success ? guest.text(buffer, Int(needed)) : "")
    }

    private func chdir(_ guest: FileGuest, _ path: String) -> Errno {
        guest.call(.chdir, guest.put(path), UInt64(path.utf8.count))
    }

    @Test func theWorkingDirectoryIsReadBackWithItsTerminator() throws {
        let guest = try FileGuest()
        #expect(getcwd(guest, 64) == (.success, 2, "/\0"))
        #expect(getcwd(guest, 1) == (.range, 2, ""))
        #expect(getcwd(guest, 0) == (.range, 2, ""))
        #expect(guest.call(.getcwd, 0, guest.put([64, 0, 0, 0])) == .range)
        #expect(guest.call(.getcwd, UInt64(FileGuest.memorySize - 1), guest.put([64, 0, 0, 0])) == .fault)
        #expect(guest.call(.getcwd, guest.room(8), UInt64(UInt32.max)) == .fault)
    }

    @Test func changingItNeedsADirectory() throws {
        let guest = try FileGuest(grantName: "/home/data")
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        _ = guest.create("a")
        #expect(chdir(guest, "/home/data/d") == .success)
        #expect(getcwd(guest, 64).text == "/home/data/d\0")
        #expect(chdir(guest, "../a") == .notdir)
        #expect(chdir(guest, "missing") == .noent)
        #expect(chdir(guest, "") == .noent)
        #expect(getcwd(guest, 64).text == "/home/data/d\0")
        #expect(chdir(guest, "..") == .success)
        #expect(chdir(guest, "..") == .success)
        #expect(getcwd(guest, 64).text == "/home\0")
        #expect(chdir(guest, "../../..") == .success)
        #expect(getcwd(guest, 64).text == "/\0")
        #expect(chdir(guest, "/etc") == .noent)
        #expect(chdir(guest, "home//./data") == .success)
        #expect(getcwd(guest, 64).text == "/home/data\0")
    }
}
