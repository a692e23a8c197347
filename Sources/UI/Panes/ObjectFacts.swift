import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// The current facts about one open file description.
enum ObjectFacts {
    static func lines(_ object: ObjectID, _ context: PaneContext) -> [StyledLine] {
        let rows = context.model.descriptors.filter { $0.descriptor.object == object && !$0.mark.isClosed }
        guard let first = rows.first?.descriptor else { return [StyledLine(" closed", Style(.faint))] }
        var line = StyledLine(" fd ", Style(.faint))
        line.add(rows.map { String($0.descriptor.fd.rawValue) }.joined(separator: " "))
        line.add(.faint, "  \(first.kind.name) ")
        line.add(.object, DescriptorText.name(first, context))
        line.add("  \(DescriptorText.longFlags(first))")
        line.add(.faint, "  in ")
        line.add(.number, NumberText.grouped(first.bytesIn))
        line.add(.faint, " out ")
        line.add(.number, NumberText.grouped(first.bytesOut))
        if let queue = first.queue {
            line.add(.faint, "  queue ")
            line.add(
                NumberText.grouped(queue.used) + (queue.capacity > 0 ? "/" + NumberText.grouped(queue.capacity) : ""))
            if queue.unsent > 0 {
                line.add(.faint, "  unsent ")
                line.add(NumberText.grouped(queue.unsent))
            }
        }
        return [line] + ends(first.detail) + registrations(object, context)
    }

    /// The state of a socket and both its addresses.
    private static func ends(_ detail: ObjectDetail) -> [StyledLine] {
        guard case .socket(let local, let peer, let state) = detail else { return [] }
        var line = StyledLine(" \(state.rawValue)", Style(.faint))
        if !local.isEmpty {
            line.add(.faint, "  local ")
            line.add(.object, Sanitizer.clean(local))
        }
        if !peer.isEmpty {
            line.add(.faint, "  peer ")
            line.add(.object, Sanitizer.clean(peer))
        }
        return [line]
    }

    private static func registrations(_ object: ObjectID, _ context: PaneContext) -> [StyledLine] {
        let found = context.model.epolls.flatMap { epoll in
            epoll.items.filter { $0.id.object == object && !$0.mark.isClosed }.map { (epoll.epoll.fd, $0) }
        }
        return found.prefix(3).map { epoll, row in
            let item = row.item
            var line = StyledLine(" in epoll \(epoll.rawValue)  ", Style(.faint))
            line.add(
                "\(EventText.long(item.mask.subtracting(.modes).subtracting(.always))) \(EventText.mode(item.mask))")
            line.add(.faint, "  edges \(item.edges)  reported \(item.reports)  ")
            let verdict = ItemVerdict(row, at: context.model.now)
            line.add(verdict.tone.role, verdict.longText)
            return line
        }
    }
}
