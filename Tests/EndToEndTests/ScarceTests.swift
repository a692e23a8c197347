import Foundation
import Testing

extension CommandForms {
    /// Little of what the host gives: an end in one line and status 125, or an errno for the guest; never a trap of the
    /// language or of the engine.
    @Suite struct Scarce {
        /// Runs the program under prlimit(1).
        private func limited(_ limit: String, _ arguments: [String], as user: [String] = []) throws -> Outcome {
            var command = Command("/usr/bin/env", user + ["prlimit", limit, Product.program] + arguments)
            // Compiled anew each time.
            command.environment = ["XDG_CACHE_HOME": "", "HOME": "/nonexistent"]
            return try command.run()
        }

        /// Limits on threads do not hold root.
        private static let user = getuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : []

        private static let canBecomeUser: Bool = {
            let outcome = try? Command("/usr/bin/env", user + ["test", "-x", Product.program]).run()
            return outcome?.status == 0
        }()

        private func expectOneLine(_ outcome: Outcome, _ word: String, _ location: SourceLocation = #_sourceLocation) {
            #expect(outcome.status == 125, "\(outcome.errors)", sourceLocation: location)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 1 && lines[0].hasPrefix("wasix-top: error: "), "\(lines)", sourceLocation: location)
            #expect(outcome.errors.contains(word), "\(lines)", sourceLocation: location)
        }

        @Test(arguments: [8, 10, 12, 14]) func descriptors(count: Int) throws {
            expectOneLine(
                try limited("--nofile=\(count)", ["trace", "-o", "/dev/null", Product.guest("hello")]), "ulimit -n")
        }

        /// With each number of threads it says so, or it works.
        @Test(.enabled(if: canBecomeUser, "no other user can run the program"), arguments: 1...10)
        func threads(count: Int) throws {
            for words in [["run"], ["trace", "-o", "/dev/null"]] {
                let outcome = try limited("--nproc=\(count)", words + [Product.guest("hello")], as: Self.user)
                if outcome.status == 0 {
                    #expect(outcome.output == "hello, world\n" && outcome.errors == "")
                } else {
                    expectOneLine(outcome, "threads")
                }
            }
        }

        @Test(arguments: [300, 1000, 3000]) func addressSpace(megabytes: Int) throws {
            let scratch = try Scratch()
            let limit = "--as=\(megabytes << 20)"
            expectOneLine(try limited(limit, ["run", Product.guest("hello")]), "ulimit -v")
            let own = try scratch.write(
                "(module (memory (export \"memory\") 1) (func (export \"_start\")))", to: "own.wat")
            expectOneLine(try limited(limit, ["run", own]), "ulimit -v")
        }

        /// A guest that wants more threads than there is room for is told EAGAIN.
        @Test func guestThreads() throws {
            let outcome = try limited("--as=\(6 << 30)", ["run", Product.guest("crowd"), "4000"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "some: 1, then AGAIN\n")
        }

        /// The host lets a program map so many pieces of memory and no more, and the engine needs some for each thread.
        @Test(.enabled(if: mappings < 100_000, "so many threads would have room"))
        func guestThreadsUntilTheHostMapsNoMore() throws {
            let outcome = try Command(
                Product.program, ["trace", "-o", "/dev/null", Product.guest("crowd")], timeLimit: 120
            ).run()
            #expect(outcome.output == "some: 1, then AGAIN\n", "\(outcome.errors)")
        }

        private static let mappings: Int = {
            let text = try? String(contentsOfFile: "/proc/sys/vm/max_map_count", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? .max
        }()

        @Test(.enabled(if: canBecomeUser, "no other user can run the program")) func guestThreadsOfAUser() throws {
            let outcome = try limited("--nproc=40", ["run", Product.guest("crowd"), "4000"], as: Self.user)
            #expect(outcome.output == "some: 1, then AGAIN\n" || outcome.status == 125, "\(outcome.errors)")
        }

        /// Memory that a fork shares lies in a file, for which there is no room here: it is copied.
        @Test(.enabled(if: Product.has("processes/cost.wasm"), "binaryen is missing"))
        func filesOfLimitedSize() throws {
            let outcome = try limited("--fsize=65536", ["run", Product.processGuest("cost"), "fork", "1", "3"])
            #expect(outcome.status == 0 && outcome.output.hasPrefix("cost "), "\(outcome.errors)")
        }

        /// A guest makes as many threads as it is told of processors: those that it may not run on are none.
        @Test func processorsOutsideOfTheMaskDoNotCount() throws {
            let scratch = try Scratch()
            let module = try scratch.write(
                """
                (module
                  (import "wasix_32v1" "thread_parallelism" (func $count (param i32) (result i32)))
                  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                  (memory (export "memory") 1)
                  (func (export "_start") (drop (call $count (i32.const 8))) (call $exit (i32.load (i32.const 8)))))
                """, to: "count.wat")
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let allowed = try #require(status.firstMatch(of: #/Cpus_allowed_list:\s+(\d+)/#)?.1)
            let outcome = try Command(
                "/usr/bin/taskset", ["-c", String(allowed), Product.program, "run", module], timeLimit: 60
            ).run()
            #expect(outcome.status == 1, "\(outcome.errors)")
        }
    }
}
