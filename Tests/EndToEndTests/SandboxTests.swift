import Foundation
import Testing

extension CommandForms {
    /// A guest that wants out of its directory. `WASIX_TOP_LONG=1` races for a minute.
    @Suite struct Sandbox {
        /// A granted `box` and, beside it, what must stay out of reach.
        private struct Prison {
            let scratch: Scratch
            var box: String { scratch.file("box") }
            var outside: String { scratch.file("outside") }

            init() throws {
                scratch = try Scratch()
                let files = FileManager.default
                try files.createDirectory(atPath: box + "/in", withIntermediateDirectories: true)
                try files.createDirectory(atPath: outside, withIntermediateDirectories: true)
                _ = try scratch.write("nobody may read this", to: "outside/secret")
                try files.createSymbolicLink(atPath: box + "/absolute", withDestinationPath: outside)
                try files.createSymbolicLink(atPath: box + "/relative", withDestinationPath: "../outside")
                try files.createSymbolicLink(atPath: box + "/file", withDestinationPath: "../outside/secret")
                try files.createSymbolicLink(atPath: box + "/dangling", withDestinationPath: "../outside/planted")
            }

            func expectIntact() throws {
                #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["secret"])
                #expect(scratch.read("outside/secret") == "nobody may read this")
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["box", "outside"])
            }
        }

        @Test func noAttemptSucceedsAndEachIsSeen() throws {
            let prison = try Prison()
            let trace = try Scratch()
            let outcome = try Product.call([
                "trace", "-o", trace.file("trace"), "--dir", "\(prison.box)::/box", Product.guest("escape"), "attempts",
                prison.outside,
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.filter { $0.hasSuffix("BREACH") } == [])
            let summary = try #require(lines.last?.split(separator: " "))
            #expect(summary.first == "attempts")
            let attempts = try #require(Int(summary[1]))
            #expect(attempts > 500)
            #expect(summary.last == "0")
            try prison.expectIntact()
            let refused = (trace.read("trace") ?? "").split(separator: "\n").filter { line in
                ["path_", "chdir"].contains { line.contains($0) }
                    && [
                        "ENOTCAPABLE", "EROFS", "EPERM", "ENOENT", "ELOOP", "EINVAL", "ENAMETOOLONG", "EBADF",
                        "ENOTDIR",
                    ]
                    .contains { line.contains("= \($0)") }
            }
            #expect(
                refused.count >= attempts * 9 / 10, "the rest are of names that may not be used: EXIST, BUSY, ISDIR")
            let failed = (trace.read("trace") ?? "").split(separator: "\n").filter {
                ($0.contains("path_") || $0.contains("chdir")) && $0.contains(" = E")
            }
            #expect(failed.count >= attempts)
        }

        @Test func noRaceIsWon() throws {
            let seconds = isLongForm ? 60 : 2
            for isNested in [false, true] {
                let prison = try Prison()
                let mover = Mover(prison.box)
                defer { mover.stop() }
                // With a grant inside the other one, paths are walked by us and not by the host.
                let inner = isNested ? ["--dir", "\(prison.box)/in::/box/in"] : []
                let outcome = try Product.call(
                    ["run", "--dir", "\(prison.box)::/box"] + inner + [Product.guest("escape"), "race", "\(seconds)"],
                    timeLimit: 120)
                mover.stop()
                #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
                #expect(outcome.output.contains("breaches 0"))
                if isLongForm { print("sandbox race, nested \(isNested): \(outcome.output)") }
                try prison.expectIntact()
            }
        }

        @Test func aThirdWordGrantsForReading() throws {
            let scratch = try Scratch()
            let path = scratch.path
            for option in [
                ["--dir", "\(path)::\(path)::ro"], ["--volume", "\(path):\(path):ro"],
                ["--mapdir", "\(path):\(path):ro"],
            ] {
                let outcome = try Product.call(["run"] + option + [Product.guest("files"), "1", "1"])
                #expect(outcome.output.hasPrefix("cannot make a tree: ROFS\n"), "\(option) \(outcome.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
        }

        @Test func theTemporaryDirectoryGoesWithAKilledProgram() throws {
            let scratch = try Scratch()
            var command = try Command(Product.program, ["run", Product.guest("escape"), "hold"])
            command.environment = ["TMPDIR": scratch.path]
            command.input = "/dev/null"
            let outcome = try command.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "held\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [])

            // Named from where the program started.
            var relative = try Command(Product.program, ["run", Product.guest("escape"), "hold"])
            relative.environment = ["TMPDIR": "."]
            relative.directory = scratch.path
            #expect(try relative.run().output == "held\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [])

            // Held open by an input that does not end, and killed: another process removes it then.
            let fifo = scratch.file("input")
            mkfifo(fifo, 0o600)
            let writer = open(fifo, O_RDWR)
            defer { close(writer) }
            let shell = """
                \(Product.program) run \(try Product.guest("escape")) hold < \(fifo) > \(scratch.file("said")) &
                while ! grep -q held \(scratch.file("said")); do :; done
                ls -d "$TMPDIR"/wasix-top-*
                kill -9 $!
                wait
                while ls -d "$TMPDIR"/wasix-top-* 2>/dev/null; do :; done
                """
            var killed = Command("/bin/sh", ["-c", shell])
            killed.environment = ["TMPDIR": scratch.path]
            let end = try killed.run()
            #expect(end.status == 0, "\(end.errors)")
            #expect(end.output.contains("/wasix-top-"))
        }

        /// Moves the granted directory itself and what is in it, as someone on the host might, once the guest is there.
        private final class Mover: @unchecked Sendable {
            // Only ever set.
            private var isStopped = false
            private let done = DispatchSemaphore(value: 0)

            init(_ box: String) {
                Thread.detachNewThread { [self] in
                    while !isStopped, access(box + "/deep/a/b/c", F_OK) != 0 { usleep(1000) }
                    while !isStopped {
                        rename(box, box + "-moved")
                        rename(box + "-moved", box)
                        rename(box + "/deep", box + "/deep-moved")
                        rename(box + "/deep-moved", box + "/deep")
                    }
                    done.signal()
                }
            }

            func stop() {
                guard !isStopped else { return }
                isStopped = true
                done.wait()
            }
        }
    }
}
