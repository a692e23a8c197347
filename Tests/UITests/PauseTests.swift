import Model
import Terminal
import Testing
import Trace
import WasixABI

@testable import UI

/// Pausing the guest and stepping through it by keys.
@Suite struct PauseTests {
    /// The guest is paused: T1 waits as before, T2 stands before a call.
    private func paused() -> Driver {
        var driver = Driver()
        driver.change { model in
            model.pace = .paused
            model.threads.append(Fixture.thread(7, .running, call: .fdWrite, words: [4, 0x100, 1, 0x200]))
            model.threads[model.threads.count - 1].thread.pausedAt = .beforeCall
        }
        return driver
    }

    @Test func pPausesAndRunsOn() {
        var driver = Driver()
        driver.type("p")
        #expect(driver.reactions == [.control(.pause)])
        driver.change { $0.pace = .paused }
        driver.type("p")
        #expect(driver.reactions == [.control(.pause), .control(.resume)])
    }

    @Test func sPausesFirstAndThenSteps() {
        var driver = Driver()
        driver.type("s")
        #expect(driver.reactions == [.control(.pause)])
        #expect(driver.line("paused: s makes a call") != nil)
        driver = paused()
        driver.type("s")
        #expect(driver.reactions == [.control(.step(ThreadID(rawValue: 7)))])
        driver.type("S")
        #expect(driver.reactions.last == .control(.runToWait))
    }

    @Test func aProcessIsPausedAlone() {
        var driver = Driver()
        driver.change { model in
            model.processes = [1, 2].map { number in
                ProcessSnapshot(
                    process: ProcessID(rawValue: number), parent: ProcessID(rawValue: number - 1), state: .running,
                    isStopped: false, isOrphan: false, program: "worker")
            }
            model.hasSeveralProcesses = true
        }
        driver.type("9")
        driver.press(.down)
        driver.type("P")
        #expect(driver.reactions == [.control(.setPaused(true, ProcessID(rawValue: 2)))])
        driver.change { model in
            model.processes[1].isPausedAlone = true
            model.threads.append(Fixture.thread(7, .running, call: .fdWrite, words: [4, 0x100, 1, 0x200]))
            model.threads[model.threads.count - 1].thread.pausedAt = .beforeCall
        }
        let line = PauseText(driver.model, driver.view).line(80).text
        #expect(line.hasPrefix(" P2 paused: T7 is about to call fd_write  s step"))
        #expect(driver.line(" paused ") != nil && driver.lines[0].contains("RUN"))
        driver.type("s")
        #expect(driver.reactions.last == .control(.step(ThreadID(rawValue: 7))))
        driver.type("P")
        #expect(driver.reactions.last == .control(.setPaused(false, ProcessID(rawValue: 2))))
        driver.change { $0.processes[0].isPausedAlone = true }
        #expect(driver.lines[0].contains("PAUSED"))
    }

    @Test func theHeaderSaysThatItIsPausedAndWhatComesNext() {
        let driver = paused()
        #expect(driver.lines[0].contains("PAUSED"))
        #expect(driver.line("T7 is about to call fd_write  s step") != nil)
        let next = driver.lines.filter { $0.contains("T7 fd_write(4") && $0.contains(" next") }
        #expect(next.count == 1)
    }

    /// Where there is no room for all calls in progress, the longest waits and what comes next are shown.
    @Test func theLongestWaitsStayInView() {
        var driver = Driver()
        driver.change { model in
            for number in UInt32(20)..<60 {
                let since = UInt64(100 - number) * 100 * Fixture.millisecond
                model.threads.append(
                    Fixture.thread(number, .blocked, call: .threadSleep, words: [number], since: since))
            }
        }
        #expect(driver.lines.contains { $0.contains(" T20 thread_sleep(") })
        #expect(!driver.lines.contains { $0.contains(" T59 thread_sleep(") })
        driver.change { model in
            model.pace = .paused
            model.threads.append(Fixture.thread(70, .running, call: .fdWrite, words: [4, 0x100, 1, 0x200]))
            model.threads[model.threads.count - 1].thread.pausedAt = .beforeCall
        }
        #expect(driver.lines.contains { $0.contains(" T70 fd_write(4") })
    }

