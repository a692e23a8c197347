import Foundation

/// How a program ended and what it printed.
package struct Outcome: Equatable, Sendable {
    /// The exit status; 128 + n when signal n ended it; nil when it was still running at its time limit.
    package let status: Int32?
    package let output: String
    package let errors: String
}

/// A program to run to its end.
package struct Command: Sendable {
    package var path: String
    package var arguments: [String]
    package var environment: [String: String] = [:]
    package var directory: String?
    package var input: String?
    /// A descriptor of ours that becomes the program's descriptor 3.
    package var handedIn: Int32?
    package var timeLimit: Double

    package init(_ path: String, _ arguments: [String] = [], timeLimit: Double = 60) {
        self.path = path
        self.arguments = arguments
        self.timeLimit = timeLimit
    }

    package func run() throws -> Outcome { try start().outcome() }

    /// Runs it, and sends it a signal when it has printed that text, or was started, and has done what follows: it has slept
    /// or computed for a second.
    package func run(sending signal: Int32, after text: String? = nil) throws -> Outcome {
        let running = try start()
        if let text { running.wait { $0.output.contains(text) } }
        running.waitForRest(seconds: 1)
        running.send(signal)
        return try running.outcome()
    }

    /// Output goes through files, so that neither side ever waits for the other. Not by Foundation's `Process`: that takes a
    /// program for running as long as any child of it is, such as tmux's server.
    package func start() throws -> RunningCommand {
        let scratch = try Scratch()
        let input = try self.input.map { try scratch.write($0, to: "in") } ?? "/dev/null"
        let child = try spawn(reading: input, output: scratch.file("out"), errors: scratch.file("err"))
        return RunningCommand(child, scratch, timeLimit: timeLimit)
    }

    private func spawn(reading input: String, output: String, errors: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        if let handedIn { posix_spawn_file_actions_adddup2(&actions, handedIn, 3) }

        // The test runner's threads block signals, and a child inherits that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        // Swift does not see the file action that changes the directory; env(1) does it.
        let command = directory.map { ["/usr/bin/env", "-C", $0, path] + arguments } ?? [path] + arguments
        var words = command.map { strdup($0) } + [nil]
        let settings = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables = settings.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var child: pid_t = 0
        // Returns when the program runs (posix_spawn(3)).
        let failure = Spawning.withheld { posix_spawn(&child, command[0], &actions, &attributes, &words, &variables) }
        guard failure == 0 else {
            throw SpawnFailure(description: "\(command[0]): \(String(cString: strerror(failure)))")
        }
        return child
    }
}

package struct SpawnFailure: Error, CustomStringConvertible {
    package let description: String
}
