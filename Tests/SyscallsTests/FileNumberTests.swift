import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct FileNumberTests {
    private func isOpen(_ guest: FileGuest, _ fd: UInt64) -> Bool {
        guest.call(.fdFdstatGet, fd, guest.room(FdstatLayout.size)) == .success
    }

    @Test func aClosedNumberIsFreeAndTheLowestIsTakenFirst() throws {
        let guest = try FileGuest()
        let (first, second) = (guest.create("a"), guest.create("b"))
        #expect(second > first)
        #expect(guest.call(.fdClose, first) == .success)
        #expect(guest.call(.fdClose, first) == .badf)
        #expect(guest.create("c") == first)
        #expect(guest.call(.fdClose, UInt64(UInt32.max)) == .badf)
    }

    @Test func grantedDirectoriesStayOpenForWasixModulesOnly() throws {
        let wasix = try FileGuest()
        #expect(wasix.call(.fdClose, 3) == .success)
        #expect(isOpen(wasix, 3))
        let plain = try FileGuest(isWasix: false)
        #expect(plain.call(.fdClose, 3) == .success)
        #expect(!isOpen(plain, 3))
    }

    @Test func renumberDuplicatesForWasixModules() throws {
        let guest = try FileGuest()
        let (source, target) = (guest.create("a", "from a"), guest.create("b"))
        #expect(guest.call(.fdFdflagsSet, target, 1) == .success)
        #expect(guest.call(.fdRenumber, source, target) == .success)
        #expect(guest.read(source, 5).text == "from ")
        #expect(guest.read(target, 5).text == "a")
        let flags = guest.room(2)
        #expect(guest.call(.fdFdflagsGet, target, flags) == .success)
        #expect(guest.load(flags, as: UInt16.self) == 0)
        #expect(guest.call(.fdRenumber, source, 700) == .success)
        #expect(isOpen(guest, 700))
        #expect(guest.call(.fdRenumber, source, source) == .success)
    }

    @Test func renumberRefusesWhatItMustNotReplace() throws {
        let guest = try FileGuest()
        let fd = guest.create("a")
        #expect(guest.call(.fdRenumber, 99, fd) == .badf)
        #expect(isOpen(guest, fd))
        #expect(guest.call(.fdRenumber, fd, UInt64(FdTable.limit)) == .badf)
        #expect(guest.call(.fdRenumber, fd, UInt64(UInt32.max)) == .badf)
    }

    /// Shells duplicate onto numbers that they think are free.
    @Test func renumberCoversAGrantedDirectory() throws {
        let guest = try FileGuest()
        let (first, second) = (guest.create("a", "from a"), guest.create("b", "from b"))
        let name = guest.room(5)
        for fd in [first, second] {
            #expect(guest.call(.fdRenumber, fd, guest.directory) == .success)
            #expect(guest.call(.fdPrestatDirName, guest.directory, name, 5) == .success)
            #expect(guest.text(name, 5) == "/data")
            #expect(guest.open("a").errno == .success, "paths start from the directory")
        }
        #expect(guest.read(guest.directory, 6).text == "from b")
        #expect(guest.call(.fdClose, guest.directory) == .success)
        #expect(guest.read(guest.directory, 6).errno != .success)
        #expect(guest.status("b").errno == .success)
        #expect(guest.call(.fdClose, guest.directory) == .success)
        #expect(isOpen(guest, guest.directory))
    }

    @Test func renumberMovesForPlainModules() throws {
        let guest = try FileGuest(isWasix: false)
        let (source, target) = (guest.create("a", "abc"), guest.create("b"))
        #expect(guest.call(.fdRenumber, source, 99) == .badf)
        #expect(guest.call(.fdRenumber, 99, source) == .badf)
        #expect(guest.call(.fdRenumber, source, target) == .success)
        #expect(!isOpen(guest, source))
        #expect(guest.read(target).text == "abc")
    }

    @Test func duplicatesTakeTheLowestNumberFromTheMinimumOn() throws {
        let guest = try FileGuest()
        let fd = guest.create("a")
        let result = guest.room(4)
        #expect(guest.call(.fdDup2, fd, 100, 1, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == 100)
        let flags = guest.room(2)
        #expect(guest.call(.fdFdflagsGet, 100, flags) == .success)
        #expect(guest.load(flags, as: UInt16.self) == FdFlagsExt.closeOnExec.rawValue)
        #expect(guest.call(.fdDup2, fd, 100, 0, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == 101)
        #expect(guest.call(.fdDup, fd, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == UInt32(fd) + 1)
        #expect(guest.call(.fdDup2, fd, UInt64(FdTable.limit), 0, result) == .inval)
        #expect(guest.call(.fdDup2, 99, 0, 0, result) == .badf)
        #expect(guest.call(.fdDup, 99, result) == .badf)
    }

    @Test func aFaultingResultPointerLeaksNoDescriptor() throws {
        let guest = try FileGuest()
        let fd = guest.create("a")
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.fdDup, fd, end - 3) == .fault)
        #expect(guest.call(.fdDup2, fd, 0, 0, end) == .fault)
        #expect(guest.create("b") == fd + 1)
    }

    @Test func statusFlagsBelongToTheDescription() throws {
        let guest = try FileGuest()
        let fd = guest.create("a")
        let (result, stat) = (guest.room(4), guest.room(FdstatLayout.size))
        #expect(guest.call(.fdDup, fd, result) == .success)
        let flags = UInt64(FdFlags([.append, .nonblock]).rawValue)
        #expect(guest.call(.fdFdstatSetFlags, fd, flags) == .success)
        #expect(guest.call(.fdFdstatGet, UInt64(guest.load(result, as: UInt32.self)), stat) == .success)
        #expect(guest.load(stat + UInt64(FdstatLayout.flags), as: UInt16.self) == UInt16(flags))
        #expect(guest.call(.fdFdstatSetFlags, fd, 0x20) == .inval)
        #expect(guest.call(.fdFdstatSetFlags, 99, 0) == .badf)
    }

    @Test func descriptorStatesAreTwentyFourBytesWithZeroPadding() throws {
        let guest = try FileGuest()
        let stat = guest.room(FdstatLayout.size)
        #expect(guest.call(.fdFdstatGet, guest.directory, stat) == .success)
        let bytes = guest.bytes(stat, FdstatLayout.size)
        #expect(bytes[0] == FileType.directory.rawValue)
        #expect(bytes[1] == 0 && bytes[4..<8].allSatisfy { $0 == 0 })
        #expect(guest.load(stat + 8, as: UInt64.self) == Rights.directory.rawValue)
        #expect(guest.load(stat + 16, as: UInt64.self) == Rights.known.rawValue)
        let (reader, _) = guest.pipe()
        #expect(guest.call(.fdFdstatGet, reader, stat) == .success)
        #expect(guest.load(stat, as: UInt8.self) == FileType.unknown.rawValue)
        #expect(guest.call(.fdFdstatGet, guest.directory, UInt64(FileGuest.memorySize - 23)) == .fault)
    }

    @Test func rightsOnlyShrink() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abc")
        #expect(guest.call(.fdFdstatSetRights, fd, Rights.fdRead.rawValue, 0) == .success)
        #expect(guest.write(fd, "x").errno == .badf)
        #expect(guest.read(fd).text == "abc")
        #expect(guest.call(.fdFdstatSetRights, fd, FileGuest.readWrite.rawValue, 0) == .notcapable)
        #expect(guest.call(.fdFdstatSetRights, fd, 0, Rights.fdRead.rawValue) == .notcapable)
        #expect(guest.call(.fdFdstatSetRights, 99, 0, 0) == .badf)
    }

    @Test func whatADirectoryMayNotPassOnIsNotGiven() throws {
        let guest = try FileGuest()
        guest.hostFile("a", "abc")
        let readOnly = Rights.known.subtracting(.fdWrite)
        #expect(
            guest.call(.fdFdstatSetRights, guest.directory, Rights.directory.rawValue, readOnly.rawValue) == .success)
        let (errno, fd) = guest.open("a")
        #expect(errno == .success)
        #expect(guest.write(fd, "x").errno == .badf)
        #expect(guest.open("a", .truncate).errno == .notcapable)
        #expect(guest.read(fd).text == "abc")
    }

    @Test func grantedDirectoriesAreFoundFromThreeOnAndEndWithBadf() throws {
        let guest = try FileGuest(grantName: "/data")
        let (stat, name) = (guest.room(PrestatLayout.size), guest.room(16))
        #expect(guest.call(.fdPrestatGet, 3, stat) == .success)
        #expect(guest.bytes(stat, 8) == [0, 0, 0, 0, 5, 0, 0, 0])
        #expect(guest.call(.fdPrestatDirName, 3, name, 16) == .success)
        #expect(guest.text(name, 6) == "/data" + "\u{FFFD}")
        #expect(guest.call(.fdPrestatDirName, 3, name, 4) == .nametoolong)
        #expect(guest.call(.fdPrestatDirName, 3, UInt64(FileGuest.memorySize - 4), 5) == .fault)
        #expect(guest.call(.fdPrestatGet, 4, stat) == .badf)
        let fd = guest.create("a")
        #expect(guest.call(.fdPrestatGet, fd, stat) == .badf)
        #expect(guest.call(.fdPrestatDirName, fd, name, 16) == .badf)
    }
}
