import Glibc
import Testing
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Calls of the host that fail for reasons of its own: the guest learns why, and nothing is half done.
@Suite struct HostFailureTests {
    /// What `body` answers while the next call of that kind fails.
    private func failing<Result>(
        _ kind: HostCall.Kind, _ code: Int32, after passes: Int = 0, _ location: SourceLocation = #_sourceLocation,
        _ body: () -> Result
    ) -> Result {
        let (result, isUsed) = ForcedFailure.during(kind, code, after: passes, body)
        #expect(isUsed, "no such call was made", sourceLocation: location)
        return result
    }

    @Test func aFullDiskIsTold() throws {
        let guest = try FileGuest()
        let fd = guest.create("f", "abc")
        #expect(failing(.write, ENOSPC) { guest.write(fd, "def") } == (.nospc, 0))
        #expect(failing(.write, EDQUOT) { guest.write(fd, "def") } == (.dquot, 0))
        let result = guest.room(4)
        let vector = guest.vectors([(guest.put("x"), 1)])
        #expect(failing(.write, ENOSPC) { guest.call(.fdPwrite, fd, vector, 1, 0, result) } == .nospc)
        #expect(failing(.change, EFBIG) { guest.call(.fdFilestatSetSize, fd, 1 << 60) } == .fbig)
        #expect(failing(.change, ENOSPC) { guest.call(.fdAllocate, fd, 0, 100) } == .nospc)
        #expect(failing(.name, ENOSPC) { guest.onPath(.pathCreateDirectory, "d") } == .nospc)
        #expect(failing(.name, ENOSPC) { guest.symlink("f", "l") } == .nospc)
        #expect(failing(.open, ENOSPC) { guest.open("new", .create) }.errno == .nospc)
        #expect(guest.status("f").size == 3 && guest.status("d").errno == .noent)
        #expect(guest.write(fd, "def").count == 3)
    }

    @Test func aCopyFromFileToFileThatFindsNoRoomIsMadeLater() throws {
        let guest = try FileGuest()
        let (source, target) = (guest.create("f", "abc"), guest.create("g"))
        let sent = guest.room(8)
        #expect(failing(.write, ENOSPC) { guest.call(.sockSendFile, target, source, 0, 3, sent) } == .nospc)
        #expect(failing(.write, EINTR) { guest.call(.sockSendFile, target, source, 0, 3, sent) } == .success)
        #expect(guest.status("g").size == 3)
    }

    @Test func aBrokenDeviceIsTold() throws {
        let guest = try FileGuest()
        let fd = guest.create("f", "abc")
        #expect(failing(.read, EIO) { guest.read(fd) } == (.io, ""))
        #expect(guest.read(fd) == (.success, "abc"), "the offset has not moved")
        #expect(failing(.sync, EIO) { guest.call(.fdSync, fd) } == .io)
        #expect(failing(.sync, ENOSPC) { guest.call(.fdDatasync, fd) } == .nospc)
        #expect(failing(.status, EIO) { guest.status("f") }.errno == .io)
        let (buffer, used) = (guest.room(200), guest.room(4))
        #expect(failing(.read, EIO) { guest.call(.fdReaddir, 3, buffer, 200, 0, used) } == .io)
        #expect(guest.call(.fdReaddir, 3, buffer, 200, 0, used) == .success)
        #expect(failing(.name, EIO) { guest.onPath(.pathUnlinkFile, "f") } == .io)
        #expect(guest.status("f").errno == .success)
    }

    @Test func scarceDescriptorsAndMemoryAreTold() throws {
        let guest = try FileGuest()
        _ = guest.create("f", "abc")
        let before = guest.process.descriptors.openCount
        for (code, errno) in [(EMFILE, Errno.mfile), (ENFILE, .nfile), (ENOMEM, .nomem)] {
            #expect(failing(.open, code) { guest.open("f") }.errno == errno)
            #expect(failing(.open, code) { guest.open("/dev/null") }.errno == errno)
            #expect(failing(.open, code) { guest.status("f") }.errno == errno)
        }
        // Opened, and then it cannot be looked at: it is closed again.
        #expect(failing(.status, ENOMEM) { guest.open("f") }.errno == .nomem)
        #expect(guest.process.descriptors.openCount == before)
    }

    @Test func aCallThatWasCutShortIsMadeAgain() throws {
        let guest = try FileGuest()
        let fd = failing(.open, EINTR) { guest.create("f") }
        #expect(failing(.write, EINTR) { guest.write(fd, "abc") } == (.success, 3))
        #expect(failing(.sync, EINTR) { guest.call(.fdSync, fd) } == .success)
        #expect(failing(.name, EINTR) { guest.rename("f", "g") } == .success)
        let again = guest.open("g").fd
        #expect(failing(.read, EINTR) { guest.read(again) } == (.success, "abc"))
    }

    @Test func aConnectionWaitsUntilThereIsADescriptorForIt() {
        let guest = SocketGuest()
        let (listening, port) = guest.listener()
        let client = guest.socket()
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        let (before, target) = (guest.openDescriptors, guest.room(4))
        for (code, errno) in [(EMFILE, Errno.mfile), (ENFILE, .nfile), (ENOBUFS, .nobufs), (ENOMEM, .nomem)] {
            #expect(failing(.accept, code) { guest.call(.sockAccept, listening, 0, target) } == errno)
        }
        #expect(guest.openDescriptors == before)
        #expect(failing(.accept, EINTR) { guest.call(.sockAccept, listening, 0, target) } == .success)
    }

    @Test func socketsThatCannotBeMadeLeaveNothing() {
        let guest = SocketGuest()
        for (code, errno) in [(EMFILE, Errno.mfile), (ENOBUFS, .nobufs), (EAFNOSUPPORT, .afnosupport)] {
            #expect(failing(.socket, code) { guest.call(.sockOpen, 1, 1, 0, guest.room(4)) } == errno)
        }
        #expect(guest.openDescriptors == 0)
        let fd = guest.socket()
        #expect(failing(.bind, EADDRINUSE) { guest.call(.sockBind, fd, guest.address(port: 0)) } == .addrinuse)
        #expect(guest.localPort(fd) == 0)
        #expect(failing(.connect, ENOBUFS) { guest.call(.sockConnect, fd, guest.address(port: 9)) } == .nobufs)
        #expect(failing(.connect, EINTR) { guest.call(.sockConnect, fd, guest.address(port: 9)) } != .success)
    }
}
