import Model
import Trace

/// How many threads wait, and which for longest.
package struct WaitingThreads: Sendable {
    package var waiting = 0
    package var alive = 0
    package var longest: ThreadSnapshot?

    package init(_ model: ModelState) {
        for row in model.threads where row.thread.state != .ended {
            alive += 1
            guard row.thread.state == .blocked else { continue }
            waiting += 1
            if row.thread.blockedSince > 0, row.thread.blockedSince < longest?.blockedSince ?? .max {
                longest = row.thread
            }
        }
    }
}
