import Testing
import Trace
import WasixABI

@testable import Runtime

/// Pausing and stepping (Kernel.docc/Pause).
@Suite struct PauseTests {
    private func guest(_ body: String, tracer: Tracer? = nil, isPaused: Bool = false) throws -> RunningGuest {
        try RunningGuest(
            """
            (module
              (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "wasix_32v1" "futex_wait" (func $wait (param i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "fd_pipe" (func $pipe (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "epoll_create" (func $epoll (param i32) (result i32)))
              (import "wasix_32v1" "epoll_wait"
                (func $events (param i32 i32 i32 i64 i32) (result i32)))
              (import "wasix_32v1" "thread_sleep" (func $sleep (param i64) (result i32)))
              (memory (export "memory") 1)
              ;; At 64 a subscription to the monotonic clock, a millisecond from now.
              (data (i32.const 80) "\\01\\00\\00\\00\\00\\00\\00\\00\\40\\42\\0f")
              (func $note (param i32) (i32.store (i32.const 0) (local.get 0)))
              (func (export "_start") \(body)))
            """, tracer: tracer, isPaused: isPaused
        ) { $0.isInterruptible = true }
    }

    private func thread(_ guest: RunningGuest) throws -> ThreadSnapshot {
        try #require(guest.guest.snapshot().threads.first)
    }

    private func untilPaused(_ guest: RunningGuest, _ place: PausePlace) throws {
        var isStepped = false
        try awaitCondition("it is paused: \(place)") {
            guard let thread = try? thread(guest) else { return false }
            // Before its first call it computes, and may have been asked to stand still there. It takes a moment to go on.
            if thread.pausedAt == .insideCode, place == .beforeCall, !isStepped {
                guest.guest.step(thread.thread)
                isStepped = true
            }
            return thread.pausedAt == place
        }
    }

    private static let threeCalls = """
        (call $note (i32.const 1)) (drop (call $yield))
        (call $note (i32.const 2)) (drop (call $yield))
        (call $note (i32.const 3)) (call $exit (i32.const 7))
        """

    @Test func aStepIsFromOneCallToTheNext() throws {
        let guest = try guest(Self.threeCalls, isPaused: true)
        for step in UInt32(1)...3 {
            try awaitCondition("step \(step)") { (try? guest.word(0)) == step }
            try untilPaused(guest, .beforeCall)
            #expect(try thread(guest).call == (step == 3 ? .procExit : .schedYield))
            #expect(guest.guest.snapshot().pace == .paused)
            guest.guest.step(try thread(guest).thread)
        }
        #expect(try guest.end() == .exited(code: 7))
    }

    @Test func itRunsOnFromWhereItIsPaused() throws {
        let guest = try guest(Self.threeCalls, isPaused: true)
        try untilPaused(guest, .beforeCall)
        #expect(try guest.word(0) == 1)
        guest.guest.resume()
        #expect(try guest.end() == .exited(code: 7))
    }

