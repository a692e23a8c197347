import Diagnosis
import Model
import Terminal
import Trace

/// The lines below an interest list: who waits, and what the list would report now.
enum EpollFooter {
    static func lines(_ row: EpollRow, _ report: InterestReport, _ context: PaneContext) -> [StyledLine] {
        let all = [reports(report), waiters(row, context), rates(row, context), order(row)]
        let room = context.height >= 11 ? 4 : context.height >= 7 ? 2 : context.height >= 5 ? 1 : 0
        return Array(all.prefix(room))
    }

    /// ` 3 as LT     ●·····●○○○○○○`: what the registration under the cursor would have been told, below its lifeline.
    static func level(_ row: EpollRow, _ list: ListState, _ context: PaneContext) -> [StyledLine] {
        guard context.width >= 48, context.height >= 8,
            let item = row.items.first(where: { list.cursor == .item($0.id) }),
            item.item.mask.contains(.et) || item.item.mask.contains(.oneshot)
        else { return [] }
        let number = String(item.item.fd.rawValue)
        let digits = max(context.descriptorDigits, 3)
        var line = StyledLine(" ")
        line.add(StyledLine(number, Style(.faint)).fitted(digits, .right, cut: " "))
        line.add(.faint, " as LT   ")
        line.add(LifelineText.levelLine(item, width: EpollPane.lifelineWidth(context.width), context))
        return [line]
    }

    /// What a wait would return now, and what it would if nothing were edge-triggered.
    private static func reports(_ report: InterestReport) -> StyledLine {
        var line = StyledLine(" now ", Style(.faint))
        line.add(report.reported.isEmpty ? .faint : .good, set(report.reported))
        line.add(.faint, "  if all were LT ")
        line.add(report.tone.role, set(report.underLevel))
        return line
    }

    private static func waiters(_ row: EpollRow, _ context: PaneContext) -> StyledLine {
        var line = StyledLine(" waiting ", Style(.faint))
        let waiting = context.model.threads.filter { row.epoll.waiters.contains($0.id) }
        if waiting.isEmpty { line.add("nobody") }
        for (index, thread) in waiting.prefix(4).enumerated() {
            line.add(index == 0 ? "" : ", ")
            line.add("T\(thread.id.rawValue) for \(context.age(thread.thread.blockedSince))")
            if index == 0 { line.add(.faint, thread.thread.deadline == nil ? " INF" : " with timeout") }
        }
        if waiting.count > 4 { line.add(.faint, " and \(waiting.count - 4) more") }
        return line
    }

    private static func rates(_ row: EpollRow, _ context: PaneContext) -> StyledLine {
        var line = StyledLine(" waits ", Style(.faint))
        line.add(.number, NumberText.short(row.waitsPerSecond) + "/s")
        let perWait = row.waitsPerSecond > 0 ? row.eventsPerSecond / row.waitsPerSecond : 0
        line.add(.faint, "  events/wait ")
        line.add(.number, "\(Int(perWait)).\(Int(perWait * 10) % 10)")
        line.add(.faint, "  timeouts ")
        line.add(.number, NumberText.short(row.epoll.timeouts))
        line.add(.faint, "  EINTR ")
        line.add(.number, NumberText.short(row.epoll.interruptions))
        return line
    }

    private static func order(_ row: EpollRow) -> StyledLine {
        var line = StyledLine(" ready list, in order: ", Style(.faint))
        line.add(
            row.epoll.readyOrder.isEmpty
                ? "empty"
                : row.epoll.readyOrder.prefix(20).map { String($0.rawValue) }
                    .joined(separator: " "))
        return line
    }

    private static func set(_ numbers: [FdNumber]) -> String {
        let shown = numbers.prefix(12).map { String($0.rawValue) }.joined(separator: " ")
        return "{" + shown + (numbers.count > 12 ? " +\(numbers.count - 12)" : "") + "}"
    }
}
