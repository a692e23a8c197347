/// One framed part of the screen.
package enum Pane: Int, CaseIterable, Sendable, Hashable {
    case fds = 1
    case epoll = 2
    case ready = 3
    case trace = 4
    case threads = 5
    case syscalls = 6
    case findings = 7
    case stdio = 8
    /// The trace lines of one object, thread or call; opened with Enter.
    case history = 0
    /// Why something is wrong, or who waits for what.
    case why = 9
    /// A thread's stack.
    case stack = 10
    /// The tree of processes.
    case processes = 12
    /// One call with all its fields.
    case event = 11
    /// One open file description: who holds it, its other end, who watches it and waits for it.
    case object = 13
    /// Threads and a registration on one axis of time.
    case timeline = 14
    /// What a wait for events did with each item, and why.
    case explain = 15
    /// The text of a lesson, with the source and the state that it is about.
    case lesson = 16

    /// The panes of the main screen, in the order of Tab.
    package static let main: [Pane] = [.fds, .epoll, .ready, .trace]

    package var isOnMainScreen: Bool { Self.main.contains(self) }

    /// Its lines are records.
    var showsRecords: Bool { self == .trace || self == .history || self == .ready }

    package var name: String { Panes[self].name }
}
