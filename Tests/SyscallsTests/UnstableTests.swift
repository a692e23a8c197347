import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// Snapshot 0 has layouts and numbers of its own (WasixABI.docc/SnapshotZero); what the calls mean is the same.
@Suite struct UnstableTests {
    private typealias Old = FilestatUnstableLayout
    private typealias New = FilestatLayout

    /// The same fields, each where its layout has it.
    private func expectSame(_ guest: FileGuest, old: UInt64, new: UInt64) {
        for (older, newer) in [
            (Old.device, New.device), (Old.inode, New.inode), (Old.fileSize, New.fileSize),
            (Old.accessTime, New.accessTime), (Old.modifyTime, New.modifyTime), (Old.changeTime, New.changeTime),
        ] {
            #expect(
                guest.load(old + UInt64(older), as: UInt64.self) == guest.load(new + UInt64(newer), as: UInt64.self))
        }
        #expect(
            guest.load(old + UInt64(Old.fileType), as: UInt8.self)
                == guest.load(new + UInt64(New.fileType), as: UInt8.self))
        let links = guest.load(old + UInt64(Old.links), as: UInt32.self)
        #expect(UInt64(links) == guest.load(new + UInt64(New.links), as: UInt64.self))
        #expect(guest.bytes(old + 17, 3) == [0, 0, 0], "padding")
        #expect(guest.bytes(old + UInt64(Old.size), 8) == [UInt8](repeating: 0xAA, count: 8), "nothing behind it")
    }

    @Test func aDescriptorsStatusHas56Bytes() throws {
        let guest = try FileGuest(isWasix: false)
        let fd = guest.create("f", "twelve bytes")
        #expect(guest.link("f", "g") == .success)
        let (old, new) = (guest.room(Old.size + 8), guest.room(New.size))
        #expect(guest.call(.fdFilestatGetUnstable, fd, old) == .success)
        #expect(guest.call(.fdFilestatGet, fd, new) == .success)
        expectSame(guest, old: old, new: new)
        #expect(guest.load(old + UInt64(Old.links), as: UInt32.self) == 2)
        #expect(guest.load(old + UInt64(Old.fileSize), as: UInt64.self) == 12)
        #expect(guest.call(.fdFilestatGetUnstable, 99, old) == .badf)
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.fdFilestatGetUnstable, fd, end - 56) == .success)
        #expect(guest.call(.fdFilestatGetUnstable, fd, end - 55) == .fault)
    }

    @Test func aPathsStatusHas56Bytes() throws {
        let guest = try FileGuest(isWasix: false)
        guest.hostFile("f", "abc")
        let (old, new) = (guest.room(Old.size + 8), guest.room(New.size))
        let path = guest.put("f")
        #expect(guest.call(.pathFilestatGetUnstable, guest.directory, 1, path, 1, old) == .success)
        #expect(guest.call(.pathFilestatGet, guest.directory, 1, path, 1, new) == .success)
        expectSame(guest, old: old, new: new)
        #expect(guest.call(.pathFilestatGetUnstable, guest.directory, 1, guest.put("none"), 4, old) == .noent)
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.pathFilestatGetUnstable, guest.directory, 1, path, 1, end - 55) == .fault)
    }

    @Test func seekingIsNumberedOtherwise() throws {
        let guest = try FileGuest(isWasix: false)
        let fd = guest.create("f", "0123456789")
        let place = guest.room(8)
        func seek(_ offset: Int64, _ whence: UInt64) -> (Errno, UInt64) {
            let errno = guest.call(.fdSeekUnstable, fd, UInt64(bitPattern: offset), whence, place)
            return (errno, guest.load(place))
        }
        #expect(seek(3, 2) == (.success, 3))
        #expect(seek(2, 0) == (.success, 5))
        #expect(seek(-1, 1) == (.success, 9))
        #expect(seek(-1, 2).0 == .inval)
        #expect(seek(0, 3).0 == .inval)
        #expect(seek(0, 0) == (.success, 9))
        let pipe = guest.pipe()
        #expect(guest.call(.fdSeekUnstable, pipe.reader, 0, 0, place) == .spipe)
    }

    /// A subscription of 56 bytes.
    private func clock(_ userData: UInt64, id: UInt32, timeout: UInt64, flags: UInt16 = 0) -> [UInt8] {
        typealias Layout = SubscriptionUnstableLayout
        var bytes = [UInt8](repeating: 0xEE, count: Layout.size)
        put(userData, &bytes, Layout.userData)
        bytes[Layout.tag] = EventType.clock.rawValue
        put(UInt64.max, &bytes, Layout.identifier)
        put(id, &bytes, Layout.clock)
        put(timeout, &bytes, Layout.timeout)
        put(UInt64(1), &bytes, Layout.precision)
        put(flags, &bytes, Layout.flags)
        return bytes
    }

    private func reading(_ userData: UInt64, _ fd: UInt32) -> [UInt8] {
        typealias Layout = SubscriptionUnstableLayout
        var bytes = [UInt8](repeating: 0xEE, count: Layout.size)
        put(userData, &bytes, Layout.userData)
        bytes[Layout.tag] = EventType.fdRead.rawValue
        put(fd, &bytes, Layout.fd)
        return bytes
    }

    private func put(_ value: some FixedWidthInteger, _ bytes: inout [UInt8], _ offset: Int) {
        withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    @Test func subscriptionsHave56Bytes() throws {
        let guest = try FileGuest(isWasix: false)
        let pipe = guest.pipe()
        #expect(guest.write(pipe.writer, "xyz").count == 3)
        let count = guest.room(4)
        let events = guest.room(3 * EventLayout.size)
        let input = guest.put(
            clock(1, id: 1, timeout: 3_600_000_000_000) + reading(2, UInt32(pipe.reader))
                + clock(3, id: 0, timeout: 1, flags: SubclockFlags.absoluteTime.rawValue))
        #expect(guest.call(.pollOneoffUnstable, input, events, 3, count) == .success)
        #expect(guest.load(count, as: UInt32.self) == 2)
        #expect(guest.load(events, as: UInt64.self) == 2)
        #expect(guest.load(events + UInt64(EventLayout.type), as: UInt8.self) == EventType.fdRead.rawValue)
        #expect(guest.load(events + UInt64(EventLayout.byteCount), as: UInt64.self) == 3)
        let second = events + UInt64(EventLayout.size)
        #expect(guest.load(second, as: UInt64.self) == 3)
        #expect(guest.load(second + UInt64(EventLayout.error), as: UInt16.self) == 0)

        let odd = guest.put(clock(4, id: 77, timeout: 0))
        #expect(guest.call(.pollOneoffUnstable, odd, events, 1, count) == .success)
        #expect(guest.load(events + UInt64(EventLayout.error), as: UInt16.self) == Errno.inval.rawValue)
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.pollOneoffUnstable, end - 55, events, 1, count) == .fault)
        #expect(guest.call(.pollOneoffUnstable, input, events, 0, count) == .inval)
    }
}
