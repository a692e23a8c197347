import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// What a WASIX module finds where nothing was granted: a root that cannot be changed, and in it what leads to grants and
/// to devices.
@Suite struct VirtualRootTests {
    /// A guest with a directory granted as `/data`, descriptor 3, and a root, descriptor 4.
    private func guest(grantName: String = "/data") throws -> FileGuest {
        let guest = try FileGuest(grantName: grantName)
        try Preopens.addRoot(to: guest.process)
        return guest
    }

    private let root: UInt64 = 4

    /// Names and types, read with a buffer of `size` bytes for each call.
    private func list(_ guest: FileGuest, _ fd: UInt64, size: Int = 4096) -> [String] {
        var names: [String] = []
        var cookie: UInt64 = 0
        let (buffer, used) = (guest.room(size), guest.room(4))
        while true {
            guard guest.call(.fdReaddir, fd, buffer, UInt64(size), cookie, used) == .success else { return ["failed"] }
            let count = Int(guest.load(used, as: UInt32.self))
            var place = 0
            while place + DirentLayout.size <= count {
                let entry = buffer + UInt64(place)
                let length = Int(guest.load(entry + UInt64(DirentLayout.nameLength), as: UInt32.self))
                guard place + DirentLayout.size + length <= count else { break }
                let type = FileType(rawValue: guest.load(entry + UInt64(DirentLayout.fileType), as: UInt8.self))
                let name = guest.text(entry + UInt64(DirentLayout.size), length)
                names.append(type == .directory ? name + "/" : name)
                cookie = guest.load(entry + UInt64(DirentLayout.next), as: UInt64.self)
                place += DirentLayout.size + length
            }
            if count < size { return names }
        }
    }

    @Test func itIsTheLastDirectoryThatLibcFinds() throws {
        let guest = try guest()
        let (target, name) = (guest.room(8), guest.room(8))
        #expect(guest.call(.fdPrestatGet, root, target) == .success)
        #expect(guest.load(target + 4, as: UInt32.self) == 1)
        #expect(guest.call(.fdPrestatDirName, root, name, 1) == .success)
        #expect(guest.text(name, 1) == "/")
        #expect(guest.call(.fdPrestatGet, 5, target) == .badf)
        #expect(guest.call(.fdFdstatGet, root, guest.room(FdstatLayout.size)) == .success)
        #expect(guest.call(.fdClose, root) == .success)
        #expect(guest.call(.fdPrestatGet, root, target) == .success)
    }

    @Test func aGrantedRootIsEnough() throws {
        let guest = try guest(grantName: "/")
        #expect(guest.call(.fdPrestatGet, 4, guest.room(8)) == .badf)
    }

