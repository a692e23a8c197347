import Testing
import WasixABI

@testable import Export

@Suite struct CallSetTests {
    private func calls(_ expression: String) throws -> Set<CallID> {
        let set = try CallSet(parsing: expression)
        return Set(CallID.allCases.filter(set.contains))
    }

    @Test func namesSelectEveryFormOfACall() throws {
        #expect(try calls("epoll_wait") == [.epollWait])
        #expect(try calls("trace=epoll_wait,fd_read") == [.epollWait, .fdRead])
        #expect(try calls("thread_spawn") == [.threadSpawn, .threadSpawnLegacy])
    }

    @Test func familiesComeFromTheCallTable() throws {
        #expect(try calls("%epoll") == [.epollCreate, .epollCtl, .epollWait])
        #expect(
            try calls("%futex") == [.futexWait, .futexWake, .futexWakeAll, .atomicNotify, .atomicWait32, .atomicWait64])
        #expect(try calls("%net").isSuperset(of: [.sockOpen, .sockConnect, .resolve]))
        for family in CallFamily.allCases { #expect(throws: Never.self) { try calls("%" + family.rawValue) } }
    }

    @Test func anExclamationMarkTakesAway() throws {
        let all = Set(CallID.allCases)
        #expect(try calls("!clock_time_get") == all.subtracting([.clockTimeGet]))
        #expect(
            try calls("trace=!%futex,!fd_read")
                == all.subtracting([
                    .futexWait, .futexWake, .futexWakeAll, .atomicNotify, .atomicWait32, .atomicWait64, .fdRead,
                ]))
        #expect(try calls("%epoll,!epoll_ctl") == [.epollCreate, .epollWait])
        #expect(try calls("all") == all)
        #expect(try calls("none").isEmpty)
    }

    @Test(arguments: [
        "", "trace=", "nonsense", "%nonsense", "fd_read,", ",", "!!fd_read", "!", "%", "inject=fd_read", "=",
        "fd_read=1",
    ])
    func nonsenseIsRefused(_ expression: String) {
        #expect(throws: FilterProblem.self) { try CallSet(parsing: expression) }
    }
}
