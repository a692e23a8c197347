import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

@Suite struct DirListingTests {
    private struct Entry {
        var name: String
        var next: UInt64
        var type: FileType
    }

    /// One `fd_readdir`, and the entries that are whole in it.
    private func list(
        _ guest: FileGuest, _ room: Int = 4096, after cookie: UInt64 = 0, at fd: UInt64? = nil
    ) -> (errno: Errno, used: Int, entries: [Entry]) {
        let (buffer, used) = (guest.room(room), guest.room(4))
        let errno = guest.call(.fdReaddir, fd ?? guest.directory, buffer, UInt64(room), cookie, used)
        guard errno == .success else { return (errno, 0, []) }
        let end = Int(guest.load(used, as: UInt32.self))
        var entries: [Entry] = []
        var position = 0
        while position + DirentLayout.size <= end {
            let header = buffer + UInt64(position)
            let length = Int(guest.load(header + UInt64(DirentLayout.nameLength), as: UInt32.self))
            guard position + DirentLayout.size + length <= end else { break }
            entries.append(
                Entry(
                    name: guest.text(header + UInt64(DirentLayout.size), length), next: guest.load(header),
                    type: FileType(rawValue: guest.load(header + UInt64(DirentLayout.fileType)))))
            position += DirentLayout.size + length
        }
        return (errno, end, entries)
    }

    /// The whole directory, `room` bytes at a time.
    private func listAll(_ guest: FileGuest, _ room: Int, between: () -> Void = {}) -> [String] {
        var names: [String] = []
        var cookie: UInt64 = 0
        while true {
            let (_, used, entries) = list(guest, room, after: cookie)
            names += entries.map(\.name)
            guard used == room, let last = entries.last else { return names }
            cookie = last.next
            between()
        }
    }

    @Test func everyEntryIsListedOnceWithItsType() throws {
        let guest = try FileGuest()
        _ = guest.create("file")
        #expect(guest.onPath(.pathCreateDirectory, "dir") == .success)
        #expect(guest.symlink("file", "link") == .success)
        let (errno, used, entries) = list(guest)
        #expect(errno == .success)
        #expect(used < 4096)
        let types = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.type) })
        #expect(
            types == [
                ".": .directory, "..": .directory, "file": .regularFile, "dir": .directory, "link": .symbolicLink,
            ])
    }

    @Test(arguments: [64, 100, 281, 1000, 4096, 40_000])
    func buffersOfAnySizeSeeEverything(_ room: Int) throws {
        let guest = try FileGuest()
        let names = (0..<200).map { "entry-\($0)" }
        for name in names { guest.hostFile(name, "") }
        let seen = listAll(guest, room)
        #expect(seen.count == 202)
        #expect(Set(seen) == Set(names + [".", ".."]))
    }

    @Test func theLastEntryIsCutOffAtTheBuffersEnd() throws {
        let guest = try FileGuest()
        guest.hostFile("a-rather-long-name", "")
        for room in [0, 1, 23, 24, 25, 40] {
            #expect(list(guest, room).used == room, "\(room)")
        }
    }

    @Test func entriesThatStayAreNeitherSkippedNorRepeatedWhileOthersComeAndGo() throws {
        let guest = try FileGuest()
        let staying = (0..<150).map { "stays-\($0)" }
        for name in staying { guest.hostFile(name, "") }
        for index in 0..<150 { guest.hostFile("goes-\(index)", "") }
        var round = 0
        let seen = listAll(guest, 512) {
            for index in round * 10..<round * 10 + 10 { unlink(guest.root + "/goes-\(index)") }
            guest.hostFile("comes-\(round)", "")
            round += 1
        }
        #expect(round > 5)
        let stayed = seen.filter { $0.hasPrefix("stays") }
        #expect(stayed.count == 150)
        #expect(Set(stayed) == Set(staying))
    }

    @Test func cookiesWorkInAnyOrderAndFromDuplicates() throws {
        let guest = try FileGuest()
        for index in 0..<20 { guest.hostFile("f\(index)", "") }
        let all = list(guest).entries
        let result = guest.room(4)
        #expect(guest.call(.fdDup, guest.directory, result) == .success)
        let duplicate = UInt64(guest.load(result, as: UInt32.self))
        for index in stride(from: all.count - 2, to: 0, by: -3) {
            let rest = list(guest, after: all[index].next, at: index % 2 == 0 ? nil : duplicate)
            #expect(rest.entries.map(\.name) == all[(index + 1)...].map(\.name))
        }
    }

    @Test func onlyDirectoriesHaveEntries() throws {
        let guest = try FileGuest()
        #expect(list(guest, at: guest.create("a")).errno == .notdir)
        #expect(list(guest, at: guest.pipe().reader).errno == .notdir)
        #expect(list(guest, at: 99).errno == .badf)
        #expect(list(guest, after: UInt64.max).errno == .inval)
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.fdReaddir, 3, end - 10, 11, 0, guest.room(4)) == .fault)
        #expect(guest.call(.fdReaddir, 3, guest.room(64), 64, 0, end - 3) == .fault)
    }
}
