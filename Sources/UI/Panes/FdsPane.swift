import Diagnosis
import Export
import Model
import Terminal
import Trace

/// Pane 1: every descriptor, what it is, what it is ready for.
struct FdsPane: PaneView {
    let id = Pane.fds
    let name = "Fds"
    var traits: (any TableTraits)? { Self.table }

    /// Columns of a pane that has room for rates and whole addresses.
    static let wide = 54

    static let table = Table<DescriptorRow>(
        columns: [
            Column(title: "FD", width: 3, isDescriptor: true, alignment: .right, meaning: "descriptor number") {
                row, _ in
                Span(String(row.descriptor.fd.rawValue))
            },
            Column(
                title: "PID", width: 3, alignment: .right, isForProcesses: true,
                meaning: "the process whose number it is"
            ) {
                row, _ in Span(String(row.descriptor.process.rawValue), Style(.number))
            },
            Column(title: "WHAT", width: 10, isFlexible: true, meaning: "what is behind it, and which one of its kind")
            {
                row, context in Span(DescriptorText.what(row.descriptor, context), Style(.object))
            },
            Column(title: "FLG", width: 3, meaning: "N does not block (O_NONBLOCK), C closed on exec, A appends") {
                row, _ in
                let flags = DescriptorText.flags(row.descriptor)
                return Span(flags, Style(flags == "---" ? .faint : .text))
            },
            Column(title: "EP", width: 2, alignment: .right, meaning: "the epoll descriptor that watches it") {
                row, _ in Span(watchers(row.descriptor), Style(.number))
            },
            Column(title: "RDY", width: 3, meaning: "r readable now, w writable now, ! error or hang-up") { row, _ in
                let text = EventText.readiness(row.descriptor.ready)
                return Span(text, Style(text.hasSuffix("!") ? .attention : text.hasPrefix("r") ? .good : .text))
            },
            Column(title: "QUEUE", width: 6, alignment: .right, meaning: "bytes waiting; connections for listeners") {
                row, _ in Span(queue(row.descriptor.queue))
            },
            Column(
                title: "IN/s", width: 4, alignment: .right, fromWidth: wide,
                meaning: "bytes read a second (eventfd: reads)"
            ) {
                row, _ in
                rate(row.inPerSecond)
            },
            Column(
                title: "OUT/s", width: 5, alignment: .right, fromWidth: wide,
                meaning: "bytes written a second (eventfd: writes)"
            ) {
                row, _ in rate(row.outPerSecond)
            },
        ],
        sorts: [
            Sort(name: "FD", isSteady: true) {
                ($0.descriptor.process, $0.descriptor.fd) < ($1.descriptor.process, $1.descriptor.fd)
            },
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
        mark: { $0.mark },
        facts: [
            .fd: { row, _ in .numbers([UInt64(row.descriptor.fd.rawValue)]) },
            .fdType: { row, context in .texts(context.types(of: row.descriptor.object, row.descriptor.kind)) },
            .fdName: { row, context in .texts([DescriptorText.what(row.descriptor, context)]) },
            .process: { row, _ in .numbers([UInt64(row.descriptor.process.rawValue)]) },
            .ready: { row, _ in .numbers(FilterField.bits([row.descriptor.ready])) },
            .bytes: { row, _ in .numbers((row.descriptor.queue?.used).map { [UInt64($0)] } ?? []) },
        ])

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .fds]
        let rows = context.model.descriptors
        let table = Self.table.rows(rows, list, context)
        let open = rows.count { !$0.mark.isClosed }
        let count = list.filter.isEmpty ? "\(open)" : "\(table.count) of \(open)"
        return PaneContent(
            title: "1 Fds", note: "\(count)  \(Self.table.note(list, context))",
            header: Self.table.header(context),
            rows: .table(table), emptyText: list.filter.isEmpty ? "No open descriptors." : "Nothing matches the filter."
        )
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
