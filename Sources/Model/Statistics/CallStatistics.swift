import WasixABI

/// What is known about one call over the whole run. Times are nanoseconds.
package struct CallStatistics: Sendable {
    package struct ErrorCount: Sendable, Equatable {
        package var errno: Errno
        package var count: UInt64

        package init(errno: Errno, count: UInt64) {
            self.errno = errno
            self.count = count
        }
    }

    package var call: CallID
    /// Exact, from the guest's own counters and, for calls in progress, from its threads.
    package var calls: UInt64 = 0
    /// How many of them are in progress; their time so far counts.
    package var inProgress: UInt64 = 0
    package var errors: UInt64 = 0
    /// Time in the call: waits are included, and the time so far of calls in progress.
    package var wall: UInt64 = 0
    /// The part of `wall` that is no wait: what the calls kept a processor busy with.
    package var busy: UInt64 = 0
    /// Over the last second or so.
    package var callsPerSecond: Double = 0
    /// Of the records that were received: dropped ones are missing here.
    package var latency = LatencySummary()
    /// Most frequent first; of the records that were received.
    package var errorCounts: [ErrorCount] = []

    package init(call: CallID) { self.call = call }

    package var average: UInt64 { calls == 0 ? 0 : wall / calls }
}

/// The distribution of some duration, in nanoseconds.
package struct LatencySummary: Sendable, Equatable {
    package var count: UInt64 = 0
    package var p50: UInt64 = 0
    package var p90: UInt64 = 0
    package var p99: UInt64 = 0
    package var max: UInt64 = 0

    package init() {}
}
