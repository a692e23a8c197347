import Terminal

/// Everything there is to draw in one frame.
struct PaneContent {
    enum Rows {
        case table(TableRows)
        case stream(StreamRows)
    }

    /// Left in the frame's upper edge.
    var title: String
    /// Right in it: parts with two spaces between them, the last of which go where room is short.
    var note = ""
    /// Column titles.
    var header: StyledLine?
    var rows: Rows
    /// Lines that stay at the pane's lower edge.
    var footer: [StyledLine] = []
    /// What to say, and do, while there is nothing.
    var emptyText = ""
    /// Streams: the newest line is under the cursor while the view follows it.
    var marksNewest = true

    var isStream: Bool {
        if case .stream = rows { true } else { false }
    }

    /// Rows left for `rows` when the frame holds `height` lines.
    func rowCount(height: Int) -> Int { max(height - (header == nil ? 0 : 1) - footer.count, 0) }

    var isEmpty: Bool {
        switch rows {
        case .table(let table): table.count == 0
        case .stream(let stream): stream.range.isEmpty
        }
    }

    func settle(_ list: inout ListState, height: Int) {
        let height = rowCount(height: height)
        switch rows {
        case .table(let table): table.settle(&list, height: height)
        case .stream(let stream): stream.settle(&list, height: height)
        }
    }

    func move(_ list: inout ListState, _ movement: Movement, height: Int) {
        let height = rowCount(height: height)
        switch rows {
        case .table(let table): table.move(&list, movement, height: height)
        case .stream(let stream): stream.move(&list, movement, height: height)
        }
    }

    func find(_ matcher: TextMatcher, _ list: inout ListState, forward: Bool, height: Int) -> SearchOutcome {
        let height = rowCount(height: height)
        return switch rows {
        case .table(let table): table.find(matcher, &list, forward: forward, height: height)
        case .stream(let stream): stream.find(matcher, &list, forward: forward, height: height)
        }
    }
}

extension PaneContent {
    /// The content of any pane.
    init(_ pane: Pane, _ context: PaneContext) {
        switch pane {
        case .fds: self = FdsPane.content(context)
        case .epoll: self = EpollPane.content(context)
        case .ready: self = ReadyPane.content(context)
        case .trace: self = TracePane.content(context)
        case .threads: self = ThreadsPane.content(context)
        case .syscalls: self = SyscallsPane.content(context)
        case .stdio: self = StdioPane.content(context)
        case .history: self = HistoryPane.content(context)
        }
    }

    /// What the sort orders of a table are called; empty where there is no choice.
    static func sortNames(_ pane: Pane) -> [String] {
        switch pane {
        case .fds: FdsPane.table.sorts.map(\.name)
        case .epoll: EpollPane.table.sorts.map(\.name)
        case .threads: ThreadsPane.table.sorts.map(\.name)
        case .syscalls: SyscallsPane.table.sorts.map(\.name)
        case .ready, .trace, .stdio, .history: []
        }
    }

    /// Whether rows change places by themselves.
    static func isSteady(_ pane: Pane, _ list: ListState) -> Bool {
        switch pane {
        case .fds: FdsPane.table.isSteady(list)
        case .epoll: EpollPane.table.isSteady(list)
        case .threads: ThreadsPane.table.isSteady(list)
        case .syscalls: SyscallsPane.table.isSteady(list)
        case .ready, .trace, .stdio, .history: true
        }
    }

    /// What the columns of a table mean.
    static func legend(_ pane: Pane) -> [(title: String, meaning: String)] {
        switch pane {
        case .fds: FdsPane.table.legend
        case .epoll: EpollPane.table.legend
        case .threads: ThreadsPane.table.legend
        case .syscalls: SyscallsPane.table.legend
        case .ready, .trace, .stdio, .history: []
        }
    }
}