    @Test func aThreadThatWaitsIsNotStepped() {
        var driver = paused()
        driver.change { $0.threads[$0.threads.count - 1].thread.pausedAt = nil }
        driver.type("s")
        #expect(driver.reactions.isEmpty)
        #expect(driver.line("no thread is paused: all wait") != nil)
    }

    @Test func theThreadUnderTheCursorIsStepped() {
        var driver = paused()
        driver.change { model in
            model.threads.append(Fixture.thread(9, .running))
            model.threads[model.threads.count - 1].thread.pausedAt = .afterCall
        }
        driver.type("5Gk")
        let cursorLine = driver.cursorLine
        #expect(cursorLine?.contains("paused") ?? false)
        driver.type("s")
        #expect(driver.reactions == [.control(.step(ThreadID(rawValue: 9)))])
        // It stays the one that is stepped, as long as it is paused.
        driver.type("1s")
        #expect(driver.reactions.last == .control(.step(ThreadID(rawValue: 9))))
        driver.change { $0.threads[$0.threads.count - 1].thread.pausedAt = nil }
        driver.type("s")
        #expect(driver.reactions.last == .control(.step(ThreadID(rawValue: 7))))
        #expect(driver.line("T9 is not paused: T7 steps") != nil)
    }

    @Test func aGuestThatHasEndedIsNotPaused() {
        var driver = Driver()
        driver.change { $0.guest = .exited(code: 0) }
        driver.type("psS")
        #expect(driver.reactions.isEmpty)
        #expect(driver.line("the guest has ended") != nil)
        var recording = Driver(canType: false)
        recording.type("p")
        #expect(recording.reactions.isEmpty)
        #expect(recording.line("there is no guest to pause") != nil)
    }

    @Test func aFilterBehindAColonSaysHowFarItRuns() {
        var driver = Driver()
        driver.type(":until fd=4 and err=EAGAIN")
        driver.press(.enter)
        #expect(driver.reactions == [.control(.runUntil("fd=4 and err=EAGAIN"))])
        driver.type(":break call=fd_read")
        driver.press(.enter)
        #expect(driver.reactions.last == .control(.setBreak("call=fd_read")))
        #expect(driver.line("pauses for call=fd_read") != nil)
        driver.type(":break")
        driver.press(.enter)
        #expect(driver.reactions.last == .control(.setBreak(nil)))
    }

    @Test func aFilterThatCannotBeReadIsSaidInTheLine() {
        var driver = Driver()
        driver.type(":until fd=tcp")
        driver.press(.enter)
        #expect(driver.reactions.isEmpty)
        guard case .command(let line)? = driver.view.prompt else {
            Issue.record("the line is gone")
            return
        }
        #expect(!line.note.isEmpty)
        driver.press(.escape)
        driver.type(":until hello")
        driver.press(.enter)
        #expect(driver.reactions.isEmpty)
        #expect(driver.line("cannot ask for text") != nil)
    }

    @Test func aBreakOnFindingsNamesLints() {
        var driver = Driver()
        for words in ["lint:any", "lint:error", "lint:E01,busy-poll"] {
            driver.type(":break \(words)")
            driver.press(.enter)
            #expect(driver.reactions.last == .control(.setBreak(words)))
        }
        let count = driver.reactions.count
        for words in ["lint:", "lint:E99", "lint:error,", "lint:E01 E02"] {
            driver.type(":break \(words)")
            driver.press(.enter)
            #expect(driver.line("no such lint") != nil, "\(words)")
            driver.press(.escape)
        }
        #expect(driver.reactions.count == count)
    }

    /// In a pause time goes by: nothing that is found in it is the guest's fault.
    @Test func aPauseIsNoStandstill() {
        var driver = Driver(Fixture.deadlock())
        #expect(driver.lines[0].contains("STALLED") || driver.lines[0].contains("STUCK"))
        driver.change { $0.pace = .paused }
        #expect(driver.lines[0].contains("PAUSED"))
    }
}
