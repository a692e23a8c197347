import Decode
import Model
import Trace
import WasixABI

/// Looks at one state after the other and says what is wrong. A finding appears when what it is about has held long
/// enough, keeps its beginning and its count, and goes when the state has been right for a second: nothing flickers. A guest
/// that has ended is examined once more, as it was at its end.
/// A value that belongs to one thread.
package struct Examiner {
    /// Nanoseconds that a finding stays after it was last seen.
    private static let patience: UInt64 = 1_000_000_000

    /// Stacks that are kept with a finding.
    private static let mostPlaces = 4

    private struct Track {
        var first: UInt64
        var last: UInt64
        var finding: Finding
        /// It has held long enough and is shown.
        var hasFired = false
    }

    private var habits = Habits()
    private var memory = LintMemory()
    private var lifelines = Lifelines()
    private var lanes = Lanes()
    private var tracks: [Finding.ID: Track] = [:]
    /// Every finding that there was, as it was last.
    private var history: [Finding.ID: Finding] = [:]
    private var seen: UInt64 = 0
    private var dropped: UInt64 = 0
    private var hasSeenEnd = false
    /// States that were examined.
    private var looks = 0
    private let off: Set<LintID>

    /// - Parameter off: lints that are not looked for.
    package init(off: Set<LintID> = []) { self.off = off }

    /// Takes the next state. States must come in order.
    package mutating func examine(_ model: ModelState) -> Examination {
        let hasLost = model.loss.dropped != dropped || model.trace.range.lowerBound > seen
        habits.learn(model, from: seen, lost: hasLost)
        seen = model.trace.total
        dropped = model.loss.dropped
        var result = Examination()
        let descriptors = DescriptorIndex(model)
        result.graph = WaitGraph(model, users: habits.users, descriptors: descriptors)
        // Of a paused guest nothing is new: what was found before stays.
        if !hasSeenEnd, model.pace != .paused || model.guest.hasEnded {
            let facts = LintFacts(model: model, graph: result.graph, habits: habits, index: descriptors)
            memory.note(facts)
            var wishes: [StackWish] = []
            for suspicion in LintChecks.all(facts, memory) where !off.contains(suspicion.lint.id) {
                track(suspicion, model, &wishes)
            }
            looks += 1
            result.wishes = Dictionary(grouping: wishes, by: \.thread).values.map { $0[looks % $0.count] }
            hasSeenEnd = model.guest.hasEnded
            tracks = tracks.filter { model.now < $0.value.last &+ ($0.value.hasFired ? Self.patience : 0) &+ 1 }
        }
        result.findings = tracks.values.filter(\.hasFired).map(\.finding).sorted { $0.isWorse(than: $1) }
        result.findings = Self.withoutEchoes(result.findings)
        result.verdict = GuestVerdict(model, result.graph)
        if !model.guest.hasEnded {
            lifelines.note(model)
            lanes.note(model)
        }
        result.lifelines = lifelines
        result.lanes = lanes
        result.users = habits.users
        return result
    }

    private mutating func track(_ suspicion: Finding, _ model: ModelState, _ wishes: inout [StackWish]) {
        let now = model.now
        var track = tracks[suspicion.id] ?? Track(first: min(suspicion.since, now), last: now, finding: suspicion)
        // A later beginning is that of another wait. A check that knows no beginning says the present.
        if !track.hasFired, suspicion.since > track.first, suspicion.since < now { track.first = suspicion.since }
        track.last = now
        let since = track.first
        let before = track.finding
        track.finding = suspicion
        track.finding.since = since
        track.finding.places = suspicion.threads.prefix(Self.mostPlaces).compactMap { id in
            Self.place(id, model) ?? before.places.first { $0.thread == id }
        }
        if now >= since &+ suspicion.hold { track.hasFired = true }
        if track.hasFired { Self.addStacks(to: &track.finding, before, model) }
        if track.finding.stack.isEmpty, let offence = suspicion.offence {
            track.finding.stack = habits.stack(of: offence)
            if track.finding.stack.isEmpty { wishes.append(offence) }
        }
        if track.finding.stack.isEmpty { track.finding.stack = before.stack }
        tracks[suspicion.id] = track
        if track.hasFired { history[suspicion.id] = track.finding }
    }

    /// Of the calls that its facts are taken from; what was known before stays when the trace lets go of them.
    private static func addStacks(to finding: inout Finding, _ before: Finding, _ model: ModelState) {
        for index in finding.evidence.indices {
            guard let number = finding.evidence[index].entry else { continue }
            let known = before.evidence.first { $0.entry == number }?.frames ?? []
            finding.evidence[index].frames = known.isEmpty ? model.trace[number]?.stack ?? [] : known
        }
        guard finding.stack.isEmpty else { return }
        finding.stack = finding.evidence.first { $0.isDeed && !$0.frames.isEmpty }?.frames ?? []
    }

    private static func place(_ id: ThreadID, _ model: ModelState) -> Finding.Place? {
        guard let thread = model.threads.first(where: { $0.id == id })?.thread, !thread.stack.isEmpty else {
            return nil
        }
        return Finding.Place(thread: id, call: thread.call, frames: thread.stack)
    }

    /// Everything that was found so far, also what has gone since; worst first.
    package var found: [Finding] { Self.withoutEchoes(history.values.sorted { $0.isWorse(than: $1) }) }

    /// That all threads wait is said only when nothing says why.
    private static func withoutEchoes(_ findings: [Finding]) -> [Finding] {
        let hasCause = findings.contains { $0.lint.severity == .error && $0.lint.id != .allBlocked }
        return hasCause ? findings.filter { $0.lint.id != .allBlocked } : findings
    }
}

extension Finding {
    /// For lists: the worst first, of equals the one that began first.
    func isWorse(than other: Finding) -> Bool {
        if lint.severity != other.lint.severity { return lint.severity > other.lint.severity }
        return (since, lint.code, text) < (other.since, other.lint.code, other.text)
    }
}
