import Foundation
import Glibc
import Testing
import WasixABI

@testable import Kernel

/// What exec and spawn run when they are asked for a name. The guest's root is a directory of the test's; none of the files
/// in it is marked as executable.
@Suite struct ProgramSearchTests {
    private enum Answer: Equatable {
        /// What is in the file, its path, and the arguments for it.
        case found(String, at: String, [String])
        case failed(Errno)
    }

    private let scratch: Scratch
    /// Where commands of the host are.
    private let host: Scratch
    private let process: GuestProcess

    init() throws {
        scratch = try Scratch()
        host = try Scratch()
        process = try Self.process(granted: scratch.path, as: "/")
    }

    private static func process(granted host: String, as guest: String) throws -> GuestProcess {
        let process = GuestProcess(
            kernel: Kernel(), arguments: [], environment: [], workingDirectory: Array("/home".utf8))
        process.isWasix = true
        try Preopens.install([DirectoryGrant(hostPath: host, guestPath: guest)], into: process)
        return process
    }

    /// A file of the guest's, and the directories on the way to it.
    private func put(_ path: String, _ text: String) throws {
        let place = URL(fileURLWithPath: scratch.path + path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }

    private func find(
        _ name: String, in searchPath: String? = nil, environment: [String] = [], commands: [CommandMapping] = [],
        _ other: GuestProcess? = nil
    ) -> Answer {
        let request = ProgramRequest(
            name: Array(name.utf8), arguments: ["zero", "one"].map { Array($0.utf8) },
            environment: environment.map { Array($0.utf8) }, searchPath: searchPath.map { Array($0.utf8) })
        do throws(Errno) {
            let file = try ProgramSearch.find(request, nil, in: other ?? process, commands: commands)
            #expect(fcntl(file.hostFd, F_GETFD) == FD_CLOEXEC)
            let contents = try? FileHandle(fileDescriptor: file.hostFd, closeOnDealloc: true).readToEnd()
            return .found(
                String(decoding: contents ?? Data(), as: UTF8.self), at: String(decoding: file.path, as: UTF8.self),
                file.arguments.map { String(decoding: $0, as: UTF8.self) })
        } catch {
            return .failed(error)
        }
    }

    // MARK: paths

    @Test(arguments: ["tool", "./tool", "../home/tool", "/home/tool", "//home/./tool"])
    func aPathStartsFromTheWorkingDirectory(path: String) throws {
        try put("/home/tool", "T")
        #expect(find(path) == .found("T", at: path, ["zero", "one"]))
    }

    @Test func whatCannotBeRunIsAnErrnoOfExecve() throws {
        try put("/home/tool", "T")
        #expect(find("") == .failed(.noent))
        #expect(find("none") == .failed(.noent))
        #expect(find("none/tool") == .failed(.noent))
        #expect(find("tool/") == .failed(.notdir))
        #expect(find("tool/x") == .failed(.notdir))
        #expect(find("/home") == .failed(.acces))
        #expect(find("/") == .failed(.acces))
        #expect(find("/dev/null") == .failed(.acces))
        #expect(find(String(repeating: "x", count: 255)) == .failed(.noent))
        #expect(find(String(repeating: "x", count: 256)) == .failed(.nametoolong))
        #expect(find(String(repeating: "/x", count: 2048)) == .failed(.nametoolong))
        #expect(find("to\0ol") == .failed(.inval))
        #expect(mkfifo(scratch.path + "/home/fifo", 0o600) == 0)
        #expect(find("fifo") == .failed(.acces))
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func whatCannotBeReadIsDenied() throws {
        try put("/home/tool", "T")
        chmod(scratch.path + "/home/tool", 0)
        #expect(find("tool") == .failed(.acces))
    }

    @Test func aDirectoryThatOnlyTheGuestSeesIsDenied() throws {
        let process = try Self.process(granted: scratch.path, as: "/a/b")
        #expect(find("/", process) == .failed(.acces))
        #expect(find("/a", process) == .failed(.acces))
        #expect(find("/dev", process) == .failed(.acces))
        #expect(find("/c", process) == .failed(.noent))
    }

    // MARK: searching

    @Test func theFirstDirectoryThatHasItWins() throws {
        try put("/a/tool", "A")
        try put("/b/tool", "B")
        #expect(find("tool", in: "/none:/a:/b") == .found("A", at: "/a/tool", ["zero", "one"]))
        #expect(find("tool", in: "/b/:/a") == .found("B", at: "/b/tool", ["zero", "one"]))
        #expect(find("tool", in: "/none:/dev") == .failed(.noent))
        #expect(find("", in: "/a") == .failed(.noent))
        #expect(find(String(repeating: "x", count: 256), in: "/a") == .failed(.nametoolong))
    }

    @Test func aNameWithASlashIsNotSearched() throws {
        try put("/a/tool", "A")
        #expect(find("./tool", in: "/a") == .failed(.noent))
        #expect(find("/a/tool", in: "/b") == .found("A", at: "/a/tool", ["zero", "one"]))
    }

    @Test(arguments: ["", ":/a", "/a:", "/a::/b"])
    func anEmptyDirectoryIsTheWorkingDirectory(searchPath: String) throws {
        try put("/home/tool", "W")
        #expect(find("tool", in: searchPath) == .found("W", at: "tool", ["zero", "one"]))
    }

    @Test func directoriesOfThePathMayBeRelative() throws {
        try put("/home/bin/tool", "W")
        #expect(find("tool", in: "bin") == .found("W", at: "bin/tool", ["zero", "one"]))
    }

    @Test func whatIsDeniedIsToldWhenNothingElseIsFound() throws {
        try put("/a/tool/x", "")
        try put("/b/tool", "B")
        #expect(find("tool", in: "/a:/none") == .failed(.acces))
        #expect(find("tool", in: "/a:/b") == .found("B", at: "/b/tool", ["zero", "one"]))
    }

    @Test func aSearchEndsWithTheProcess() throws {
        try put("/a/tool", "A")
        let guest = KernelGuest()
        guest.process.end(.exited(code: 0))
        let request = ProgramRequest(
            name: Array("tool".utf8), arguments: [], environment: [], searchPath: Array("/a".utf8))
        #expect(throws: Errno.intr) {
            _ = try ProgramSearch.find(request, guest.main, in: process, commands: [])
        }
    }

    // MARK: scripts

    @Test func aScriptRunsItsInterpreter() throws {
        try put("/bin/sh", "SH")
        try put("/home/script", "#! /bin/sh -x  y \nrest")
        try put("/a/script", "#!/bin/sh")
        #expect(find("script") == .found("SH", at: "/bin/sh", ["/bin/sh", "-x  y", "script", "one"]))
        #expect(find("script", in: "/a") == .found("SH", at: "/bin/sh", ["/bin/sh", "/a/script", "one"]))
    }

    @Test func anInterpreterIsAPathAndNotSearched() throws {
        try put("/bin/sh", "SH")
        try put("/home/script", "#!sh\n")
        #expect(find("script", environment: ["PATH=/bin"]) == .failed(.noent))
        try put("/home/sh", "own")
        #expect(find("script") == .found("own", at: "sh", ["sh", "script", "one"]))
        try put("/home/script", "#!/bin\n")
        #expect(find("script") == .failed(.acces))
    }

    @Test func aScriptWithoutItsInterpreterIsPassedOver() throws {
        try put("/a/tool", "#!/none\n")
        try put("/b/tool", "B")
        #expect(find("tool", in: "/a") == .failed(.noent))
        #expect(find("tool", in: "/a:/b") == .found("B", at: "/b/tool", ["zero", "one"]))
    }

    /// As counted by Linux: five.
    @Test func scriptsMayInterpretScriptsForAWhile() throws {
        try put("/s0", "end")
        for level in 1...6 { try put("/s\(level)", "#!/s\(level - 1) \(level)\n") }
        #expect(find("/s2") == .found("end", at: "/s0", ["/s0", "1", "/s1", "2", "/s2", "one"]))
        guard case .found("end", at: "/s0", _) = find("/s5") else {
            Issue.record("five levels are too many")
            return
        }
        #expect(find("/s6") == .failed(.loop))
        try put("/itself", "#!/itself\n")
        #expect(find("/itself") == .failed(.loop))
    }

    @Test func aMissingEnvIsDoneWithout() throws {
        try put("/home/script", "#!/usr/bin/env py\n")
        #expect(find("script") == .failed(.noent))
        try put("/a/py", "A")
        #expect(find("script", environment: ["X=1", "PATH=/a"]) == .found("A", at: "/a/py", ["py", "script", "one"]))
        try put("/usr/local/bin/py", "L")
        #expect(find("script") == .found("L", at: "/usr/local/bin/py", ["py", "script", "one"]))
        try put("/usr/bin/env", "E")
        #expect(find("script") == .found("E", at: "/usr/bin/env", ["/usr/bin/env", "py", "script", "one"]))
    }

    private static func line(_ text: String) -> ScriptLine? {
        ScriptLine(Array(text.utf8.prefix(ScriptLine.headSize)))
    }

    @Test func aFirstLineNamesAnInterpreter() {
        func expect(
            _ text: String, _ interpreter: String, _ argument: String? = nil,
            _ location: SourceLocation = #_sourceLocation
        ) {
            let line = Self.line(text)
            #expect(line?.interpreter == Array(interpreter.utf8), sourceLocation: location)
            #expect(line?.argument == argument.map { Array($0.utf8) }, sourceLocation: location)
        }
        expect("#!/bin/sh", "/bin/sh")
        expect("#!/bin/sh\nx y", "/bin/sh")
        expect("#! \t/bin/sh\t a  b \t\nx", "/bin/sh", "a  b")
        expect("#!/bin/sh\r\n", "/bin/sh\r")
        expect("#!sh\0 x\n", "sh")
        // Linux looks at 256 bytes, of which the last can only end something.
        expect("#!/bin/sh " + String(repeating: "a", count: 300), "/bin/sh", String(repeating: "a", count: 245))
        let longest = String(repeating: "n", count: 253)
        expect("#!" + longest + " x\n", longest)
    }

    @Test(arguments: [
        "", "#", "#!", "#!\n/bin/sh", "#! \t \n", "#!\0/bin/sh\n", "# !/bin/sh\n", " #!/bin/sh\n", "\0asm",
        "#!" + String(repeating: "n", count: 254) + "\n", "#!" + String(repeating: " ", count: 300) + "/bin/sh\n",
    ])
    func otherFirstLinesNameNone(text: String) { #expect(Self.line(text) == nil) }

    // MARK: commands of the host

    @Test func aCommandOfTheHostIsFoundByItsName() throws {
        let tool = CommandMapping(
            name: Array("tool".utf8), file: ByteString(try host.write("#!/none\n", to: "tool.wasm")))
        let answer = { (path: String) in Answer.found("#!/none\n", at: path, ["zero", "one"]) }
        #expect(find("tool", in: "/a", commands: [tool]) == answer("/bin/tool"))
        #expect(find("/bin/tool", commands: [tool]) == answer("/bin/tool"))
        #expect(find("/usr//bin/./tool", commands: [tool]) == answer("/usr//bin/./tool"))
        #expect(find("../bin/tool", commands: [tool]) == .failed(.noent))
        #expect(find("tool", commands: [tool]) == .failed(.noent))
        #expect(find("/a/tool", commands: [tool]) == .failed(.noent))
        try put("/bin/tool", "the guest's own")
        #expect(find("/bin/tool", commands: [tool]) == answer("/bin/tool"))
        try put("/home/script", "#!/bin/tool -q\n")
        #expect(
            find("script", commands: [tool])
                == .found("#!/none\n", at: "/bin/tool", ["/bin/tool", "-q", "script", "one"]))
    }

    @Test func aCommandMayHaveANameArgumentsAndVariablesOfItsOwn() throws {
        var tool = CommandMapping(
            name: Array("tool".utf8), file: ByteString(try host.write("T", to: "tool.wasm")))
        tool.leadingArguments = ["-q", ""].map { Array($0.utf8) }
        tool.variables = ["OWN=1", "BOTH=own"].map { Array($0.utf8) }
        #expect(
            find("tool", in: "/a", commands: [tool]) == .found("T", at: "/bin/tool", ["zero", "-q", "", "one"]))
        tool.programName = Array("itself".utf8)
        #expect(find("/bin/tool", commands: [tool]) == .found("T", at: "/bin/tool", ["itself", "-q", "", "one"]))
        let given = ["BOTH=given", "A=1"].map { Array($0.utf8) }
        let request = ProgramRequest(name: Array("/bin/tool".utf8), arguments: [], environment: given)
        let file = try ProgramSearch.find(request, nil, in: process, commands: [tool])
        close(file.hostFd)
        #expect(file.arguments == ["itself", "-q", ""].map { Array($0.utf8) })
        #expect(file.environment == [Array("OWN=1".utf8)] + given)
    }

    @Test func theLastCommandOfANameCounts() throws {
        let commands = try ["first", "second"].map {
            CommandMapping(name: Array("tool".utf8), file: ByteString(try host.write($0, to: $0)))
        }
        #expect(find("tool", in: "/a", commands: commands) == .found("second", at: "/bin/tool", ["zero", "one"]))
        let missing = CommandMapping(name: Array("tool".utf8), file: ByteString(host.file("none")))
        #expect(find("tool", in: "/a", commands: [missing]) == .failed(.noent))
        let directory = CommandMapping(name: Array("tool".utf8), file: ByteString(host.path))
        #expect(find("/bin/tool", commands: [directory]) == .failed(.acces))
    }
}
