import Model
import Trace
import WasixABI

/// What has become of registrations, change by change: the lifelines of a lesson. Time plays no part in it, because the
/// learner sets the pace. A fold over states; a value. Bounded.
package struct LessonTrail: Sendable {
    /// Changes of one registration that are kept.
    private static let most = 200

    /// How a registration was after a change.
    package struct Sample: Sendable, Equatable {
        package var unread: UInt64
        package var edges: UInt64
        package var told: UInt64
        package var reports: UInt64
        /// A wait would tell of it, were it level-triggered.
        package var levelTells: Bool
        /// Something is there, and no wait tells of it.
        package var isSilent: Bool
        /// It was reported with this change.
        package var isReport = false
        /// Of the state with which it came, among those that were noted.
        fileprivate var moment: UInt64
    }

    private var lines: [ItemRow.ID: [Sample]] = [:]
    private var moment: UInt64 = 0

    package init() {}

    /// Takes the next state. States must come in order.
    package mutating func note(_ model: ModelState) {
        moment += 1
        let unread = Dictionary(
            model.descriptors.lazy.filter { !$0.mark.isClosed }.map { ($0.descriptor.object, $0.descriptor.unread) }
        ) { first, _ in first }
        for row in model.epolls.lazy.filter({ !$0.mark.isClosed }).flatMap(\.items) where !row.mark.isClosed {
            var sample = sample(row, unread: unread[row.item.object] ?? nil)
            var samples = lines[row.id] ?? []
            if let last = samples.last {
                sample.isReport = sample.reports > last.reports
                var known = last
                known.isReport = sample.isReport
                known.moment = moment
                if known == sample { continue }
            }
            samples.append(sample)
            if samples.count > Self.most { samples.removeFirst() }
            lines[row.id] = samples
        }
    }

    private func sample(_ row: ItemRow, unread: UInt64?) -> Sample {
        let item = row.item
        let isThere = item.ready.contains(.in) && item.mask.contains(.in)
        return Sample(
            unread: unread ?? (isThere ? 1 : 0), edges: item.edges, told: item.reportedEdge, reports: item.reports,
            levelTells: item.levelWouldReport,
            isSilent: isThere && (item.reason == .edgeSpent || item.reason == .oneShotSpent), moment: moment)
    }

    /// The changes of a registration, oldest first; the last `count` of them.
    package func samples(_ id: ItemRow.ID, last count: Int) -> ArraySlice<Sample> { (lines[id] ?? []).suffix(count) }

    /// The changes of several registrations on one axis, oldest first, the last `count` of them: where one of them changed, the
    /// others are as they were, or nil where they were not there.
    package func samples(_ ids: [ItemRow.ID], last count: Int) -> [[Sample?]] {
        let lines = ids.map { self.lines[$0] ?? [] }
        let moments = Set(lines.joined().map(\.moment)).sorted().suffix(count)
        return lines.map { samples in
            moments.map { moment in
                var sample = samples.last { $0.moment <= moment }
                if sample?.moment != moment { sample?.isReport = false }
                return sample
            }
        }
    }
}
