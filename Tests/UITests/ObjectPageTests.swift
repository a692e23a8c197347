import Diagnosis
import Model
import Terminal
import Testing
import Trace
import WasixABI

@testable import UI

/// The page of a descriptor.
@Suite struct ObjectPageTests {
    private func page(_ fd: Int, _ model: ModelState = Fixture.echo(), columns: Int = 100, rows: Int = 40) -> Driver {
        var driver = Driver(model, columns: columns, rows: rows)
        driver.press(.character(":"))
        driver.type("goto fd \(fd)")
        driver.press(.enter)
        return driver
    }

    @Test func itSaysWhatIsWrongAndWhoWatches() {
        let driver = page(7)
        for text in [
            "ready for", "queue 3,904 of 65,536", "connected  local 10.0.0.1:7000  peer 10.0.0.2:41822", "held as fd 7",
            "What is wrong with it", "E01 fd 7 (tcp 10.0.0.2:41822) has something unread", "Who watches it",
            "epoll 4  IN ET  edges 18", "Who waits for it", "T1 epoll_wait(4)", "What was done last", "all calls on it",
        ] {
            #expect(driver.shows(text), "\(text) is missing in\n\(driver.canvas.text)")
        }
    }

    @Test func bothEndsOfAPipeAreThere() {
        var driver = page(4, Fixture.deadlock())
        #expect(driver.shows("The other end") && driver.shows("fd 3 pipe r"))
        #expect(driver.shows("T2 fd_write(4)") && driver.shows("E07 T2 waits for fd 4"))
        driver.press(.home, .down, .enter)
        #expect(driver.shows("Fds > 4 pipe#1 w > 3 pipe#1 r"))
        driver.press(.escape)
        #expect(driver.shows("Fds > 4 pipe#1 w") && !driver.shows("3 pipe#1 r "))
    }

    @Test func numbersOfSeveralProcessesAreToldApart() {
        var model = Fixture.echo()
        model.hasSeveralProcesses = true
        var other = model.descriptors[6]
        other.descriptor.process = ProcessID(rawValue: 2)
        model.descriptors.append(other)
        #expect(page(7, model).shows("held by P1 as fd 7 P2 as fd 7"))
    }

    @Test func whoeverFedItCouldEndAWait() {
        let full = page(4, Fixture.deadlock())
        #expect(full.shows("Who could end a wait for it"))
        #expect(full.line("T3  read the other end")?.contains("asleep in futex_wait") == true)
        #expect(!page(3).shows("Who could end a wait for it"))
    }

    @Test func enterLeadsOnAndEscapeBack() {
        var driver = page(7)
        driver.press(.home, .enter)
        #expect(driver.view.focus == .why && driver.shows("E01 et-not-drained"))
        driver.press(.escape)
        #expect(driver.view.focus == .object)
        driver.press(.end, .enter)
        #expect(driver.view.focus == .history && driver.shows("> calls"))
        driver.press(.escape, .escape)
        #expect(driver.view.focus == .fds)
    }

    @Test func whatWasClosedSaysSo() {
        var driver = page(9)
        driver.change { $0.descriptors.removeAll { $0.descriptor.fd.rawValue == 9 } }
        #expect(driver.shows("closed: no number stands for it any more"))
        #expect(driver.shows("all calls on it"))
    }

    @Test func itCanBeCopiedAndWritten() {
        var driver = page(7)
        driver.press(.character("y"))
        guard case .copy(let text)? = driver.reactions.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains("-- Who watches it --") && text.contains("held as fd 7"))
    }

    @Test(arguments: [(1, 1), (10, 5), (40, 10), (80, 24), (200, 60)]) func everySizeIsDrawn(columns: Int, rows: Int) {
        #expect(page(7, columns: columns, rows: rows).lines.count == rows)
    }

    /// From why to the descriptor that it is about.
    @Test func whyLeadsToItsDescriptor() {
        var driver = Driver()
        driver.press(.character("!"), .home, .enter)
        #expect(driver.view.focus == .object && driver.shows("Why > 7 tcp"))
    }
}
