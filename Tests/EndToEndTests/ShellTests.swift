import Foundation
import Testing

extension AgainstNative {
    /// Debian's shell and GNU make, with programs that they start: a script prints the same natively and as a guest, and
    /// ends alike.
    @Suite(.enabled(if: Product.has("shells/dash.wasm", "shells/filters.wasm"), "left out"))
    struct Shells {
        private static let scripts = Product.root + "/Tests/Guests/shells/scripts"

        /// A directory with the scripts in it, for one run.
        private static func workplace() throws -> Scratch {
            let scratch = try Scratch()
            let files = FileManager.default
            for name in try files.contentsOfDirectory(atPath: scripts) {
                try files.copyItem(atPath: "\(scripts)/\(name)", toPath: scratch.file(name))
            }
            return scratch
        }

        private static func runNatively(_ words: [String]) throws -> Outcome {
            let scratch = try workplace()
            let programs = try Product.shells() + "/bin-native"
            // Nothing of this process's environment.
            let command = ["-i", "PATH=" + programs, "\(programs)/\(words[0])"] + words.dropFirst()
            var native = Command("/usr/bin/env", command, timeLimit: 120)
            native.directory = scratch.path
            return try native.run()
        }

        private static func runAsGuest(_ words: [String]) throws -> Outcome {
            let scratch = try workplace()
            let programs = try Product.shells() + "/bin"
            let grants = ["--dir", scratch.path + "::/home", "--dir", programs + "::/bin::ro"]
            let place = ["--cwd", "/home", "--env", "PATH=/bin", "--argv0", words[0]]
            let command = ["\(programs)/\(words[0])"] + words.dropFirst()
            return try Product.call(["run"] + grants + place + command, timeLimit: 120)
        }

        private static func expectTheSame(_ words: [String], status: Int32) throws {
            let reference = try runNatively(words)
            #expect(reference.status == status, "\(reference.output) \(reference.errors)")
            let ours = try runAsGuest(words)
            #expect(ours.status == status, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, words.joined(separator: " "))
            expectSameTranscript(ours.errors, as: reference.errors, words.joined(separator: " ") + ", its errors")
        }

        /// Each with the status that it ends with.
        private static let endings: [(String, Int32)] = [
            ("pipelines", 0), ("redirections", 0), ("subshells", 0), ("jobs", 0), ("traps", 6), ("statuses", 44),
            ("language", 0), ("programs", 11), ("storms", 0),
        ]

        @Test(arguments: endings)
        func scriptPrintsWhatItPrintsNatively(name: String, status: Int32) throws {
            try Self.expectTheSame(["sh", name + ".sh"], status: status)
        }

        @Test func shellThatASignalEndsSaysSo() throws {
            let words = ["sh", "-c", "echo before; kill -TERM $$; echo not here"]
            try Self.expectTheSame(words, status: 128 + SIGTERM)
        }

        /// Its programs are started by posix_spawn, and it waits for several at a time.
        @Test(
            .enabled(if: Product.has("shells/make.wasm"), "make is left out"),
            arguments: [
                "all", "-j4 all", "-j3 again", "-n part failure", "-s part", "-k failure part missing",
                "-j4 meeting parallel", "failure", "killed", "missing",
            ])
        func makeMakesWhatItMakesNatively(request: String) throws {
            let fails = ["failure", "killed", "missing"].contains { request.contains($0) } && !request.contains("-n")
            let words = ["make", "-f", "project.mk"] + request.split(separator: " ").map(String.init)
            try Self.expectTheSame(words, status: fails ? 2 : 0)
        }
    }
}
