import Model
import Trace
import WasixABI

/// What each thread was in over the last seconds. A fold over states; a value. Bounded.
package struct Lanes: Sendable {
    /// Nanoseconds that are remembered.
    package static let span: UInt64 = 15_000_000_000
    /// Threads that are followed: the first ones.
    private static let mostThreads = 128
    /// Entries that are looked at of one state; of a flood the rest is passed over, so that it costs the same.
    private static let mostEntries: UInt64 = 4_000
    /// Parts in which it is remembered.
    private static let parts = 150
    private static let part = span / UInt64(parts)

    /// What a thread can be in.
    package enum Occupation: UInt8, CaseIterable, Sendable {
        /// Guest code, or a call that does not wait.
        case work
        case events, read, write, futex, sleep, join
        case other

        init(_ call: CallID) {
            self =
                switch call {
                case .epollWait, .pollOneoff, .pollOneoffUnstable: .events
                case .fdRead, .fdPread, .sockRecv, .sockRecvFrom, .sockAccept, .sockAcceptV2, .sockAcceptWasix: .read
                case .fdWrite, .fdPwrite, .sockSend, .sockSendTo, .sockSendFile, .sockConnect: .write
                case .futexWait, .atomicWait32, .atomicWait64: .futex
                case .threadSleep: .sleep
                case .threadJoin: .join
                default: .other
                }
        }
    }

    /// The time that a thread spent in each kind of wait, in milliseconds, part by part; a ring by the parts' numbers.
    private struct Lane: Sendable {
        /// The part in which it was seen first, and the newest.
        var first: UInt64
        var last: UInt64
        var times = [UInt16](repeating: 0, count: Lanes.parts * Occupation.allCases.count)

        mutating func advance(to part: UInt64) {
            guard part > last else { return }
            for number in max(last + 1, part - min(part, UInt64(Lanes.parts) - 1))...part { clear(number) }
            last = part
        }

        private mutating func clear(_ number: UInt64) {
            let start = Lanes.place(number)
            for index in start..<(start + Occupation.allCases.count) { times[index] = 0 }
        }

        /// Counts a wait from `start` to `end`, CLOCK_MONOTONIC nanoseconds.
        mutating func add(_ occupation: Occupation, from start: UInt64, to end: UInt64) {
            let oldest = last - min(last, UInt64(Lanes.parts) - 1)
            var moment = max(start, oldest * Lanes.part)
            while moment < end {
                let number = moment / Lanes.part
                guard number <= last else { return }
                let until = min(end, (number + 1) * Lanes.part)
                let index = Lanes.place(number) + Int(occupation.rawValue)
                // Short waits add up: counted in fiftieths of a millisecond.
                times[index] = UInt16(clamping: UInt64(times[index]) + (until - moment) / Lanes.tick)
                moment = until
            }
        }
    }

    /// Nanoseconds in a unit of `times`.
    private static let tick: UInt64 = 20_000
    private static func place(_ part: UInt64) -> Int { Int(part % UInt64(parts)) * Occupation.allCases.count }

    private var lanes: [ThreadID: Lane] = [:]
    private var seen: UInt64 = 0
    /// Until when the waits of each thread that goes on are counted.
    private var counted: [ThreadID: UInt64] = [:]

    package init() {}

    /// Takes the next state. States must come in order.
    package mutating func note(_ model: ModelState) {
        let now = model.now / Self.part
        let threads = model.threads.lazy.filter { $0.thread.state != .ended }.prefix(Self.mostThreads)
        var kept: [ThreadID: Lane] = [:]
        for row in threads {
            // Of one that waits it is known since when.
            let since = row.thread.state == .blocked ? row.thread.blockedSince : 0
            var lane = lanes[row.id] ?? Lane(first: since == 0 ? now : min(since / Self.part, now), last: now)
            lane.advance(to: now)
            kept[row.id] = lane
        }
        lanes = kept
        counted = counted.filter { kept[$0.key] != nil }
        learn(model)
        for row in threads where row.thread.state == .blocked {
            guard let call = row.thread.call, row.thread.blockedSince != 0 else { continue }
            let from = max(row.thread.blockedSince, counted[row.id] ?? 0)
            lanes[row.id]?.add(Occupation(call), from: from, to: model.now)
            counted[row.id] = model.now
        }
    }

    /// Waits that have ended.
    private mutating func learn(_ model: ModelState) {
        let range = model.trace.range
        let first = max(range.lowerBound, seen, range.upperBound - min(range.upperBound, Self.mostEntries))
        seen = range.upperBound
        for number in first..<range.upperBound {
            guard let entry = model.trace[number], let call = entry.call,
                entry.record.flags & TraceRecord.Flags.waited != 0, lanes[entry.thread] != nil
            else { continue }
            let start = model.time.monotonic(entry.record.start)
            let end = model.time.monotonic(entry.record.end)
            let from = max(start, counted[entry.thread] ?? 0)
            if from < end { lanes[entry.thread]?.add(Occupation(call), from: from, to: end) }
            counted[entry.thread] = max(counted[entry.thread] ?? 0, end)
        }
    }

    /// The time up to `now` in equal parts, oldest first: what the thread was in for most of each; nil where it was not
    /// there or nobody looked. They are those of `Lifelines.steps`.
    package func steps(_ thread: ThreadID, count: Int, now: UInt64) -> [Occupation?] {
        guard count > 0, let lane = lanes[thread] else { return Array(repeating: nil, count: max(count, 0)) }
        let length = Self.span / UInt64(count)
        let newest = now / length
        return (0..<count).map { column in
            let back = UInt64(count - 1 - column)
            guard newest >= back else { return nil }
            let start = (newest - back) * length
            // What is remembered belongs where it begins, or to several when it is longer.
            let first = (start + Self.part - 1) / Self.part
            let end = (start + length + Self.part - 1) / Self.part
            return Self.most(lane, first < end ? first..<end : (first - 1)..<first, now)
        }
    }

    private static func most(_ lane: Lane, _ numbers: Range<UInt64>, _ now: UInt64) -> Occupation? {
        let known = numbers.filter { $0 >= lane.first && $0 <= lane.last && $0 + UInt64(parts) > lane.last }
        guard !known.isEmpty else { return nil }
        var sums = [UInt64](repeating: 0, count: Occupation.allCases.count)
        for number in known {
            for occupation in Occupation.allCases {
                sums[Int(occupation.rawValue)] += UInt64(lane.times[place(number) + Int(occupation.rawValue)])
            }
        }
        let waited = sums.reduce(0, +)
        // The newest part has only begun.
        let whole = known.reduce(0) { $0 + (min(now, ($1 + 1) * part) - min(now, $1 * part)) / tick }
        if whole == 0, numbers.lowerBound > 0 { return most(lane, (numbers.lowerBound - 1)..<numbers.lowerBound, now) }
        guard waited * 2 >= whole, let longest = sums.indices.max(by: { sums[$0] < sums[$1] }) else { return .work }
        return Occupation(rawValue: UInt8(longest))
    }
}