    @Test func aThreadThatComputesStandsStillWhereItIs() throws {
        let guest = try guest(
            "(loop $on (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1))) (br $on))")
        try awaitCondition("it computes") { (try? guest.word(0)) ?? 0 > 0 }
        for _ in 0..<20 {
            guest.guest.pause()
            try untilPaused(guest, .insideCode)
            let count = try guest.word(0)
            try awaitCondition("its stack is known") { (try? thread(guest))?.stack.isEmpty == false }
            #expect(try guest.word(0) == count)
            guest.guest.resume()
            try awaitCondition("it goes on") { (try? guest.word(0)) != count }
        }
        guest.guest.pause()
        try untilPaused(guest, .insideCode)
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// What ends a wait of a paused guest comes from outside; the guest sees the result when it goes on.
    @Test func aThreadThatWaitsGoesOnWaiting() throws {
        let guest = try guest(
            "(drop (call $wait (i32.const 16) (i32.const 0) (i32.const 32) (i32.const 40))) \(Self.threeCalls)")
        try guest.untilBlocked(1)
        guest.guest.pause()
        let before = try thread(guest)
        #expect(before.state == .blocked && before.call == .futexWait && before.pausedAt == nil)
        guest.guest.step(before.thread)
        #expect(try thread(guest).state == .blocked, "there is nothing to step")
        try guest.set(16)
        try untilPaused(guest, .afterCall)
        #expect(try guest.word(0) == 0)
        guest.guest.step(before.thread)
        try untilPaused(guest, .beforeCall)
        #expect(try guest.word(0) == 1)
        guest.guest.resume()
        #expect(try guest.end() == .exited(code: 7))
    }

    @Test func itRunsUntilAWaitForEventsReturns() throws {
        let guest = try guest(
            """
            (loop $on
              (drop (call $yield))
              (drop (call $poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 32)))
              (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1)))
              (br $on))
            """, isPaused: true)
        for turn in UInt32(0)..<4 {
            guest.guest.runToWait()
            try awaitCondition("the wait has returned") { guest.guest.snapshot().pace == .paused }
            try untilPaused(guest, .afterCall)
            #expect(try guest.word(0) == turn)
        }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// A loop of two calls and a count; each third poll fails, because it asks for nothing.
    private static let loop = """
        (loop $on
          (drop (call $yield))
          (drop
            (call $poll (i32.const 64) (i32.const 128) (i32.rem_u (i32.load (i32.const 0)) (i32.const 3)) (i32.const 32)))
          (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1)))
          (br $on))
        """

    private func untilPause(_ guest: RunningGuest) throws -> KernelSnapshot {
        try awaitCondition("a call pauses it") { guest.guest.snapshot().pace == .paused }
        try untilPaused(guest, .afterCall)
        return guest.guest.snapshot()
    }

    @Test func aCallThatMeetsAConditionPausesTheGuest() throws {
        let guest = try guest(Self.loop, tracer: Tracer(), isPaused: true)
        for turn in UInt32(0)..<3 {
            guest.guest.run { $0.record.call == CallID.pollOneoff.rawValue && $0.record.errno != 0 }
            let snapshot = try untilPause(guest)
            #expect(snapshot.pausedBy == snapshot.threads.first?.thread)
            #expect(try guest.word(0) == turn * 3)
        }
        guest.guest.resume()
        try awaitCondition("it runs freely") { (try? guest.word(0)) ?? 0 > 12 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    @Test func aBreakHoldsUntilItIsTakenBack() throws {
        let guest = try guest(Self.loop, tracer: Tracer())
        guest.guest.setBreak { $0.record.call == CallID.schedYield.rawValue }
        _ = try untilPause(guest)
        let first = try guest.word(0)
        for turn in UInt32(1)...3 {
            guest.guest.resume()
            try awaitCondition("the next turn") { (try? guest.word(0)) == first + turn }
            _ = try untilPause(guest)
        }
        guest.guest.setBreak(nil)
        guest.guest.resume()
        try awaitCondition("it runs freely") { (try? guest.word(0)) ?? 0 > first + 6 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// Nobody reads the records here, and a call that may pause the guest waits until there is room for its own.
    @Test func theEndOfTheGuestEndsAWaitForRoom() throws {
        let guest = try guest(
            "(loop $on \(Self.shortCall) (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1))) (br $on))",
            tracer: Tracer())
        guest.guest.setBreak { _ in false }
        try awaitCondition("its ring is full") { (try? guest.word(0)) ?? 0 > 16_000 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    @Test func aPausedGuestCanBeEnded() throws {
        let guest = try guest(Self.threeCalls, isPaused: true)
        try untilPaused(guest, .beforeCall)
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// Asks for nothing, and does not give a busy machine's processor away, as a yield does.
    private static let shortCall =
        "(drop (call $poll (i32.const 64) (i32.const 128) (i32.const 0) (i32.const 32)))"

    /// What a guest may be doing when its end comes. None of them ends by itself.
    private static let states = [
        "computes": "(loop $on (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1))) (br $on))",
        "calls": "(loop $on (drop (call $yield)) (br $on))",
        "calls and polls": loop,
        "waits for a word":
            "(loop $on (drop (call $wait (i32.const 16) (i32.const 0) (i32.const 32) (i32.const 40))) (br $on))",
        "waits for events": """
        (drop (call $epoll (i32.const 128)))
        (loop $on
          (drop (call $events (i32.load (i32.const 128)) (i32.const 256) (i32.const 8) (i64.const -1) (i32.const 136)))
          (br $on))
        """,
        "reads": """
        (drop (call $pipe (i32.const 128) (i32.const 132)))
        (i32.store (i32.const 140) (i32.const 256)) (i32.store (i32.const 144) (i32.const 8))
        (loop $on
          (drop (call $read (i32.load (i32.const 128)) (i32.const 140) (i32.const 1) (i32.const 136))) (br $on))
        """,
        "sleeps": "(loop $on (drop (call $sleep (i64.const 1000000000000))) (br $on))",
    ]

    /// Pauses, steps, runs on: anything that a key does, in any order.
    private func control(_ guest: Guest, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: guest.pause()
        case 2: guest.snapshot().threads.forEach { guest.step($0.thread) }
        case 3: guest.runToWait()
        case 4: guest.run { $0.record.call == CallID.pollOneoff.rawValue && $0.record.errno == 0 }
        case 5: guest.setBreak { $0.record.call == CallID.pollOneoff.rawValue && $0.record.errno == 0 }
        case 6: guest.setBreak(nil)
        case 7: guest.setPaused(true, of: .initial)
        case 8: guest.setPaused(false, of: .initial)
        default: guest.resume()
        }
    }

    @Test(arguments: states.keys.sorted()) func theEndEndsEveryPause(state: String) throws {
        var random = SeededGenerator(seed: 29)
        for _ in 0..<12 {
            let guest = try guest(
                try #require(Self.states[state]), tracer: Tracer(), isPaused: Bool.random(using: &random))
            for _ in 0..<Int.random(in: 0..<12, using: &random) { control(guest.guest, &random) }
            guest.guest.terminate()
            #expect(try guest.end() == .signalled(signal: 9))
        }
    }

    /// The guest comes to its end while it is paused, stepped and let go. Nothing that it does meets a condition.
    @Test func itEndsByItselfWhateverIsAskedMeanwhile() throws {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<40 {
            let guest = try guest(
                """
                (loop $on
                  \(Self.shortCall)
                  (call $note (i32.add (i32.load (i32.const 0)) (i32.const 1)))
                  (br_if $on (i32.lt_u (i32.load (i32.const 0)) (i32.const 300))))
                (call $exit (i32.const 7))
                """, tracer: Tracer(), isPaused: Bool.random(using: &random))
            for _ in 0..<Int.random(in: 0..<40, using: &random) { control(guest.guest, &random) }
            guest.guest.setBreak(nil)
            guest.guest.setPaused(false, of: .initial)
            guest.guest.resume()
            #expect(try guest.end() == .exited(code: 7))
        }
    }
}
