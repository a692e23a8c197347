import Foundation
import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Rules name Unix-domain sockets by path: what counts is where a socket is, not what it is called on the way there.
@Suite struct SocketFileRuleTests {
    /// A guest with rules, and programs of the host that listen in its directory, which is `/net`, descriptor 3.
    private final class Lab {
        let guest: SocketGuest
        private var listeners: [Int32] = []

        init(_ rules: String) throws {
            guest = SocketGuest(network: try NetworkPolicy(parsing: rules))
            guest.process.isWasix = true
            _ = guest.directory
        }

        deinit { for fd in listeners { Glibc.close(fd) } }

        /// Why the last call was refused.
        private(set) var lastReason = CallNote.Reason.none

        private func noting(_ errno: Errno) -> Errno {
            lastReason = guest.lastNote.reason
            return errno
        }

        /// Makes a directory, from the granted one on.
        func directory(_ name: String) { #expect(mkdir(guest.directory + "/" + name, 0o700) == 0) }

        func listen(_ name: String) throws {
            let fd = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            listeners.append(fd)
            let address = try HostAddress(unix: Array((guest.directory + "/" + name).utf8))
            try HostNet.bind(fd, address)
            try HostNet.listen(fd, 8)
        }

        func connect(_ path: String) -> Errno {
            let fd = guest.socket(family: 3)
            defer { _ = guest.call(.fdClose, fd) }
            return noting(guest.call(.sockConnect, fd, guest.address(path: path)))
        }

        func bind(_ path: String) -> Errno {
            noting(guest.call(.sockBind, guest.socket(family: 3), guest.address(path: path)))
        }

        private func text(_ text: String) -> [UInt64] { [guest.put(Array(text.utf8)), UInt64(text.utf8.count)] }

        func rename(_ old: String, _ new: String) -> Errno {
            noting(guest.call(.pathRename, [3] + text(old) + [3] + text(new)))
        }

        func link(_ old: String, _ new: String) -> Errno {
            noting(guest.call(.pathLink, [3, 0] + text(old) + [3] + text(new)))
        }

        func symlink(_ target: String, _ name: String) -> Errno {
            guest.call(.pathSymlink, text(target) + [3] + text(name))
        }
    }

    @Test func whatIsDeniedIsNotHadByAnotherName() throws {
        let lab = try Lab("unix:allow=*,unix:deny=/net/secret")
        try lab.listen("secret")
        try lab.listen("open")
        lab.directory("d")
        #expect(lab.connect("/net/open") == .success)
        #expect(lab.connect("/net/secret") == .acces)
        #expect(lab.lastReason == .deniedByRule)
        #expect(lab.symlink("secret", "alias") == .success && lab.symlink("/net", "d/up") == .success)
        for path in ["/net/alias", "/net/d/../secret", "/net/d/up/secret", "/net//./secret", "alias"] {
            lab.guest.kernel.locked { lab.guest.process.workingDirectory = Array("/net".utf8) }
            #expect(lab.connect(path) == .acces, "\(path)")
            #expect(lab.lastReason == .deniedByRule, "\(path)")
        }
        for name in ["other", "d/secret"] {
            #expect(lab.link("secret", name) == .acces && lab.lastReason == .deniedByRule)
            #expect(lab.rename("secret", name) == .acces && lab.lastReason == .deniedByRule)
        }
        let datagram = lab.guest.socket(family: 3, type: 2)
        #expect(lab.guest.send(datagram, [1], to: lab.guest.address(path: "/net/alias")) == .acces)
        // Nothing has changed for the other one.
        #expect(lab.rename("open", "opened") == .success && lab.link("opened", "again") == .success)
        #expect(lab.connect("/net/again") == .success)
    }

