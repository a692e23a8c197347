import Model
import Trace
import WasixABI

/// The registration that has been ready and unreported for longest, for the header's line about it.
package struct Silence: Sendable, Equatable {
    package var fd: FdNumber
    /// The instance, where there are several.
    package var epoll: FdNumber?
    /// What is there, room to write left out.
    package var events: EpollEvents
    /// `edge 18 spent`
    package var cause: String
    /// CLOCK_MONOTONIC nanoseconds of the last report.
    package var reportedAt: UInt64
    /// How many others there are.
    package var others: Int

    /// Nil while nothing is lost.
    package init?(_ model: ModelState) {
        var oldest: (epoll: FdNumber, row: ItemRow, verdict: ItemVerdict)?
        var count = 0
        for epoll in model.epolls where !epoll.mark.isClosed {
            for row in epoll.items where !row.mark.isClosed {
                let verdict = ItemVerdict(row, at: model.now)
                guard verdict.isSilenced else { continue }
                count += 1
                if oldest.map({ row.item.lastReportedAt < $0.row.item.lastReportedAt }) ?? true {
                    oldest = (epoll.epoll.fd, row, verdict)
                }
            }
        }
        guard let oldest else { return nil }
        let item = oldest.row.item
        fd = item.fd
        epoll = model.epolls.count > 1 ? oldest.epoll : nil
        events = oldest.verdict.asked.subtracting(.out)
        cause = oldest.verdict.kind == .oneShotSpent ? "one-shot spent" : "edge \(item.reportedEdge) spent"
        reportedAt = item.lastReportedAt
        others = count - 1
    }
}