    @Test func itListsWhatIsThere() throws {
        let guest = try guest(grantName: "/home/data")
        #expect(list(guest, root) == ["./", "../", "dev/", "home/"])
        // From the size of the largest entry on.
        for size in [28, 30, 60] { #expect(list(guest, root, size: size) == ["./", "../", "dev/", "home/"]) }
        let home = guest.open("home", .directory, rights: [], at: root)
        #expect(home.errno == .success)
        #expect(list(guest, home.fd) == ["./", "../", "data/"])
        let devices = ["null", "random", "stderr", "stdin", "stdout", "tty", "urandom", "zero"]
        #expect(list(guest, guest.open("/dev", rights: []).fd) == ["./", "../"] + devices)
    }

    @Test func pathsFromItLeadToWhatWasGranted() throws {
        let guest = try guest()
        _ = guest.create("a", "abc")
        for (name, fd) in [("data/a", root), ("./data/a", root), ("data/../data/a", root), ("/data/a", root)] {
            #expect(guest.read(guest.open(name, rights: .fdRead, at: fd).fd).text == "abc", "\(name)")
        }
        #expect(guest.onPath(.pathCreateDirectory, "data/made", at: root) == .success)
        #expect(guest.status("made").type == .directory)
        for name in [".", "/", "data", "dev", "dev/"] {
            #expect(guest.status(name, at: root).type == .directory, "\(name)")
        }
        #expect(guest.status("etc", at: root).errno == .noent)
        #expect(guest.open("etc/passwd", rights: .fdRead, at: root).errno == .noent)
        #expect(guest.open("nothing", rights: .fdRead, at: root).errno == .noent)
    }

    @Test func devicesAreFoundFromIt() throws {
        let guest = try guest()
        let dev = guest.open("dev", .directory, rights: [], at: root).fd
        for (name, fd) in [("dev/null", root), ("./dev/null", root), ("null", dev), ("../dev/null", dev)] {
            let null = guest.open(name, [.create, .truncate], at: fd)
            #expect(null.errno == .success, "\(name)")
            #expect(guest.write(null.fd, "gone").count == 4)
            #expect(guest.status(name, at: fd).type == .characterDevice)
        }
        #expect(guest.onPath(.pathUnlinkFile, "dev/null", at: root) == .rofs)
        #expect(guest.onPath(.pathCreateDirectory, "dev/null", at: root) == .exist)
        #expect(guest.open("dev/mem", rights: .fdRead, at: root).errno == .noent)
    }

    @Test func nothingCanBeChanged() throws {
        let guest = try guest()
        _ = guest.create("a", "abc")
        #expect(guest.open("new", .create, at: root).errno == .rofs)
        #expect(guest.open("/new", [.create, .exclusive]).errno == .rofs)
        for path in ["new", "dev/new"] {
            #expect(guest.onPath(.pathCreateDirectory, path, at: root) == .rofs)
            #expect(guest.onPath(.pathRemoveDirectory, path, at: root) == .rofs)
            #expect(guest.onPath(.pathUnlinkFile, path, at: root) == .rofs)
        }
        #expect(guest.onPath(.pathCreateDirectory, "none/new", at: root) == .noent)
        #expect(guest.rename("a", "/a") == .xdev && guest.rename("/a", "b") == .xdev)
        #expect(guest.rename("/a", "/b") == .rofs)
        #expect(guest.link("a", "/a") == .rofs && guest.link("/none", "b") == .noent)
        #expect(guest.symlink("a", "/a") == .rofs)
        #expect(guest.call(.pathFilestatSetTimes, root, 1, guest.put("."), 1, 0, 0, 2) == .rofs)
        #expect(guest.call(.fdFilestatSetTimes, root, 0, 0, 2) == .rofs)
        #expect(guest.open(".", rights: .fdWrite, at: root).errno == .isdir)
        #expect(guest.open("/", [.create, .exclusive], rights: .fdRead).errno == .exist)
        #expect(guest.open("/", .create, rights: .fdRead).errno == .isdir)
        #expect(guest.read("a") == "abc")
    }

    @Test func itIsADirectoryToEveryCall() throws {
        let guest = try guest()
        #expect(guest.call(.fdSync, root) == .success && guest.call(.fdDatasync, root) == .success)
        #expect(guest.call(.fdSeek, root, 0, 0, guest.room(8)) == .badf)
        #expect(guest.call(.fdAdvise, root, 0, 0, 0) == .badf)
        let read = guest.open("/", rights: .fdRead)
        #expect(guest.read(read.fd).errno == .isdir)
        func inode(_ path: String) -> UInt64 {
            let target = guest.room(FilestatLayout.size)
            #expect(guest.call(.pathFilestatGet, root, 1, guest.put(path), UInt64(path.utf8.count), target) == .success)
            return guest.load(target + UInt64(FilestatLayout.inode))
        }
        #expect(inode(".") == inode("/") && inode("dev") == inode("/dev") && inode(".") != inode("dev"))
        let target = guest.room(FilestatLayout.size)
        #expect(guest.call(.fdFilestatGet, root, target) == .success)
        #expect(guest.load(target + UInt64(FilestatLayout.inode), as: UInt64.self) == inode("."))
        #expect(guest.call(.chdir, guest.put("/dev"), 4) == .success)
        #expect(guest.call(.chdir, guest.put("/dev/null"), 9) == .notdir)
        #expect(guest.call(.chdir, guest.put(".."), 2) == .success)
    }
}

extension FileGuest {
    /// All of a file in the granted directory.
    fileprivate func read(_ path: String) -> String { read(open(path, rights: .fdRead).fd).text }
}
