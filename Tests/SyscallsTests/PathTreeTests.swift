import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct PathTreeTests {
    @Test func directoriesAreMadeAndRemoved() throws {
        let guest = try FileGuest()
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .exist)
        #expect(guest.onPath(.pathCreateDirectory, "no/d") == .noent)
        _ = guest.create("d/a")
        #expect(guest.onPath(.pathCreateDirectory, "d/a/b") == .notdir)
        #expect(guest.onPath(.pathRemoveDirectory, "d") == .notempty)
        #expect(guest.onPath(.pathRemoveDirectory, "d/a") == .notdir)
        #expect(guest.onPath(.pathUnlinkFile, "d") == .isdir)
        #expect(guest.onPath(.pathUnlinkFile, "d/a/") == .notdir)
        #expect(guest.onPath(.pathUnlinkFile, "d/a") == .success)
        #expect(guest.onPath(.pathUnlinkFile, "d/a") == .noent)
        #expect(guest.onPath(.pathRemoveDirectory, "d/") == .success)
        #expect(guest.onPath(.pathRemoveDirectory, "d") == .noent)
    }

    @Test func renamingReplacesAsOnLinux() throws {
        let guest = try FileGuest()
        _ = guest.create("a", "from a")
        _ = guest.create("b", "from b")
        #expect(guest.rename("a", "b") == .success)
        #expect(guest.read(guest.open("b").fd).text == "from a")
        #expect(guest.status("a").errno == .noent)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.rename("b", "d") == .isdir)
        #expect(guest.rename("d", "b") == .notdir)
        #expect(guest.rename("d", "d/inside") == .inval)
        #expect(guest.rename("missing", "x") == .noent)
        #expect(guest.rename("b", "d/b") == .success)
        #expect(guest.status("d/b").size == 6)
    }

    @Test func hardLinksAreSecondNames() throws {
        let guest = try FileGuest()
        _ = guest.create("a", "abc")
        #expect(guest.link("a", "b") == .success)
        #expect(guest.link("a", "b") == .exist)
        #expect(guest.link("missing", "c") == .noent)
        #expect(guest.link("a", "c", flags: 1) == .inval)
        #expect(guest.onPath(.pathUnlinkFile, "a") == .success)
        #expect(guest.read(guest.open("b").fd).text == "abc")
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        #expect(guest.link("d", "e") == .perm)
        #expect(guest.link("d/", "e") == .perm)
        #expect(guest.link("d/", "e/") == .noent)
        #expect(guest.link("d/", "b/") == .exist)
        #expect(guest.link("missing/", "b") == .noent)
        #expect(guest.link("d/", "missing/e") == .noent)
        #expect(guest.link("b/", "e") == .notdir)
    }

    @Test func symbolicLinksKeepTheirText() throws {
        let guest = try FileGuest()
        #expect(guest.symlink("target", "l") == .success)
        #expect(guest.symlink("target", "l") == .exist)
        #expect(guest.symlink("", "m") == .noent)
        #expect(guest.readlink("l") == (.success, "target"))
        #expect(guest.readlink("l", 3) == (.success, "tar"))
        for name in ["l", "missing", "."] { #expect(guest.readlink(name, 0) == (.inval, "")) }
        #expect(guest.open("l").errno == .noent)
        _ = guest.create("target", "abc")
        #expect(guest.readlink("target").errno == .inval)
        #expect(guest.readlink("missing").errno == .noent)
        #expect(guest.open("l", follow: false).errno == .loop)
        #expect(guest.status("l").type == .regularFile)
        #expect(guest.status("l", follow: false).type == .symbolicLink)
        #expect(guest.status("l", follow: false).size == 6)
    }

    @Test func timesAreSetToTheNanosecond() throws {
        let guest = try FileGuest()
        _ = guest.create("a")
        #expect(guest.symlink("a", "l") == .success)
        let (target, other) = (guest.room(FilestatLayout.size), guest.room(FilestatLayout.size))
        let both = UInt64(FstFlags([.accessTime, .modifyTime]).rawValue)
        let (access, modify): (UInt64, UInt64) = (1_000_000_000_123_456_789, 5_000_000_001)
        #expect(
            guest.call(.pathFilestatSetTimes, guest.directory, 1, guest.put("l"), 1, access, modify, both) == .success)
        #expect(guest.call(.pathFilestatGet, guest.directory, 0, guest.put("a"), 1, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.accessTime), as: UInt64.self) == access)
        #expect(guest.load(target + UInt64(FilestatLayout.modifyTime), as: UInt64.self) == modify)
        #expect(guest.call(.pathFilestatSetTimes, guest.directory, 0, guest.put("l"), 1, 7, 8, both) == .success)
        #expect(guest.call(.pathFilestatGet, guest.directory, 0, guest.put("l"), 1, other) == .success)
        #expect(guest.load(other + UInt64(FilestatLayout.modifyTime), as: UInt64.self) == 8)
        #expect(guest.call(.pathFilestatGet, guest.directory, 0, guest.put("a"), 1, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.modifyTime), as: UInt64.self) == modify)
        for contradiction: UInt64 in [3, 12, 15, 16] {
            #expect(
                guest.call(.pathFilestatSetTimes, guest.directory, 1, guest.put("a"), 1, 0, 0, contradiction)
                    == .inval)
        }
    }

    @Test func openFilesTellTheirStateAndTakeChanges() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abc")
        let target = guest.room(FilestatLayout.size)
        #expect(guest.write(fd, "longer").errno == .success)
        #expect(guest.call(.fdFilestatGet, fd, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.fileSize), as: UInt64.self) == 6)
        #expect(guest.bytes(target + 17, 7).allSatisfy { $0 == 0 })
        #expect(guest.call(.fdFilestatSetSize, fd, 2) == .success)
        #expect(guest.status("a").size == 2)
        #expect(guest.call(.fdFilestatSetSize, fd, UInt64.max) == .inval)
        #expect(guest.call(.fdFilestatSetSize, guest.directory, 0) == .inval)
        #expect(guest.call(.fdFilestatSetSize, guest.open("a", rights: .fdRead).fd, 0) == .inval)
        #expect(guest.call(.fdFilestatSetSize, 99, 0) == .badf)
        #expect(guest.call(.fdFilestatSetSize, 99, UInt64.max) == .inval)
        #expect(guest.call(.fdFilestatSetTimes, fd, 0, 9, 4) == .success)
        #expect(guest.call(.fdFilestatSetTimes, fd, 0, 9, 12) == .inval)
        #expect(guest.call(.fdFilestatGet, fd, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.modifyTime), as: UInt64.self) == 9)
        #expect(guest.call(.fdFilestatGet, guest.pipe().reader, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.fileType), as: UInt8.self) == 0)
        #expect(guest.call(.fdFilestatGet, fd, UInt64(FileGuest.memorySize - 63)) == .fault)
    }

    @Test func durabilityAndHintsAnswerAsLinuxDoes() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abc")
        let reader = guest.pipe().reader
        for id in [CallID.fdSync, .fdDatasync] {
            #expect(guest.call(id, fd) == .success)
            #expect(guest.call(id, guest.directory) == .success)
            #expect(guest.call(id, reader) == .inval)
            #expect(guest.call(id, 99) == .badf)
        }
        for advice: UInt64 in 0...5 { #expect(guest.call(.fdAdvise, fd, 0, 10, advice) == .success) }
        #expect(guest.call(.fdAdvise, fd, 0, 10, 6) == .inval)
        #expect(guest.call(.fdAdvise, guest.directory, 0, 10, 0) == .badf)
        #expect(guest.call(.fdAdvise, reader, 0, 10, 0) == .spipe)
        #expect(guest.call(.fdAdvise, 99, 0, 10, 0) == .badf)
        #expect(guest.call(.fdAllocate, fd, 10, 10) == .success)
        #expect(guest.status("a").size == 20)
        #expect(guest.call(.fdAllocate, fd, 0, 5) == .success)
        #expect(guest.status("a").size == 20)
        #expect(guest.call(.fdAllocate, fd, 0, 0) == .inval)
        #expect(guest.call(.fdAllocate, fd, UInt64(Int64.max), 1) == .fbig)
        #expect(guest.call(.fdAllocate, fd, UInt64.max, 1) == .inval)
        #expect(guest.call(.fdAllocate, reader, 0, 1) == .spipe)
        #expect(guest.call(.fdAllocate, guest.open("a", rights: .fdRead).fd, 0, 30) == .badf)
    }
}
