import Foundation

/// A guest under the inspector, on a pseudo-terminal of our own, so that every byte it draws can be timed.
final class Inspected {
    struct Screen {
        /// Frames drawn in a second.
        let frames: Double
        /// The longest time from a key to the screen it asks for, in milliseconds.
        let slowestKey: Double
        /// Calls the guest made in a second meanwhile.
        let calls: Double
    }

    /// TIOCSPTLCK and TIOCGPTN, macros that Swift does not see.
    private static let unlock: UInt = 0x4004_5431
    private static let slaveNumber: UInt = 0x8004_5430

    private let sides: Sides
    private let terminal: Int32
    private var process: Process?
    private let directory: String
    /// What was drawn since the last key.
    private var drawn: [UInt8] = []

    init(sides: Sides) throws {
        self.sides = sides
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        guard terminal >= 0, ioctl(terminal, Self.unlock, &locked) == 0 else {
            throw Failure(description: "no pseudo-terminal")
        }
        var size = winsize(ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        directory = NSTemporaryDirectory() + "wasix-top-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        process?.terminate()
        close(terminal)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// `setsid --ctty` makes the pseudo-terminal the controlling one, which the inspector's signals need.
    private func start(_ guest: String, _ arguments: [String], options: [String] = []) throws {
        var number: Int32 = 0
        guard ioctl(terminal, Self.slaveNumber, &number) == 0 else {
            throw Failure(description: "the pseudo-terminal has no name")
        }
        let slave = FileHandle(fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
        let inspector = Process()
        inspector.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        inspector.arguments =
            ["--ctty", "--wait", sides.program, "--dir", directory] + options
            + ["\(sides.guests)/wasm/\(guest).wasm"] + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["TERM"] = "xterm-256color"
        inspector.environment = environment
        inspector.standardInput = slave
        inspector.standardOutput = slave
        inspector.standardError = slave
        try inspector.run()
        process = inspector
    }

    /// Reads what was drawn until `deadline` or until `isEnough`.
    /// - Returns: the times of the pieces read.
    @discardableResult
    private func drain(
        until deadline: ContinuousClock.Instant, isEnough: () -> Bool = { false }
    ) -> [ContinuousClock.Instant] {
        let clock = ContinuousClock()
        var times: [ContinuousClock.Instant] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while clock.now < deadline, !isEnough() {
            var request = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 10) > 0 else { continue }
            let count = read(terminal, &buffer, buffer.count)
            guard count > 0 else { break }
            drawn += buffer.prefix(count)
            times.append(clock.now)
        }
        return times
    }

    private func send(_ key: String) {
        drawn = []
        let bytes = Array(key.utf8)
        _ = write(terminal, bytes, bytes.count)
    }

    private func quit() {
        for key in ["q", "y"] {
            send(key)
            drain(until: .now + .milliseconds(300)) { self.process?.isRunning == false }
        }
    }

    /// What a guest measures while the inspector shows it; its last argument names the file for that.
    func result(of guest: String, _ arguments: [String]) throws -> Double {
        let file = directory + "/result"
        try start(guest, arguments + ["result"])
        var text: String?
        drain(until: .now + .seconds(60)) {
            text = try? String(contentsOfFile: file, encoding: .utf8)
            return text?.hasSuffix("\n") == true
        }
        quit()
        guard let value = text.flatMap({ Double($0.trimmingCharacters(in: .newlines)) }) else {
            throw Failure(description: "the inspected guest left no result")
        }
        return value
    }

    struct Rest {
        /// Share of one core that the inspector takes, 0...1.
        let share: Double
        /// MiB that are resident.
        let memory: Double
    }

    /// What the inspector costs once a guest has gone still with `count` of something in it or behind it.
    func still(_ kind: String, _ count: Int) throws -> Rest {
        try start("still", [kind, "\(count)", "result"])
        let file = directory + "/result"
        drain(until: .now + .seconds(120)) { FileManager.default.fileExists(atPath: file) }
        guard FileManager.default.fileExists(atPath: file) else { throw Failure(description: "it never goes still") }
        // What was still to be looked at is looked at, and rows of what has gone leave.
        drain(until: .now + .seconds(8))
        let program = try inspectorProcess()
        let before = try Self.processorSeconds(program)
        let began = ContinuousClock.now
        drain(until: .now + .seconds(10))
        let used = try Self.processorSeconds(program) - before
        let rest = Rest(
            share: used / ((.now - began) / .seconds(1)), memory: try Self.residentPages(program) * 4096 / 1_048_576)
        quit()
        return rest
    }

    /// `setsid --wait` has one child, which is the inspector.
    private func inspectorProcess() throws -> Int32 {
        guard let process else { throw Failure(description: "no inspector") }
        let parent = process.processIdentifier
        let text = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
        return text.split(separator: " ").first.flatMap { Int32($0) } ?? parent
    }

    private static func processorSeconds(_ process: Int32) throws -> Double {
        // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th after it.
        let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = stat.split(separator: ")").last.map { $0.split(separator: " ") } ?? []
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw Failure(description: "no times of the inspector")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func residentPages(_ process: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
        return Double(text.split(separator: " ")[1]) ?? 0
    }

    struct Pause {
        /// Milliseconds from the key to a screen that shows the next call, or why a wait decided as it did.
        let step: Double
        let explanation: Double
    }

    /// A loop over 64 registrations, stepped and explained.
    func paused() throws -> Pause {
        try start("active", ["eventfd", "64", "1000000", "linear", "result"], options: ["--paused"])
        drain(until: .now + .seconds(10)) { self.shows("PAUSED") }
        // Past what the C library calls first, and the registrations.
        send(":until epoll_wait and ret=1\r")
        drain(until: .now + .seconds(10)) { self.shows("is back from") }
        send("s")
        drain(until: .now + .seconds(1))
        let steps = (0..<30).map { _ in milliseconds("s") { self.shows("fd_") || self.shows("epoll_wait") } }
        send("4z")
        drain(until: .now + .seconds(1))
        let explanations = (0..<10).map { _ in
            let taken = milliseconds("e") { self.shows("Explain") }
            send("\u{7f}")
            drain(until: .now + .milliseconds(300))
            return taken
        }
        quit()
        return Pause(step: steps.median, explanation: explanations.median)
    }

    private func shows(_ text: String) -> Bool { String(decoding: drawn, as: UTF8.self).contains(text) }

    /// From a key to a screen that is as wanted; what else is drawn then is waited for.
    private func milliseconds(_ key: String, until isThere: () -> Bool) -> Double {
        let sent = ContinuousClock.now
        send(key)
        drain(until: sent + .seconds(1), isEnough: isThere)
        let taken = (ContinuousClock.now - sent) / .milliseconds(1)
        drain(until: .now + .milliseconds(150))
        return taken
    }

    /// The main screen while a guest with 10,000 descriptors calls as fast as it can.
    func flood() throws -> Screen {
        try start("flood", ["10000", "10", "result"])
        drain(until: .now + .seconds(2))
        let times = drain(until: .now + .seconds(3))
        // One frame is written in a burst; bursts are at least some milliseconds apart.
        let frames = zip(times, times.dropFirst()).count { $1 - $0 > .milliseconds(8) } + (times.isEmpty ? 0 : 1)
        var slowest = Duration.zero
        for _ in 0..<10 {
            let sent = ContinuousClock.now
            send("?")
            drain(until: sent + .seconds(1)) { String(decoding: drawn, as: UTF8.self).contains("Keys in") }
            slowest = max(slowest, .now - sent)
            send("\u{7f}")
            drain(until: .now + .milliseconds(170))
        }
        var text: String?
        drain(until: .now + .seconds(20)) {
            text = try? String(contentsOfFile: self.directory + "/result", encoding: .utf8)
            return text?.hasSuffix("\n") == true
        }
        quit()
        guard let calls = text.flatMap({ Double($0.trimmingCharacters(in: .newlines)) }) else {
            throw Failure(description: "the inspected guest left no result")
        }
        return Screen(frames: Double(frames) / 3, slowestKey: slowest / .milliseconds(1), calls: calls)
    }
}
