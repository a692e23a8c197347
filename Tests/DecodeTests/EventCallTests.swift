import Testing
import Trace
import WasixABI

@testable import Decode

@Suite struct EventCallTests {
    private func event(_ mask: UInt32, _ data: UInt64, pointer: UInt32 = 0, fd: UInt32 = 0, data1: UInt32 = 0)
        -> [UInt8]
    {
        structure(32, [(0, mask), (8, pointer), (12, fd), (16, data1), (24, data)])
    }

    @Test func controlNamesOperationAndMask() {
        let record = RecordBuilder(.epollCtl, [4, 1, 9, 0x100]).objects(2, 3).keep("event", event(0x43, 0x9))
        #expect(
            record.line(objects: [2: "epoll", 3: "tcp 10.0.0.2:41826"])
                == "epoll_ctl(4<epoll>, EPOLL_CTL_MOD, 9<tcp 10.0.0.2:41826>, {EPOLLIN|EPOLLOUT|EPOLLET, data=0x9}) = 0"
        )
    }

    @Test func anEventThatWasNotGivenIsNull() {
        let record = RecordBuilder(.epollCtl, [4, 2, 9, 0]).keep("event", event(0x43, 0x9))
        #expect(record.line() == "epoll_ctl(4, EPOLL_CTL_DEL, 9, NULL) = 0")
    }

    @Test func operationsFollowTheDialect() {
        func operation(_ number: UInt64, flags: UInt8 = 0) -> String {
            let line = RecordBuilder(.epollCtl, [4, number, 9, 0], errno: .noent).flag(flags).line()
            return String(line.dropFirst("epoll_ctl(4, ".count).prefix { $0 != "," })
        }
        let linux = TraceRecord.Flags.linuxDialect
        #expect(
            (0...4).map { operation($0) } == [
                "EPOLL_CTL_ADD", "EPOLL_CTL_MOD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD", "4 /* ??? */",
            ])
        #expect(
            (0...4).map { operation($0, flags: linux) }
                == ["0 /* ??? */", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD", "4 /* ??? */"])
    }

    @Test func userDataShowsItsOtherMembersOnlyWhenTheyDisagree() {
        func data(_ bytes: [UInt8]) -> String {
            let line = RecordBuilder(.epollCtl, [4, 0, 9, 0x100]).keep("event", bytes).line()
            return String(line.drop { $0 != "{" }.prefix { $0 != "}" })
        }
        #expect(data(event(1, 0x1_0000_0007, pointer: 7, fd: 9, data1: 7)) == "{EPOLLIN, data=0x100000007")
        #expect(data(event(1, 7)) == "{EPOLLIN, data=0x7")
        #expect(data(event(1, 7, pointer: 8, fd: 9, data1: 1)) == "{EPOLLIN, data=0x7, ptr=0x8, fd=9, data1=0x1")
    }

    @Test func waitShowsTheEventsItReturned() {
        let bytes = event(2, 9) + event(1, 5) + event(0xff, 0xdead)
        let record = RecordBuilder(.epollWait, [4, 0x100, 64, .max, 0x200]).objects(2).result(2)
            .keep("events", bytes, total: 64)
        #expect(
            record.line(objects: [2: "epoll"])
                == "epoll_wait(4<epoll>, [{EPOLLOUT, data=0x9}, {EPOLLIN, data=0x5}], maxevents=64, timeout=INF, "
                + "ret_nevents=2) = 0")
    }

    @Test func waitThatTimedOutOrFailed() {
        let none = RecordBuilder(.epollWait, [4, 0x100, 64, 50_000_000, 0x200]).result(0)
        #expect(none.line() == "epoll_wait(4, [], maxevents=64, timeout=50ms) = 0")
        let failed = RecordBuilder(.epollWait, [4, 0x100, UInt64(UInt32.max), 0, 0x200], errno: .inval)
        #expect(failed.line() == "epoll_wait(4, 0x100, maxevents=-1, timeout=0) = EINVAL")
    }

    @Test func shortNamesLeaveThePrefixAway() {
        var options = DecodeOptions()
        options.nameStyle = .short
        let record = RecordBuilder(.epollCtl, [4, 0, 9, 0x100]).keep("event", event(0x41, 0x9))
        #expect(record.line(options: options) == "epoll_ctl(4, ADD, 9, {IN|ET, data=0x9}) = 0")
        #expect(
            RecordBuilder(.clockTimeGet, [1, 1, 0x100]).keep("time", number: 102_416_002_113, size: 8)
                .line(options: options) == "clock_time_get(MONOTONIC, precision=1ns, time=102.416002113) = 0")
    }

    @Test func pollShowsSubscriptionsAndEvents() {
        let clock = structure(
            48, [(0, UInt64(1)), (8, UInt8(0)), (16, UInt32(1)), (24, UInt64(1_500_000)), (40, UInt16(1))])
        let read = structure(48, [(0, UInt64(2)), (8, UInt8(1)), (16, UInt32(5))])
        let result = structure(32, [(0, UInt64(2)), (8, UInt16(8)), (10, UInt8(1)), (16, UInt64(3)), (24, UInt16(1))])
        let record = RecordBuilder(.pollOneoff, [0x100, 0x200, 2, 0x300]).result(1)
            .keep("in", clock + read, total: 2).keep("out", result, total: 2)
        #expect(
            record.line()
                == "poll_oneoff([{userdata=0x1, type=CLOCK, id=CLOCK_MONOTONIC, timeout=1.5ms, flags=ABSTIME}, "
                + "{userdata=0x2, type=FD_READ, fd=5}], "
                + "[{userdata=0x2, error=EBADF, type=FD_READ, nbytes=3, flags=HANGUP}]) = 1")
    }

    @Test func pollOfSnapshot0HasItsOwnSubscription() {
        let clock = structure(56, [(0, UInt64(1)), (24, UInt32(0)), (32, UInt64(7)), (48, UInt16(0))])
        let record = RecordBuilder(.pollOneoffUnstable, [0x100, 0x200, 1, 0x300], errno: .intr)
            .keep("in", clock, total: 1)
        #expect(
            record.line()
                == "poll_oneoff([{userdata=0x1, type=CLOCK, id=CLOCK_REALTIME, timeout=7ns, flags=0}], 0x200) = EINTR")
    }

    @Test func futexesShowAddressValueAndTimeout() {
        let none = RecordBuilder(.futexWait, [0x1040f8, 2, 0x100, 0x200]).keep("timeout", structure(16, [])).result(1)
        #expect(none.line() == "futex_wait(0x1040f8, expected=2, timeout=INF, ret_woken=true) = 0")
        let some = RecordBuilder(.futexWait, [0x1040f8, 2, 0x100, 0x200])
            .keep("timeout", structure(16, [(0, UInt8(1)), (8, UInt64(2_000_000_000))])).result(0)
        #expect(some.line() == "futex_wait(0x1040f8, expected=2, timeout=2s, ret_woken=false) = 0")
        #expect(RecordBuilder(.futexWake, [0x40, 0x200]).result(1).line() == "futex_wake(0x40, ret_woken=true) = 0")
    }

    @Test func callsInProgressShowNoResult() {
        let formatter = CallFormatter { $0.rawValue == 2 ? "epoll" : nil }
        let wait = formatter.unfinished(
            call: .epollWait, words: [4, 0x100, 64, .max, .max, 0x200], isWide: false,
            objects: (ObjectID(rawValue: 2), .none))
        #expect(wait.text == "epoll_wait(4<epoll>, 0x100, maxevents=64, timeout=INF)")
        let futex = formatter.unfinished(
            call: .futexWait, words: [0x1040f8, 2, 0x100, 0x200], isWide: false, objects: (.none, .none))
        #expect(futex.text == "futex_wait(0x1040f8, expected=2, timeout=0x100)")
        let wide = formatter.unfinished(
            call: .epollWait, words: [4, 0x100, 7, 64, .max, .max, 0x200, 7], isWide: true, objects: (.none, .none))
        #expect(wide.text == "epoll_wait(4, 0x700000100, maxevents=64, timeout=INF)")
    }
}
