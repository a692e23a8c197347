import Testing

@testable import UI

@Suite struct PaneTests {
    @Test func everyPaneIsInTheListOnce() {
        #expect(
            Panes.all.map(\.id).sorted { $0.rawValue < $1.rawValue }
                == Pane.allCases.sorted { $0.rawValue < $1.rawValue })
        for pane in Pane.allCases { #expect(Panes[pane].id == pane) }
    }

    @Test func aPaneIsATableAStreamOrADocument() {
        #expect(Panes.tables == [.fds, .epoll, .threads, .syscalls, .findings, .processes])
        #expect(Panes.documents == [.why, .stack, .event, .object, .timeline, .explain, .lesson])
        #expect(Panes.tables.isDisjoint(with: Panes.streams))
        #expect(Panes.tables.union(Panes.streams).union(Panes.documents) == Set(Pane.allCases))
    }
}
