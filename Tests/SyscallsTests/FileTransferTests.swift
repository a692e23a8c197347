import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct FileTransferTests {
    @Test func whatIsWrittenIsReadBack() throws {
        let guest = try FileGuest()
        let fd = guest.create("a")
        #expect(guest.write(fd, "hello") == (.success, 5))
        #expect(guest.read(fd) == (.success, ""))
        #expect(guest.call(.fdSeek, fd, 1, 0, guest.room(8)) == .success)
        #expect(guest.read(fd) == (.success, "ello"))
    }

    @Test func duplicatesShareTheOffset() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abcdef")
        let result = guest.room(4)
        #expect(guest.call(.fdDup, fd, result) == .success)
        let duplicate = UInt64(guest.load(result, as: UInt32.self))
        #expect(guest.read(fd, 2).text == "ab")
        #expect(guest.read(duplicate, 2).text == "cd")
    }

    @Test func vectorsAreFilledInOrder() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abcdefg")
        let (first, second, result) = (guest.room(3), guest.room(10), guest.room(4))
        #expect(guest.call(.fdRead, fd, guest.vectors([(first, 3), (0, 0), (second, 10)]), 3, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == 7)
        #expect(guest.text(first, 3) + guest.text(second, 4) == "abcdefg")
    }

    @Test func appendingWritesGoToTheEndWhereverTheOffsetIs() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "start", flags: .append)
        #expect(guest.write(fd, "+1").errno == .success)
        #expect(guest.call(.fdSeek, fd, 0, 0, guest.room(8)) == .success)
        #expect(guest.write(fd, "+2").errno == .success)
        #expect(guest.read(guest.open("a").fd).text == "start+1+2")
    }

    @Test func positionedWritesOfWhatAppendsGoToTheEnd() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abcdef", flags: .append)
        let result = guest.room(4)
        #expect(guest.call(.fdPwrite, fd, guest.vectors([(guest.put("XY"), 2)]), 1, 2, result) == .success)
        #expect(guest.read(guest.open("a").fd).text == "abcdefXY")
    }

    @Test func positionedReadsLeaveTheOffset() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abcdef")
        let (buffer, result) = (guest.room(8), guest.room(4))
        #expect(guest.call(.fdPread, fd, guest.vectors([(buffer, 8)]), 1, 4, result) == .success)
        #expect(guest.text(buffer, Int(guest.load(result, as: UInt32.self))) == "ef")
        #expect(guest.read(fd, 2).text == "ab")
    }

    @Test func offsetsBeyondFourGiBAreExact() throws {
        let guest = try FileGuest()
        let fd = guest.create("sparse")
        let far: UInt64 = (5 << 30) + 3
        let result = guest.room(8)
        #expect(guest.call(.fdSeek, fd, far, 0, result) == .success)
        #expect(guest.load(result, as: UInt64.self) == far)
        #expect(guest.write(fd, "far").count == 3)
        #expect(guest.call(.fdTell, fd, result) == .success)
        #expect(guest.load(result, as: UInt64.self) == far + 3)
        #expect(guest.status("sparse").size == far + 3)
        let buffer = guest.room(8)
        #expect(guest.call(.fdPread, fd, guest.vectors([(buffer, 8)]), 1, far, result) == .success)
        #expect(guest.text(buffer, 3) == "far")
        #expect(guest.call(.fdSeek, fd, UInt64(bitPattern: -2), UInt64(Whence.end.rawValue), result) == .success)
        #expect(guest.read(fd).text == "ar")
    }

    @Test func dataMovesOnlyWithTheRightToIt() throws {
        let guest = try FileGuest()
        _ = guest.create("a", "abc")
        let reader = guest.open("a", rights: .fdRead).fd
        let writer = guest.open("a", rights: .fdWrite).fd
        #expect(guest.write(reader, "x").errno == .badf)
        #expect(guest.read(writer).errno == .badf)
        #expect(guest.read(guest.directory).errno == .isdir)
        #expect(guest.write(guest.directory, "x").errno == .badf)
        #expect(guest.read(99).errno == .badf)
        #expect(guest.write(99, "x").errno == .badf)
        #expect(guest.read(UInt64(UInt32.max)).errno == .badf)
    }

    @Test func whatHasNoOffsetRefusesOne() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        let (vectors, result) = (guest.vectors([(guest.room(4), 4)]), guest.room(8))
        #expect(guest.call(.fdPread, reader, vectors, 1, 0, result) == .spipe)
        #expect(guest.call(.fdPwrite, writer, vectors, 1, 0, result) == .spipe)
        #expect(guest.call(.fdSeek, reader, 0, 0, result) == .spipe)
        #expect(guest.call(.fdTell, writer, result) == .spipe)
        #expect(guest.call(.fdSeek, guest.directory, 0, 0, result) == .badf)
        #expect(guest.call(.fdSeek, 99, 0, 0, result) == .badf)
    }

    @Test func impossibleOffsetsAreInvalid() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abc")
        let (vectors, result) = (guest.vectors([(guest.room(4), 4)]), guest.room(8))
        #expect(guest.call(.fdSeek, fd, UInt64(bitPattern: -1), 0, result) == .inval)
        #expect(guest.call(.fdSeek, fd, 0, 3, result) == .inval)
        #expect(guest.call(.fdPread, fd, vectors, 1, UInt64(bitPattern: -1), result) == .inval)
        #expect(guest.call(.fdPwrite, fd, vectors, 1, UInt64(1) << 63, result) == .inval)
    }

    @Test func badPointersFaultBeforeAnythingMoves() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abcdef")
        let end = UInt64(FileGuest.memorySize)
        let good = guest.vectors([(guest.room(4), 4)])
        let result = guest.room(4)
        #expect(guest.call(.fdRead, fd, end - 4, 1, result) == .fault)
        #expect(guest.call(.fdRead, fd, UInt64(UInt32.max) - 3, 1, result) == .fault)
        #expect(guest.call(.fdRead, fd, guest.vectors([(end - 2, 4)]), 1, result) == .fault)
        #expect(guest.call(.fdRead, fd, guest.vectors([(UInt64(UInt32.max), 4)]), 1, result) == .fault)
        #expect(guest.call(.fdRead, fd, good, 1, end - 2) == .fault)
        #expect(guest.call(.fdWrite, fd, good, 1, UInt64(UInt32.max)) == .fault)
        #expect(guest.call(.fdRead, fd, good, UInt64(UInt32.max), result) == .inval)
        #expect(guest.call(.fdPread, fd, good, 1, 0, end) == .fault)
        #expect(guest.call(.fdSeek, fd, 2, 0, end - 7) == .fault)
        #expect(guest.read(fd).text == "abcdef")
    }

    @Test func noVectorsMoveNothing() throws {
        let guest = try FileGuest()
        let fd = guest.create("a", "abc")
        let result = guest.room(4)
        #expect(guest.call(.fdRead, fd, 0, 0, result) == .success)
        #expect(guest.load(result, as: UInt32.self) == 0)
        #expect(guest.call(.fdWrite, fd, 0, 0, result) == .success)
    }
}