    @Test func whatNoRuleAllowsIsNotLetInWhereOneDoes() throws {
        let lab = try Lab("unix:allow=/net/x/*")
        lab.directory("x")
        lab.directory("d")
        try lab.listen("daemon")
        try lab.listen("d/daemon")
        #expect(lab.symlink("../daemon", "x/alias") == .success && lab.connect("/net/x/alias") == .acces)
        #expect(lab.link("daemon", "x/l") == .acces && lab.rename("daemon", "x/r") == .acces)
        #expect(lab.rename("d", "x/d") == .acces, "with all that is in it")
        #expect(lab.rename("d", "e") == .success)
        #expect(lab.connect("/net/e/daemon") == .acces)
        try lab.listen("x/welcome")
        #expect(lab.symlink("x", "way") == .success)
        #expect(lab.connect("/net/way/welcome") == .success, "the way there does not count")
        #expect(lab.rename("x/welcome", "x/there") == .success && lab.connect("/net/x/there") == .success)
        // Files are no sockets.
        lab.guest.hostFile("f")
        #expect(lab.rename("f", "x/f") == .success && lab.link("x/f", "f") == .success)
    }

    @Test func aSocketIsMadeWhereItsDirectoryIs() throws {
        let lab = try Lab("unix:allow=/net/x/*")
        lab.directory("x")
        lab.directory("d")
        #expect(lab.symlink("../d", "x/away") == .success && lab.symlink("x", "in") == .success)
        #expect(lab.bind("/net/x/away/s") == .acces && lab.bind("/net/d/s") == .acces)
        #expect(lab.bind("/net/in/s") == .success && lab.bind("/net/x/t") == .success)
        #expect(lab.connect("/net/x/s") == .connrefused, "nobody listens, but it is there")
        #expect(lab.rename("x/s", "d/s") == .acces, "others would reach it there")
        #expect(lab.rename("x/s", "x/u") == .success)
    }

    @Test func namesThatAreNotThereAreJudgedAsTheyAreWritten() throws {
        let lab = try Lab("unix:allow=/net/x/*")
        #expect(lab.connect("/net/none") == .acces && lab.connect("/net/x/none") == .noent)
        #expect(lab.connect("/elsewhere") == .acces && lab.bind("/elsewhere/s") == .acces)
    }

    @Test func oneDirectoryUnderTwoNamesHasOneSetOfSockets() throws {
        let lab = try Lab("unix:allow=*,unix:deny=/net/secret")
        try Preopens.install(
            [DirectoryGrant(hostPath: lab.guest.directory, guestPath: "/same")], into: lab.guest.process)
        try lab.listen("secret")
        #expect(lab.connect("/same/secret") == .acces)
    }

    /// A directory that was never looked at stands for nothing, and for no place of the host.
    @Test func aTemporaryDirectoryDoesNotNameTheWholeHost() throws {
        let lab = try Lab("unix:allow=/tmp/*")
        try Preopens.add(.files, isNumbered: false, to: lab.guest.process)
        try lab.listen("daemon")
        #expect(lab.connect("/net/daemon") == .acces)
        #expect(lab.bind("/tmp/s") == .success)
        #expect(lab.connect("/net/daemon") == .acces)
    }

    /// Names move while they are judged: nothing that is denied is ever reached.
    @Test func noRaceReachesWhatIsDenied() throws {
        let lab = try Lab("unix:allow=/net/x/*")
        lab.directory("x")
        lab.directory("d")
        lab.directory("x/swing")
        try lab.listen("d/secret")
        let root = lab.guest.directory
        let isOver = Flag()
        Thread.detachNewThread {
            while !isOver.isSet {
                // A directory goes to and fro between what is allowed and what is not, as someone on the host may do.
                rename(root + "/x/swing", root + "/d/swing")
                Glibc.link(root + "/d/secret", root + "/d/swing/secret")
                unlink(root + "/d/swing/secret")
                rename(root + "/d/swing", root + "/x/swing")
            }
            isOver.done.signal()
        }
        for _ in 0..<300 {
            let answer = lab.connect("/net/x/swing/secret")
            #expect(answer == .acces || answer == .noent)
        }
        isOver.set()
    }

    private final class Flag: Sendable {
        private let word = Atomic(false)
        let done = DispatchSemaphore(value: 0)

        var isSet: Bool { word.load(ordering: .relaxed) }

        func set() {
            word.store(true, ordering: .relaxed)
            done.wait()
        }
    }
}

extension SocketGuest {
    fileprivate func hostFile(_ name: String) {
        #expect(FileManager.default.createFile(atPath: directory + "/" + name, contents: Data()))
    }
}
