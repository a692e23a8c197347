import Diagnosis
import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

@testable import Kernel

/// What an explanation says that the next wait will return is what Linux returns, in the same order: random programs with
/// registrations of all modes on pipes, socket pairs, event counters and other instances, done in our kernel and in the host.
/// `WASIX_TOP_LONG=1` explains 100,000 waits.
@Suite struct PredictionTests {
    private static let programs = isLongForm ? 200 : 8
    private static let waitsEach = isLongForm ? 500 : 100

    @Test func theNextWaitIsForetold() throws {
        var tally = Tally()
        for program in 0..<Self.programs {
            var walk = try Walk(seed: UInt64(program))
            do {
                try Spawning.withheld { try walk.run(waits: Self.waitsEach, &tally) }
            } catch {
                Issue.record("program \(program), step \(walk.step): \(error)")
                return
            }
        }
        #expect(tally.waits == Self.programs * Self.waitsEach)
        #expect(tally.events > tally.waits / 2 && tally.full > tally.waits / 20 && tally.silent > tally.waits / 10)
        if isLongForm {
            print(
                "foretold \(tally.waits) waits: \(tally.events) events in order, \(tally.full) full arrays,"
                    + " \(tally.empty) empty, \(tally.silent) with something that is not told")
        }
    }
}

/// What the waits were like: a test of nothing but empty waits says little.
private struct Tally {
    var waits = 0
    var events = 0
    var full = 0
    var empty = 0
    var silent = 0
}

/// One random program.
private struct Walk {
    private let worlds: TwoWorlds
    private var random: SeededGenerator
    private(set) var step = 0

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        worlds = try TwoWorlds(instances: 3)
        for _ in 0..<4 { try makeSomething() }
    }

    mutating func run(waits: Int, _ tally: inout Tally) throws {
        var left = waits
        while left > 0 {
            step += 1
            switch pick(20) {
            case 0..<5: try control()
            case 5..<9: try worlds.write(end(), count: 1 + pick(pick(4) == 0 ? 70_000 : 200))
            case 9..<13: try worlds.read(end(), count: 1 + pick(pick(3) == 0 ? 70_000 : 200))
            case 13:
                if worlds.ends.count > 12 { worlds.close(pick(worlds.ends.count)) } else { try makeSomething() }
            default:
                try wait(&tally)
                left -= 1
            }
        }
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    private mutating func end() -> TwoWorlds.End { worlds.ends[pick(worlds.ends.count)] }
    private mutating func instance() -> TwoWorlds.End { worlds.instances[pick(worlds.instances.count)] }

    private mutating func makeSomething() throws {
        switch pick(3) {
        case 0: try worlds.makePipe()
        case 1: try worlds.makeSocketPair()
        default: try worlds.makeCounter()
        }
    }

    private mutating func control() throws {
        let masks: [EpollEvents] = [.in, .in, .out, [.in, .out], [.in, .rdhup], [], .rdhup]
        var events = masks[pick(masks.count)]
        if pick(2) == 0 { events.insert(.et) }
        if pick(4) == 0 { events.insert(.oneshot) }
        let operation: TwoWorlds.Operation = [.add, .add, .add, .modify, .modify, .delete][pick(6)]
        let target = pick(12) == 0 ? instance() : end()
        try worlds.control(operation, instance(), target, events)
    }

    private mutating func wait(_ tally: inout Tally) throws {
        let instance = instance()
        let limit = [1, 2, 3, 64][pick(4)]
        let explanation = WaitExplanation(next: worlds.snapshot(instance), limit: UInt32(limit), isAsleep: false)
        let foretold = Self.events(explanation)
        let (theirs, ours) = try worlds.wait(instance, limit: limit)
        guard foretold == theirs else {
            let kinds = explanation.rows.map { "\($0.item.fd.rawValue) \(worlds.kind(of: $0.item.fd))" }
            throw TwoWorlds.Divergence(
                description: "foretold \(foretold), Linux returned \(theirs), we \(ours); \(kinds)")
        }
        guard ours == theirs else {
            throw TwoWorlds.Divergence(description: "we returned \(ours), Linux returned \(theirs)")
        }
        try checkHistory(instance, explanation, theirs)
        tally.waits += 1
        tally.events += theirs.count
        if theirs.isEmpty { tally.empty += 1 }
        if explanation.rows.contains(where: { $0.mark == .stopped }) { tally.full += 1 }
        if explanation.rows.contains(where: { $0.underLevel == .returned }) { tally.silent += 1 }
    }

    private static func events(_ explanation: WaitExplanation) -> [TwoWorlds.Event] {
        explanation.rows.filter(\.item.decision.isReported)
            .map { TwoWorlds.Event(fd: $0.item.fd.rawValue, events: $0.item.asked) }
    }

    /// What was kept of the wait says the same afterwards, item by item, and leaves the list as it is.
    private func checkHistory(
        _ instance: TwoWorlds.End, _ foretold: WaitExplanation, _ returned: [TwoWorlds.Event]
    ) throws {
        let history = worlds.history(instance)
        guard let look = history.looks.last else { throw TwoWorlds.Divergence(description: "nothing was kept") }
        let kept = WaitExplanation(look, in: history)
        let decisions = { (explanation: WaitExplanation) in
            Dictionary(
                uniqueKeysWithValues: explanation.rows.map {
                    ($0.id.fd, [$0.item.decision.rawValue, $0.item.isArmed ? 1 : 0])
                })
        }
        guard Self.events(kept) == returned, decisions(kept) == decisions(foretold),
            kept.rows.map(\.underLevel) == foretold.rows.map(\.underLevel)
        else { throw TwoWorlds.Divergence(description: "what was kept differs from what was foretold") }
        let list = worlds.snapshot(instance).readyOrder
        guard kept.left == list, foretold.left == list else {
            throw TwoWorlds.Divergence(description: "left \(kept.left), foretold \(foretold.left), is \(list)")
        }
    }
}
