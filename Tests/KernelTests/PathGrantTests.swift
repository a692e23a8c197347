import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

@Suite struct PathGrantTests {
    private func process() -> GuestProcess {
        GuestProcess(kernel: Kernel(), arguments: [], environment: [], workingDirectory: Array("/".utf8))
    }

    @Test func grantsTakeTheNumbersFromThreeOn() throws {
        let process = process()
        try Preopens.install(
            [DirectoryGrant(hostPath: "/tmp", guestPath: "/a"), DirectoryGrant(hostPath: "/", guestPath: "b")],
            into: process)
        let names = process.kernel.locked {
            (0..<6).map { process.descriptors.slot(FdNumber(rawValue: $0))?.pointee.preopenName }
        }
        #expect(names == [nil, nil, nil, Array("/a".utf8), Array("b".utf8), nil])
    }

    @Test func aGrantThatCannotBeIsOneClearLine() {
        #expect(throws: GrantFailure(message: "cannot open directory \"/no/such\": No such file or directory")) {
            try Preopens.install([DirectoryGrant(hostPath: "/no/such", guestPath: "/a")], into: process())
        }
        #expect(throws: GrantFailure(message: "cannot open directory \"/etc/passwd\": Not a directory")) {
            try Preopens.install([DirectoryGrant(hostPath: "/etc/passwd", guestPath: "/a")], into: process())
        }
        #expect(throws: GrantFailure.self) {
            try Preopens.install([DirectoryGrant(hostPath: "/tmp", guestPath: "")], into: process())
        }
    }

    @Test func theLongestGrantWins() throws {
        let process = process()
        try Preopens.install(
            [
                DirectoryGrant(hostPath: "/tmp", guestPath: "/"), DirectoryGrant(hostPath: "/tmp", guestPath: "/a/b"),
                DirectoryGrant(hostPath: "/tmp", guestPath: "/a"),
            ], into: process)
        func start(_ path: String) -> String? {
            process.mounts.covering(Array(path.utf8)).map {
                String(decoding: $0.mount.path + [0x7C] + $0.rest, as: UTF8.self)
            }
        }
        #expect(start("/a/b/c") == "/a/b|c")
        #expect(start("/a/bc") == "/a|bc")
        #expect(start("/x") == "/|x")
    }
}
