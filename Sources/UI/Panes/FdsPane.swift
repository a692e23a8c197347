import Diagnosis
import Model
import Terminal
import Trace

/// Pane 1: every descriptor, what it is, what it is ready for.
struct FdsPane: PaneView {
    let id = Pane.fds
    let name = "Fds"
    var traits: (any TableTraits)? { Self.table }

    static let table = Table<DescriptorRow>(
        columns: [
            Column(title: "FD", width: 3, isDescriptor: true, alignment: .right, meaning: "descriptor number") {
                row, _ in
                Span(String(row.descriptor.fd.rawValue))
            },
            Column(title: "TYPE", width: 8, meaning: "what the description behind it is") { row, _ in
                Span(row.descriptor.kind.name, Style(.object))
            },
            Column(title: "NAME", width: 10, isFlexible: true, fromWidth: 50, meaning: "which one of its type it is") {
                row, _ in Span(name(row.descriptor))
            },
            Column(title: "EP", width: 2, alignment: .right, meaning: "the epoll descriptor that watches it") {
                row, _ in Span(watchers(row.descriptor), Style(.number))
            },
            Column(title: "RDY", width: 3, meaning: "r readable now, w writable now, ! error or hang-up") { row, _ in
                let text = EventText.readiness(row.descriptor.ready)
                return Span(text, Style(text.hasPrefix("r") ? .good : text.hasSuffix("!") ? .attention : .text))
            },
            Column(title: "QUEUE", width: 6, alignment: .right, meaning: "bytes waiting; connections for listeners") {
                row, _ in Span(queue(row.descriptor.queue))
            },
            Column(title: "IN/s", width: 4, alignment: .right, meaning: "bytes read a second (eventfd: reads)") {
                row, _ in rate(row.inPerSecond)
            },
            Column(title: "OUT/s", width: 5, alignment: .right, meaning: "bytes written a second (eventfd: writes)") {
                row, _ in rate(row.outPerSecond)
            },
        ],
        sorts: [
            Sort(name: "FD", isSteady: true) { $0.descriptor.fd < $1.descriptor.fd },
            Sort(name: "TYPE", isSteady: true) {
                ($0.descriptor.kind.name, $0.descriptor.fd) < ($1.descriptor.kind.name, $1.descriptor.fd)
            },
            Sort(name: "QUEUE", isDescending: true) {
                ($0.descriptor.queue?.used ?? 0) > ($1.descriptor.queue?.used ?? 0)
            },
            Sort(name: "IN/s", isDescending: true) { $0.inPerSecond > $1.inPerSecond },
            Sort(name: "OUT/s", isDescending: true) { $0.outPerSecond > $1.outPerSecond },
        ],
        id: { .descriptor($0.id) },
        mark: { $0.mark })

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .fds]
        let rows = context.model.descriptors
        let table = Self.table.rows(rows, list, context)
        return PaneContent(
            title: "1 Fds", note: "\(table.count) \(Self.table.note(list, context))",
            header: Self.table.header(context),
            rows: .table(table), emptyText: list.filter.isEmpty ? "No open descriptors." : "Nothing matches the filter."
        )
    }

    /// `127.0.0.1:41822`, `/data/log`, `counter 3`; safe to draw.
    static func name(_ descriptor: DescriptorSnapshot) -> String {
        switch descriptor.detail {
        case .none: ""
        case .path(let path): Sanitizer.clean(path)
        case .channel(let number, let peer): "#\(number)" + (peer == .none ? " (other end closed)" : "")
        case .counter(let value): "counter \(NumberText.grouped(value))"
        case .epoll(let items, let ready): "\(items) items, \(ready) ready"
        case .socket(let local, let peer, _): Sanitizer.clean(peer.isEmpty ? local : peer)
        }
    }

    static func queue(_ level: QueueLevel?) -> String {
        guard let level else { return "-" }
        if level.capacity > 0 && level.capacity < 1000 { return "\(level.used)/\(level.capacity)" }
        return NumberText.fitting(level.used, 6)
    }

    /// The first one, and a sign when there are more.
    private static func watchers(_ descriptor: DescriptorSnapshot) -> String {
        guard let first = descriptor.watchedBy.first else { return "-" }
        return descriptor.watchedBy.count > 1 ? "\(first.rawValue)+" : String(first.rawValue)
    }

    private static func rate(_ value: Double) -> Span {
        value < 0.5 ? Span("0", Style(.faint)) : Span(NumberText.short(value.rounded()), Style(.number))
    }
}
