import Testing
import WasixABI

@Suite struct SignalTests {
    private let wasix = """
        HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG
        XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test func numbersAreThoseOfLinux() {
        #expect(Signal.all.map(\.name) == wasix.map { "SIG" + $0 })
        #expect(Signal.term.rawValue == 15 && Signal.chld.rawValue == 17 && Signal.sys.rawValue == 31)
        #expect(Signal.none.name == "0" && Signal(rawValue: 200).name == "SIG_200")
    }

    @Test func preview1HasNoStackFault() {
        let preview1 = (1...30).map { Signal(preview1: UInt8($0))?.name }
        #expect(preview1 == wasix.filter { $0 != "STKFLT" }.map { "SIG" + $0 })
        #expect(Signal(preview1: 31) == nil && Signal(preview1: 255) == nil)
    }

    @Test func defaultActionsFollowTheTable() {
        func names(_ action: Signal.DefaultAction) -> Set<String> {
            Set(Signal.all.filter { $0.defaultAction == action }.map { String($0.name.dropFirst(3)) })
        }
        #expect(names(.ignore) == ["CHLD", "URG", "WINCH"])
        #expect(names(.stop) == ["STOP", "TSTP", "TTIN", "TTOU"])
        #expect(names(.resume) == ["CONT"])
        #expect(
            names(.abort) == ["QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "XCPU", "XFSZ", "SYS"])
        #expect(names(.terminate).count == 13 && names(.terminate).isSuperset(of: ["PIPE", "STKFLT", "KILL"]))
        #expect(Signal.none.defaultAction == nil && Signal(rawValue: 65).defaultAction == nil)
        #expect((32...64).allSatisfy { Signal(rawValue: $0).defaultAction == .terminate })
        #expect(Signal(number: 64)?.rawValue == 64 && Signal(number: 65) == nil && Signal(number: 256 + 15) == nil)
    }

    @Test func killAndStopCannotBeHandled() {
        #expect(Signal.all.filter { !$0.canBeHandled } == [.kill, .stop])
    }
}
