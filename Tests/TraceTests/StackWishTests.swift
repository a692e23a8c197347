import Testing
import WasixABI

@testable import Trace

/// Stacks that are kept because somebody asked for them.
@Suite struct StackWishTests {
    private let tracer = Tracer()
    private let channel: ThreadChannel
    private let thread = ThreadID(rawValue: 1)

    init() { channel = tracer.makeChannel(process: .initial, thread: thread) }

    private func keeps(_ call: CallID, _ errno: Errno = .success, waited nanoseconds: Double = 0) -> Bool {
        let ticks = UInt64(nanoseconds / tracer.clock.nanosecondsPerTick())
        return channel.keepsStack(of: call.rawValue, errno, waitTicks: ticks)
    }

    @Test func withoutAWishNoneIsKept() {
        #expect(!keeps(.fdRead) && !keeps(CallID(rawValue: 0)!))
    }

    @Test func aWishIsGrantedOnce() {
        tracer.keepStack(StackWish(thread: thread, call: .fdRead))
        #expect(!keeps(.fdWrite))
        #expect(keeps(.fdRead, .again))
        #expect(!keeps(.fdRead))
    }

    @Test func itMayBeAboutAnAnswer() {
        for errno in [Errno.success, .again, .intr] {
            tracer.keepStack(StackWish(thread: thread, call: .epollWait, errno: errno))
            for other in [Errno.success, .again, .intr] where other != errno { #expect(!keeps(.epollWait, other)) }
            #expect(keeps(.epollWait, errno))
        }
    }

    @Test func itMayBeAboutALongSleep() {
        tracer.keepStack(StackWish(thread: thread, call: .fdRead, leastWait: 10_000_000))
        #expect(!keeps(.fdRead) && !keeps(.fdRead, waited: 9e6))
        #expect(keeps(.fdRead, waited: 11e6))
    }

    @Test func theLastWishCounts() {
        tracer.keepStack(StackWish(thread: thread, call: .fdRead))
        tracer.keepStack(StackWish(thread: thread, call: .fdWrite))
        #expect(!keeps(.fdRead) && keeps(.fdWrite))
    }

    @Test func aThreadThatIsNotThereHasNone() {
        tracer.keepStack(StackWish(thread: ThreadID(rawValue: 9), call: .fdRead, leastWait: .max))
        #expect(!keeps(.fdRead))
    }
}
