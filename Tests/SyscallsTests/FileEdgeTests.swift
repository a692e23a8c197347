import Foundation
import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// Where file systems have their edges.
@Suite struct FileEdgeTests {
    private func time(_ guest: FileGuest, _ path: String, _ field: Int) -> UInt64 {
        let target = guest.room(FilestatLayout.size)
        #expect(
            guest.call(.pathFilestatGet, guest.directory, 0, guest.put(path), UInt64(path.utf8.count), target)
                == .success)
        return guest.load(target + UInt64(field))
    }

    @Test func namesAndPathsMayBeAsLongAsOnLinux() throws {
        let guest = try FileGuest()
        let longest = String(repeating: "n", count: 255)
        #expect(guest.open(longest, .create).errno == .success)
        #expect(guest.open(longest + "n", .create).errno == .nametoolong)
        #expect(guest.status(longest).type == .regularFile)
        let path = String(repeating: "./", count: 2047) + "f"
        #expect(path.utf8.count == 4095)
        #expect(guest.open(path, .create).errno == .success)
        #expect(guest.status("f").type == .regularFile)
        #expect(guest.open("./" + path, .create).errno == .nametoolong)
        #expect(guest.status("/data/" + String(repeating: "./", count: 2044) + "f").type == .regularFile)
    }

    /// A listing shows such names byte for byte; a path cannot name them (WasixABI.docc/Paths).
    @Test func namesThatAreNotUtf8AreListedAndCannotBeNamed() throws {
        let guest = try FileGuest()
        let name: [UInt8] = [0x66, 0xE9, 0xFF]
        let made = (Array((guest.root + "/").utf8) + name + [0]).withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600) }
        }
        #expect(made >= 0)
        close(made)
        let (buffer, used) = (guest.room(512), guest.room(4))
        #expect(guest.call(.fdReaddir, guest.directory, buffer, 512, 0, used) == .success)
        let listed = guest.bytes(buffer, Int(guest.load(used, as: UInt32.self)))
        #expect(listed.indices.contains { listed[$0...].starts(with: name) })
        let target = guest.room(FilestatLayout.size)
        #expect(guest.call(.pathFilestatGet, guest.directory, 0, guest.put(name), 3, target) == .ilseq)
        #expect(guest.call(.pathSymlink, guest.put(name), 3, guest.directory, guest.put("l"), 1) == .ilseq)
    }

    @Test func timesCanBeNowAndNeverBeforeTheEpoch() throws {
        let guest = try FileGuest()
        let fd = guest.create("f")
        let (access, modify) = (FilestatLayout.accessTime, FilestatLayout.modifyTime)
        #expect(guest.call(.fdFilestatSetTimes, fd, 5, 7, 5) == .success)
        #expect(time(guest, "f", access) == 5)
        #expect(time(guest, "f", modify) == 7)
        #expect(guest.call(.fdFilestatSetTimes, fd, 1, 1, UInt64(FstFlags.modifyTimeNow.rawValue)) == .success)
        #expect(time(guest, "f", access) == 5)
        #expect(time(guest, "f", modify) > 1_700_000_000_000_000_000)
        #expect(guest.call(.fdFilestatSetTimes, fd, 1, 1, 0) == .success)
        #expect(time(guest, "f", access) == 5)
        #expect(guest.call(.fdFilestatSetTimes, fd, 1, 1, UInt64(FstFlags.accessTimeNow.rawValue)) == .success)
        #expect(time(guest, "f", access) > 1_700_000_000_000_000_000)
        // The host can say such a time, a u64 of nanoseconds since the epoch cannot.
        let past = [timespec(tv_sec: -5, tv_nsec: 1), timespec(tv_sec: -1, tv_nsec: 999_999_999)]
        #expect(utimensat(AT_FDCWD, guest.root + "/f", past, 0) == 0)
        #expect(time(guest, "f", access) == 0)
        #expect(time(guest, "f", modify) == 0)
        // The last nanosecond that a u64 can say, or the file system's own limit.
        #expect(guest.call(.fdFilestatSetTimes, fd, UInt64.max, UInt64.max, 5) == .success)
        #expect(time(guest, "f", modify) > 1 << 62)
    }

    @Test func anUnlinkedFileLivesAsLongAsItIsOpen() throws {
        let guest = try FileGuest()
        let fd = guest.create("f", "still here")
        #expect(guest.onPath(.pathUnlinkFile, "f") == .success)
        #expect(guest.read(fd).text == "still here")
        #expect(guest.write(fd, " and growing").count == 12)
        let target = guest.room(FilestatLayout.size)
        #expect(guest.call(.fdFilestatGet, fd, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.links), as: UInt64.self) == 0)
        #expect(guest.load(target + UInt64(FilestatLayout.fileSize), as: UInt64.self) == 22)
        #expect(guest.status("f").errno == .noent)
    }

    @Test func aRemovedDirectoryListsNothingAndTakesNothing() throws {
        let guest = try FileGuest()
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        let fd = guest.open("d", .directory, rights: .fdRead).fd
        #expect(guest.onPath(.pathRemoveDirectory, "d") == .success)
        let (buffer, used) = (guest.room(512), guest.room(4))
        #expect(guest.call(.fdReaddir, fd, buffer, 512, 0, used) == .noent)
        #expect(guest.open("new", .create, at: fd).errno == .noent)
        #expect(guest.onPath(.pathCreateDirectory, "new", at: fd) == .noent)
        #expect(guest.status(".", at: fd).type == .directory)
    }

    @Test func tenThousandEntriesAreListedOnceEach() throws {
        let guest = try FileGuest()
        for index in 0..<10_000 { close(open(guest.root + "/entry-\(index)", O_CREAT | O_WRONLY, 0o600)) }
        let (buffer, used) = (guest.room(4096), guest.room(4))
        var seen: Set<String> = []
        var count = 0
        var cookie: UInt64 = 0
        while true {
            #expect(guest.call(.fdReaddir, guest.directory, buffer, 4096, cookie, used) == .success)
            let end = UInt64(guest.load(used, as: UInt32.self))
            var position: UInt64 = 0
            while position + 24 <= end {
                let length = UInt64(guest.load(buffer + position + 16, as: UInt32.self))
                guard position + 24 + length <= end else { break }
                cookie = guest.load(buffer + position)
                seen.insert(guest.text(buffer + position + 24, Int(length)))
                count += 1
                position += 24 + length
            }
            if end < 4096 { break }
        }
        #expect(count == 10_002)
        #expect(seen.count == 10_002)
    }

    @Test func rewindingShowsWhatIsThereNow() throws {
        let guest = try FileGuest()
        let (buffer, used) = (guest.room(4096), guest.room(4))
        func listing() -> Int {
            #expect(guest.call(.fdReaddir, guest.directory, buffer, 4096, 0, used) == .success)
            return Int(guest.load(used, as: UInt32.self))
        }
        let empty = listing()
        guest.hostFile("new", "")
        #expect(listing() == empty + 24 + 3)
        unlink(guest.root + "/new")
        #expect(listing() == empty)
    }

    @Test func everyWriteObeysAppend() throws {
        let guest = try FileGuest()
        let fd = guest.create("f", "0123456789", flags: .append)
        let result = guest.room(4)
        #expect(guest.call(.fdPwrite, fd, guest.vectors([(guest.put("AB"), 2)]), 1, 2, result) == .success)
        #expect(guest.write(fd, "end").count == 3)
        #expect(guest.read(guest.open("f").fd).text == "0123456789ABend")
        #expect(guest.call(.fdFdstatSetFlags, fd, 0) == .success)
        #expect(guest.call(.fdSeek, fd, 0, 0, guest.room(8)) == .success)
        #expect(guest.write(fd, "x").count == 1)
        #expect(guest.read(guest.open("f").fd).text == "x123456789ABend")
    }

    @Test func holesReadAsZerosAndTakeNoRoom() throws {
        let guest = try FileGuest()
        let fd = guest.create("sparse")
        let far: UInt64 = (6 << 30) + 1
        #expect(guest.call(.fdFilestatSetSize, fd, far) == .success)
        #expect(guest.status("sparse").size == far)
        let (buffer, result) = (guest.room(16), guest.room(4))
        #expect(guest.call(.fdPread, fd, guest.vectors([(buffer, 16)]), 1, far - 8, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == 8)
        #expect(guest.bytes(buffer, 8) == [UInt8](repeating: 0, count: 8))
        #expect(guest.call(.fdAllocate, fd, far - 1, 1) == .success)
        #expect(guest.call(.fdFilestatSetSize, fd, UInt64(Int64.max)) == .fbig)
        #expect(guest.call(.fdFilestatSetSize, fd, 3) == .success)
        #expect(guest.status("sparse").size == 3)
    }

    @Test func aFifoIsWaitedForUntilSomeoneWrites() throws {
        let guest = try FileGuest()
        #expect(mkfifo(guest.root + "/fifo", 0o600) == 0)
        let (errno, fd) = guest.open("fifo", rights: .fdRead)
        #expect(errno == .success)
        let path = guest.root + "/fifo"
        Thread.detachNewThread {
            // Opening for writing waits for the reader, which is there.
            let writer = open(path, O_WRONLY)
            _ = write(writer, "at last", 7)
            close(writer)
        }
        #expect(guest.read(fd).text == "at last")
        #expect(guest.read(fd) == (.success, ""))
        #expect(guest.open("fifo", rights: .fdWrite, flags: .nonblock).errno == .success)
        #expect(guest.status("fifo").type == .unknown)
    }

    @Test func aSocketInADirectoryCannotBeOpened() throws {
        let guest = try FileGuest()
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(fd) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (guest.root + "/socket").utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        #expect(guest.open("socket").errno == .nxio)
        #expect(guest.status("socket").type == .socketStream)
        #expect(guest.onPath(.pathUnlinkFile, "socket") == .success)
    }

    @Test func nothingIsLinkedIntoARemovedDirectory() throws {
        let guest = try FileGuest()
        #expect(guest.onPath(.pathCreateDirectory, "b") == .success)
        #expect(guest.onPath(.pathCreateDirectory, "d") == .success)
        let removed = guest.open("d", .directory, rights: .fdRead).fd
        #expect(guest.onPath(.pathRemoveDirectory, "d") == .success)
        for (parent, errno) in [(removed, Errno.noent), (guest.directory, .perm)] {
            #expect(guest.call(.pathLink, guest.directory, 0, guest.put("b/"), 2, parent, guest.put("c"), 1) == errno)
        }
    }
}
