import Foundation
import Testing

/// Threads that wait by the instructions of wasm, without a call: seen and ended like all others.
@Suite struct InstructionWaitTests {
    /// The number of the line of the guest's source that holds `text`.
    private static func line(of text: String) throws -> Int {
        let source = try String(contentsOfFile: Product.root + "/Tests/Guests/instructions.c", encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.contains(text) }) + 1
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsTheProgram(_ signal: Int32) throws {
        let outcome = try Command(Product.program, ["run", Product.guest("instructions"), "wait"], timeLimit: 60)
            .run(sending: signal, after: "begin")
        #expect(outcome.status == 128 + signal)
    }

    @Test func theTimeLimitEndsItAndSaysWhatWaits() throws {
        let outcome = try Product.call(["run", "--timeout", "1s", Product.guest("instructions"), "wait"])
        #expect(outcome.status == 124)
        #expect(outcome.errors.contains("memory.atomic.wait32(0x"), "\(outcome.errors)")
        #expect(outcome.errors.contains("in wait_for_nothing instructions.c:"), "\(outcome.errors)")
    }

    @Test func theEndOfTheProgramEndsThem() throws {
        let outcome = try Product.call(["run", Product.guest("instructions"), "exit"])
        #expect(outcome.status == 7, "\(outcome.errors)")
    }

    @Test func aDeadlockIsExplained() throws {
        let run = try CheckRun(["--timeout", "5s", Product.guest("instructions"), "deadlock"])
        #expect(run.outcome.status == 1)
        #expect(run.lints.contains("wait-cycle"), "\(run.text)")
        let line = try Self.line(of: "the second lock")
        #expect(run.outcome.errors.isEmpty || !run.outcome.errors.contains("trap"))
        let plain = try Product.call(["check", "--timeout", "5s", Product.guest("instructions"), "deadlock"])
        let report = plain.output + plain.errors
        #expect(report.contains("memory.atomic.wait32(0x"), "\(report)")
        #expect(report.contains("move_money instructions.c:\(line)"), "\(report)")
    }

    @Test func aTrapIsAtItsLine() throws {
        let outcome = try Product.call(["run", Product.guest("instructions"), "trap"])
        #expect(outcome.status == 134)
        #expect(outcome.errors.contains("unaligned atomic"), "\(outcome.errors)")
        let line = try Self.line(of: "the trap */")
        #expect(outcome.errors.contains("misplaced_wait instructions.c:\(line)"), "\(outcome.errors)")
    }

    @Test func instructionsAreTracedAsCallsAre() throws {
        let outcome = try Product.call([
            "trace", "--timeout", "1s", "-e", "trace=%futex", Product.guest("instructions"), "deadlock",
        ])
        #expect(
            outcome.errors.contains(#/memory\.atomic\.wait32\(0x[0-9a-f]+, expected=2, timeout=INF <unfinished/#),
            "\(outcome.errors)")
    }
}
