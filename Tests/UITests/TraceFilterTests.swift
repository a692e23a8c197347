import Terminal
import Testing

@testable import UI

/// The filter of the trace is in the language of calls, and says while it is typed what is wrong with it.
@Suite struct TraceFilterTests {
    private func driver(_ columns: Int = 80) -> Driver {
        var driver = Driver(columns: columns)
        driver.type("4z\\")
        return driver
    }

    private func shown(_ driver: Driver, _ call: String) -> Bool { driver.line(" \(call)(") != nil }

    @Test func callsAreChosenByTheirFields() {
        var driver = driver()
        driver.type("call=epoll_wait")
        #expect(shown(driver, "epoll_wait"))
        #expect(!shown(driver, "fd_read") && !shown(driver, "fd_write"))
        driver.press(.enter)
        #expect(driver.view.prompt == nil)
        #expect(driver.line("filter: call=epoll_wait") != nil)
        driver.press(.escape)
        #expect(driver.view[list: .trace].filter == "" && shown(driver, "fd_read"))
    }

    @Test func wordsAreStillTexts() {
        var driver = driver()
        driver.type("epoll_wait(")
        driver.press(.backspace)
        #expect(shown(driver, "epoll_wait") && !shown(driver, "fd_read"))
    }

    @Test func whatIsWrongIsMarkedAndTheLastValidFilterStays() {
        var driver = driver()
        driver.type("call=epoll_wait and fd=>3")
        let filter = "call=epoll_wait and fd"
        #expect(driver.view[list: .trace].filter == filter)
        let marks = driver.lines[driver.lines.count - 2]
        let typed = driver.lines[driver.lines.count - 1]
        #expect(typed.hasPrefix("filter: call=epoll_wait and fd=>3"))
        #expect(marks.prefix { $0 == " " }.count >= "filter: call=epoll_wait and fd".count)
        #expect(marks.contains("^"))
        driver.press(.enter)
        #expect(driver.view.prompt != nil, "it is not left with what cannot be read")
        driver.press(.backspace, .backspace)
        driver.type("4")
        #expect(driver.view[list: .trace].filter == "call=epoll_wait and fd=4")
        driver.press(.escape)
        #expect(driver.view[list: .trace].filter == "" && driver.view.prompt == nil)
    }

    @Test func aMarkIsInSightHoweverLongTheTextIs() {
        for columns in [20, 40, 80] {
            var driver = driver(columns)
            driver.type(String(repeating: "fd=1 or ", count: 30) + "fd=tcp")
            let marks = driver.lines[driver.lines.count - 2]
            #expect(marks.contains("^"), "\(columns)")
        }
    }

    @Test func tabCompletes() {
        var driver = driver()
        driver.type("call=epoll_w")
        driver.press(.tab)
        #expect(driver.lines.last?.hasPrefix("filter: call=epoll_wait") == true)
        driver.type(" and er")
        driver.press(.tab)
        #expect(driver.lines.last?.hasPrefix("filter: call=epoll_wait and err") == true)
    }

    @Test func theCommandTakesAndCompletesTheSameLanguage() {
        var driver = Driver()
        driver.type("4:filter fd=>3")
        driver.press(.enter)
        #expect(driver.view.prompt != nil && driver.view[list: .trace].filter == "")
        driver.press(.escape)
        driver.type(":filter call=epoll_w")
        driver.press(.tab, .enter)
        #expect(driver.view[list: .trace].filter == "call=epoll_wait")
        driver.type(":until err=EAG")
        driver.press(.tab, .enter)
        #expect(driver.reactions == [.control(.runUntil("err=EAGAIN"))])
    }
}
