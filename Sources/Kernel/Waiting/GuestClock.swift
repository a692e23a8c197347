import CLinux
import Glibc

/// The time that guests see: the host's, less what it has stood still for while the guest was paused (article Pause).
///
/// Guests' deadlines are points of this clock, so that a wait that is paused has as much time left afterwards as before.
/// One word, so that reading it takes no lock: how far it is behind the host's clocks while it runs, and while it stands, the
/// time of CLOCK_MONOTONIC at which it does.
public struct GuestClock: @unchecked Sendable {
    // Safe to share: every access to the word is atomic.
    private static let standing: UInt64 = 1 << 63
    /// About to stand: whoever reads it waits for the moment until it is known when.
    private static let stopping = UInt64.max

    private let word: UnsafeMutablePointer<UInt64>

    init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
    }

    func deallocate() { word.deallocate() }

    /// The time now, by a clock that the host has: nanoseconds. Any thread, no lock.
    @inline(__always)
    public func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
        while true {
            let before = cl_load_acquire64(word)
            let host = HostClock.now(clock)
            // What was read between two states belongs to neither.
            guard before != Self.stopping, cl_load_acquire64(word) == before else { continue }
            if before & Self.standing == 0 { return host &- before }
            return clock == CLOCK_MONOTONIC ? before ^ Self.standing : host &- behind(before)
        }
    }

    /// The same point in time by the host's CLOCK_MONOTONIC; all ones for never, which it also is while the clock stands. Lock
    /// held.
    @inline(__always)
    func hostTime(of deadline: UInt64) -> UInt64 {
        guard deadline != .max, deadline != 0 else { return deadline }
        let state = cl_load_acquire64(word)
        guard state & Self.standing == 0 else { return .max }
        let (sum, overflows) = deadline.addingReportingOverflow(state)
        return overflows ? .max : sum
    }

    /// The same for whoever shows how much time is left: as if the clock ran on now.
    func shownHostTime(of deadline: UInt64) -> UInt64 {
        let state = cl_load_acquire64(word)
        let (sum, overflows) = deadline.addingReportingOverflow(state & Self.standing == 0 ? state : behind(state))
        return overflows ? .max : sum
    }

    /// Lock held.
    var stands: Bool { cl_load_acquire64(word) & Self.standing != 0 }

    /// Lock held.
    func stop() {
        let state = cl_load_acquire64(word)
        guard state & Self.standing == 0 else { return }
        // Nobody may have read a later time than the one at which it stands.
        _ = cl_exchange64(word, Self.stopping)
        cl_store_release64(word, HostClock.now() &- state | Self.standing)
    }

    /// Lock held.
    func start() {
        let state = cl_load_acquire64(word)
        guard state & Self.standing != 0 else { return }
        cl_store_release64(word, behind(state))
    }

    /// How far it is behind the host by now.
    private func behind(_ state: UInt64) -> UInt64 { HostClock.now() &- (state ^ Self.standing) }
}
