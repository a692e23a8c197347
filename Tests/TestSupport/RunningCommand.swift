import Foundation
import Synchronization

/// A program that was started. It is killed when nobody holds this any more.
package final class RunningCommand {
    private let child: pid_t
    private let end: ChildEnd
    private let scratch: Scratch
    private let started = ContinuousClock.now
    private let timeLimit: Double

    init(_ child: pid_t, _ scratch: Scratch, timeLimit: Double) {
        self.child = child
        self.scratch = scratch
        self.timeLimit = timeLimit
        end = ChildEnd(child)
    }

    deinit { stop() }

    /// What it has printed so far.
    package var output: String { scratch.read("out") ?? "not UTF-8" }
    package var errors: String { scratch.read("err") ?? "not UTF-8" }

    package func send(_ signal: Int32) {
        // Once awaited its number may be another process's.
        if !end.wait(seconds: 0) { kill(child, signal) }
    }

    /// Waits until the condition holds or the program has ended, at most for the time limit.
    package func wait(until isSo: (RunningCommand) -> Bool) {
        while !isSo(self), left > 0, !end.wait(seconds: 0.02) {}
    }

    /// Waits until its threads were all asleep for that long in sum, or have computed for as long: time in which a busy machine
    /// does not let them run does not count.
    package func waitForRest(seconds: Double) {
        let turn = 0.02
        var asleep = 0.0
        let computed = processorSeconds
        wait { running in
            if running.isAsleep { asleep += turn }
            return asleep >= seconds || running.processorSeconds - computed >= seconds
        }
    }

    /// What its threads have computed together.
    private var processorSeconds: Double {
        let fields = statistics("stat")
        return fields.count > 12
            ? ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK))) : 0
    }

    /// None of its threads computes, or would if it got a processor.
    private var isAsleep: Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(child)/task")) ?? []
        return threads.allSatisfy { statistics("task/\($0)/stat").first == "S" }
    }

    /// The fields of such a file behind the command's name: proc(5).
    private func statistics(_ file: String) -> [Substring] {
        let text = (try? String(contentsOfFile: "/proc/\(child)/\(file)", encoding: .utf8)) ?? ""
        guard let name = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: name)...].split(separator: " ")
    }

    /// - Returns: whether it has ended.
    package func wait(seconds: Double) -> Bool { end.wait(seconds: seconds) }

    /// Waits for its end, which comes at the time limit at the latest.
    package func outcome() throws -> Outcome {
        let isInTime = end.wait(seconds: max(left, 0))
        if !isInTime { stop() }
        return Outcome(status: isInTime ? end.status : nil, output: output, errors: errors)
    }

    private var left: Double { timeLimit - (ContinuousClock.now - started) / .seconds(1) }

    private func stop() {
        send(SIGKILL)
        _ = end.wait(seconds: .infinity)
    }
}

/// The end of a child, awaited by a thread of its own.
private final class ChildEnd: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let rawStatus = Mutex<Int32?>(nil)

    init(_ child: pid_t) {
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
            rawStatus.withLock { $0 = status }
            ended.signal()
        }
    }

    /// - Returns: whether the child has ended.
    func wait(seconds: Double) -> Bool {
        if rawStatus.withLock({ $0 }) != nil { return true }
        return ended.wait(timeout: seconds.isFinite ? .now() + seconds : .distantFuture) == .success
    }

    /// The status as a shell reports it: 128 + n when signal n ended the child.
    var status: Int32? {
        rawStatus.withLock { $0 }.map { $0 & 0x7f == 0 ? ($0 >> 8) & 0xff : 128 + ($0 & 0x7f) }
    }
}
