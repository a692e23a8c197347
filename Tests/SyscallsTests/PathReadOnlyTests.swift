import Foundation
import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// A directory that is granted for reading only.
@Suite struct PathReadOnlyTests {
    /// The whole box as `/data`, and once more for reading, as descriptor 4 and `/ro`.
    private func guest(isWasix: Bool) throws -> FileGuest {
        let guest = try FileGuest(isWasix: isWasix, grantName: "/data")
        guest.hostFile("f", "contents")
        #expect(mkdir(guest.root + "/d", 0o700) == 0)
        #expect(mkfifo(guest.root + "/fifo", 0o600) == 0)
        try Preopens.install(
            [DirectoryGrant(hostPath: guest.root, guestPath: "/ro", isReadOnly: true)], into: guest.process)
        return guest
    }

    @Test(arguments: [true, false])
    func nothingInItCanBeChanged(_ isWasix: Bool) throws {
        let guest = try guest(isWasix: isWasix)
        let ro: UInt64 = 4
        func name(_ id: CallID, _ path: String) -> Errno { guest.onPath(id, path, at: ro) }
        #expect(guest.open("f", rights: .fdWrite, at: ro).errno == .rofs)
        #expect(guest.open("f", at: ro).errno == .rofs)
        #expect(guest.open("f", .truncate, at: ro).errno == .rofs)
        #expect(guest.open("new", .create, at: ro).errno == .rofs)
        #expect(guest.open("new", .create, rights: .fdRead, at: ro).errno == .rofs)
        #expect(guest.open("f", [.create, .exclusive], at: ro).errno == .exist)
        #expect(guest.open("no/new", .create, at: ro).errno == .rofs || guest.open("no/new", at: ro).errno == .noent)
        #expect(guest.open("d", at: ro).errno == .isdir)
        #expect(name(.pathCreateDirectory, "new") == .rofs)
        #expect(name(.pathCreateDirectory, "d") == .exist)
        #expect(name(.pathRemoveDirectory, "d") == .rofs)
        #expect(name(.pathUnlinkFile, "f") == .rofs)
        #expect(guest.call(.pathSymlink, guest.put("x"), 1, ro, guest.put("l"), 1) == .rofs)
        #expect(guest.call(.pathLink, ro, 0, guest.put("f"), 1, ro, guest.put("g"), 1) == .rofs)
        #expect(guest.call(.pathRename, ro, guest.put("f"), 1, ro, guest.put("g"), 1) == .rofs)
        #expect(guest.call(.pathFilestatSetTimes, ro, 0, guest.put("f"), 1, 1, 1, 5) == .rofs)
        #expect(guest.status("f").size == 8)
        #expect(access(guest.root + "/new", F_OK) != 0)
    }

    @Test(arguments: [true, false])
    func whatIsOpenInItCannotBeChangedEither(_ isWasix: Bool) throws {
        let guest = try guest(isWasix: isWasix)
        let (errno, fd) = guest.open("f", .create, rights: .fdRead, at: 4)
        #expect(errno == .success)
        #expect(guest.read(fd).text == "contents")
        #expect(guest.call(.fdFilestatSetTimes, fd, 1, 1, 5) == .rofs)
        #expect(guest.call(.fdFilestatSetSize, fd, 0) == .inval)
        #expect(guest.call(.fdAllocate, fd, 0, 100) == .badf)
        let directory = guest.open("d", .directory, rights: .fdRead, at: 4).fd
        #expect(guest.call(.fdFilestatSetTimes, directory, 1, 1, 5) == .rofs)
        #expect(guest.open("new", .create, at: directory).errno == .rofs)
        #expect(guest.onPath(.pathCreateDirectory, "new", at: directory) == .rofs)
    }

    @Test func whatIsNoPartOfTheFileSystemCanBeWritten() throws {
        let guest = try guest(isWasix: true)
        let reader = guest.open("fifo", rights: .fdRead, at: 4, flags: .nonblock).fd
        #expect(guest.write(guest.open("/ro/fifo", rights: .fdWrite).fd, "through").count == 7)
        #expect(guest.read(reader).text == "through")
    }

    @Test func theOtherNameOfItIsAsItWas() throws {
        let guest = try guest(isWasix: true)
        #expect(guest.open("/data/f").errno == .success)
        #expect(guest.open("/ro/f").errno == .rofs)
        #expect(guest.open("/ro/../data/f").errno == .success)
        #expect(guest.open("/data/../ro/f").errno == .rofs)
        #expect(guest.rename("/data/f", "/ro/f") == .xdev)
        #expect(guest.link("/data/f", "/ro/g") == .rofs)
    }
}
