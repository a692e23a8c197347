import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// The guest is moved a call at a time, and looked at only when nothing moves.
@Suite struct LessonRunnerTests {
    private func state(_ threads: [ThreadRow], settled: Bool = true, steps: UInt64 = 0) -> ExaminedState {
        var model = Fixture.state(threads)
        model.pace = .paused
        model.isSettled = settled
        model.stepsGiven = steps
        var examiner = Examiner()
        return ExaminedState(model: model, examination: examiner.examine(model))
    }

    private func paused(_ number: UInt32, _ call: CallID, fd: UInt32 = 3) -> ThreadRow {
        var row = Fixture.thread(number, call, fd: fd, state: .running)
        row.thread.pausedAt = .beforeCall
        return row
    }

    @Test func whoeverIsNotAboutToWaitGoesFirst() {
        var runner = LessonRunner()
        let both = state([paused(1, .epollWait), paused(2, .fdWrite)])
        #expect(runner.move(both, until: .exited) == .step(ThreadID(rawValue: 2)))
        let waiting = state([paused(1, .epollWait), paused(2, .threadSleep)], steps: 1)
        #expect(runner.move(waiting, until: .exited) == .step(.main))
    }

    @Test func aStateFromBeforeTheStepIsPassedOver() {
        var runner = LessonRunner()
        #expect(runner.move(state([paused(1, .fdWrite)]), until: .exited) == .step(.main))
        #expect(runner.move(state([paused(1, .fdWrite)]), until: .exited) == .wait)
        #expect(runner.move(state([paused(1, .fdWrite)], settled: false, steps: 1), until: .exited) == .wait)
        #expect(runner.move(state([paused(1, .fdRead)], steps: 1), until: .exited) == .step(.main))
    }

    @Test func itStopsWhereTheConditionHoldsFirst() throws {
        var runner = LessonRunner()
        let after = try #require(ConditionTests.condition("T1 after write(3)"))
        #expect(runner.move(state([paused(1, .fdWrite)]), until: after) == .step(.main))
        #expect(runner.move(state([paused(1, .fdRead)], steps: 1), until: after) == .arrived)
        #expect(runner.move(state([paused(1, .fdRead)], steps: 1), until: after) == .arrived)
    }

    @Test func onlyTheChosenThreadsMove() {
        var runner = LessonRunner()
        let threads = state([paused(1, .fdWrite), paused(2, .fdWrite)])
        #expect(runner.move(threads, until: .exited, movers: [ThreadID(rawValue: 2)]) == .step(ThreadID(rawValue: 2)))
        var other = LessonRunner()
        guard case .lost(let why) = other.move(threads, until: .exited, movers: [ThreadID(rawValue: 9)]) else {
            Issue.record("it goes on")
            return
        }
        #expect(why.contains("may not move"))
    }

    /// A new thread may have been paused before it came to its first call.
    @Test func whoeverStandsBetweenCallsIsBroughtToTheNextOne() {
        var runner = LessonRunner()
        var new = paused(2, .fdWrite)
        new.thread.pausedAt = .insideCode
        new.thread.call = nil
        let threads = state([paused(1, .epollWait), new])
        #expect(runner.move(threads, until: .exited, movers: [.main]) == .step(ThreadID(rawValue: 2)))
        let there = state([paused(1, .epollWait), paused(2, .fdWrite)], steps: 1)
        #expect(runner.move(there, until: .exited, movers: [.main]) == .step(.main))
    }

    @Test func aStandstillIsSaid() {
        var runner = LessonRunner()
        let asleep = Fixture.thread(1, .fdRead, fd: 3)
        var model = Fixture.state([asleep], descriptors: Fixture.pipe(3, 4))
        model.pace = .paused
        model.isSettled = true
        var examiner = Examiner()
        let stuck = ExaminedState(model: model, examination: examiner.examine(model))
        guard case .lost(let why) = runner.move(stuck, until: .exited) else {
            Issue.record("it waits")
            return
        }
        #expect(why.contains("All threads sleep"))
        let timer = state([Fixture.thread(1, .threadSleep, deadline: Fixture.now + 1)])
        #expect(runner.move(timer, until: .exited) == .wait)
    }

    @Test func anEndThatComesFirstIsSaid() {
        var ended = state([])
        ended.model.guest = .exited(code: 3)
        var runner = LessonRunner()
        #expect(runner.move(ended, until: .exited) == .arrived)
        guard case .lost(let why) = runner.move(ended, until: .asleep) else {
            Issue.record("it waits")
            return
        }
        #expect(why.contains("ended with status 3"))
    }

    @Test func aGuestThatNeverComesThereIsGivenUp() {
        var runner = LessonRunner()
        var next = state([paused(1, .fdWrite)])
        for step in 0..<LessonRunner.mostSteps {
            next.model.stepsGiven = UInt64(step)
            #expect(runner.move(next, until: .exited) == .step(.main))
        }
        next.model.stepsGiven = UInt64(LessonRunner.mostSteps)
        guard case .lost(let why) = runner.move(next, until: .exited) else {
            Issue.record("it goes on")
            return
        }
        #expect(why.contains("has not come to this checkpoint"))
    }
}
