import Foundation
import Testing

/// A private tmux server with one window, in which a command runs as on a user's terminal.
final class Tmux {
    private let server = "wasix-top-\(UUID().uuidString)"
    private let tmux = "/usr/bin/tmux"

    /// Starts `command` by a shell in a terminal of that size. Quote with `Tmux.quote`.
    init(_ command: String, columns: Int, rows: Int) throws {
        let outcome = try call([
            "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", command,
        ])
        guard outcome.status == 0 else { throw TmuxFailure(description: outcome.errors) }
    }

    deinit { _ = try? call(["kill-server"]) }

    static func quote(_ words: [String]) -> String {
        words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }.joined(separator: " ")
    }

    @discardableResult
    private func call(_ arguments: [String]) throws -> Outcome {
        var command = Command(tmux, ["-L", server] + arguments, timeLimit: 60)
        // On a terminal Swift's own crash report waits half a minute for a key.
        command.environment = [
            "TMUX": "", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
        ]
        return try command.run()
    }

    /// Keys by tmux's names: "q", "Enter", "C-c".
    func press(_ keys: String...) throws { try call(["send-keys"] + keys) }

    func resize(columns: Int, rows: Int) throws {
        try call(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What stands on the screen, a line each.
    func screen() throws -> [String] {
        try call(["capture-pane", "-p"]).output.split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// The same with the control sequences of its colours.
    func coloured() throws -> [String] {
        try call(["capture-pane", "-p", "-e"]).output.split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// Waits until the screen is as wanted, and answers it. Records an issue with the screen when that does not happen. What
    /// was drawn by half looks different a moment later: it is looked at again.
    @discardableResult
    func wait(
        for what: String, seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation,
        until isThere: ([String]) -> Bool
    ) throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var lines = try screen()
        while ContinuousClock.now < deadline {
            let isAsWanted = isThere(lines)
            if !isAsWanted { usleep(50_000) }
            let before = lines
            lines = try screen()
            if isAsWanted, lines == before { return lines }
        }
        Issue.record("no \(what) on the screen:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
        return lines
    }

    /// Steps a paused guest call by call until the screen is as wanted: each step when the call that the one before it has made
    /// is in the trace, or when nothing has come of it for a while.
    @discardableResult
    func step(
        until what: String, sourceLocation: SourceLocation = #_sourceLocation, isThere: ([String]) -> Bool
    ) throws -> [String] {
        var seen: String?
        var pressed = ContinuousClock.now
        return try wait(for: what, seconds: 120, sourceLocation: sourceLocation) { lines in
            if isThere(lines) { return true }
            guard lines[0].contains("PAUSED"), lines.count > 1 else { return false }
            let isBeforeCall = lines[1].contains(" is about to call ")
            let place = isBeforeCall ? lines.first { $0.contains(" Trace ") } : lines[1]
            if place != seen || pressed + .seconds(2) < .now {
                seen = place
                pressed = .now
                try? press("s")
            }
            return false
        }
    }

    @discardableResult
    func wait(forText text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        try wait(for: "'\(text)'", sourceLocation: sourceLocation) { $0.contains { $0.contains(text) } }
    }
}

struct TmuxFailure: Error, CustomStringConvertible {
    let description: String
}
