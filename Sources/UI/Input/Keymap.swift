import Terminal

/// One row of the key table.
package struct Binding: Sendable {
    package var keys: [Key]
    package let request: Request
    /// For the help.
    package let meaning: String
    /// Its item in the function bar.
    package var bar: BarItem?
    /// Where it works; nil is everywhere.
    package var panes: Set<Pane>?

    package struct BarItem: Sendable {
        package let key: String
        package let label: String
        /// Items with the lowest weight are left out first when the line is too short.
        package let weight: Int
    }

    /// `Up k`
    package var keyNames: String { keys.map(\.name).joined(separator: " ") }

    func works(in pane: Pane) -> Bool { panes?.contains(pane) ?? true }
}

/// The one table of keys.
package enum Keymap {
    private static let wrapping: Set<Pane> = [.trace, .ready, .stdio, .history]

    /// Where waits and what they are about are listed.
    private static let explained: Set<Pane> = [.epoll, .ready, .event]

    package static let all: [Binding] = [
        Binding(
            keys: [.character("?"), .function(1)], request: .help, meaning: "these keys; / filters, Enter runs one",
            bar: .init(key: "F1", label: "Help", weight: 90)),
        Binding(
            keys: [.enter], request: .open,
            meaning: "its page: other end, who watches it, who waits for it; an epoll opens its list",
            bar: .init(key: "Enter", label: "Open", weight: 70), panes: [.fds, .epoll]),
        Binding(
            keys: [.enter], request: .open, meaning: "history of what is selected",
            bar: .init(key: "Enter", label: "Open", weight: 70), panes: [.threads, .syscalls]),
        Binding(
            keys: [.enter], request: .open,
            meaning: "all of this call: arguments, bytes, what led to it and what it led to",
            bar: .init(key: "Enter", label: "Open", weight: 70), panes: [.trace, .ready, .history]),
        Binding(
            keys: [.enter], request: .open, meaning: "that call, that descriptor, that thread's stack",
            bar: .init(key: "Enter", label: "Go", weight: 70), panes: [.event, .object]),
        Binding(
            keys: [.enter], request: .open, meaning: "the lane's last call at the cursor",
            bar: .init(key: "Enter", label: "Call", weight: 70), panes: [.timeline]),
        Binding(
            keys: [.left, .character("h")], request: .left, meaning: "back in time",
            bar: .init(key: "h l", label: "Move", weight: 69), panes: [.timeline]),
        Binding(keys: [.right, .character("l")], request: .right, meaning: "on in time", panes: [.timeline]),
        Binding(
            keys: [.character("[")], request: .zoomOut, meaning: "coarser: more time in a column",
            bar: .init(key: "[ ]", label: "Zoom", weight: 67), panes: [.timeline]),
        Binding(keys: [.character("]")], request: .zoomIn, meaning: "finer: less time in a column", panes: [.timeline]),
        Binding(
            keys: [.character("n")], request: .nextEdge, meaning: "the next edge, or the next wait that told one",
            bar: .init(key: "n N", label: "Edge", weight: 66), panes: [.timeline]),
        Binding(keys: [.character("N")], request: .previousEdge, meaning: "the edge before", panes: [.timeline]),
        Binding(
            keys: [.character("F")], request: .follow, meaning: "now, as it goes on",
            bar: .init(key: "F", label: "Live", weight: 55), panes: [.timeline]),
        Binding(
            keys: [.character("a")], request: .compare,
            meaning: "another registration beside this one; again: the next one, then none",
            bar: .init(key: "a", label: "Compare", weight: 36), panes: [.timeline]),
        Binding(
            keys: [.character("m")], request: .mark, meaning: "tell times from here; again: no longer",
            bar: .init(key: "m", label: "Mark", weight: 32), panes: [.timeline]),
        Binding(
            keys: [.character("t")], request: .timeline,
            meaning: "timeline of what is under the cursor: calls, bytes, edges; again: back",
            bar: .init(key: "t", label: "Timeline", weight: 57)),
        Binding(
            keys: [.enter], request: .open, meaning: "choose the answer under the cursor; elsewhere go on",
            bar: .init(key: "Enter", label: "Choose", weight: 99), panes: [.lesson]),
        Binding(
            keys: (UInt8(0x31)...0x39).map { .character(Unicode.Scalar($0)) }, request: .choose,
            meaning: "choose the answer, or the cure, of that number",
            bar: .init(key: "1-9", label: "Answer", weight: 98), panes: [.lesson]),
        Binding(
            keys: [.character("s")], request: .goOn, meaning: "go on; after a wrong answer show the right one",
            bar: .init(key: "s", label: "Go on", weight: 97), panes: [.lesson]),
        Binding(
            keys: [.escape], request: .back, meaning: "all of the guest's state, as without a lesson; L comes back",
            bar: .init(key: "Esc", label: "Guest", weight: 96), panes: [.lesson]),
        Binding(
            keys: [.character("L")], request: .lesson,
            meaning: "the lesson; without one, the lesson about what was found",
            bar: .init(key: "L", label: "Lesson", weight: 94)),
        Binding(
            keys: [.character("[")], request: .previousEvent,
            meaning: "the call before this one on the same descriptor",
            bar: .init(key: "[ ]", label: "Same fd", weight: 66), panes: [.event]),
        Binding(
            keys: [.character("]")], request: .nextEvent, meaning: "the call after this one on the same descriptor",
            panes: [.event]),
        Binding(
            keys: [.character("e")], request: .explain,
            meaning: "explain: why the wait returned that, item by item, and what the next one will do",
            bar: .init(key: "e", label: "Explain", weight: 61), panes: explained),
        Binding(
            keys: [.character("e")], request: .explain, meaning: "explain the wait, item or thread under the cursor",
            panes: Set(Pane.allCases).subtracting(explained).subtracting([.explain])),
        Binding(
            keys: [.character("e")], request: .explain, meaning: "the wait that is under way, or comes next",
            panes: [.explain]),
        Binding(
            keys: [.enter], request: .open, meaning: "history of this item's object",
            bar: .init(key: "Enter", label: "History", weight: 70), panes: [.explain]),
        Binding(
            keys: [.left, .character("h")], request: .previousWait, meaning: "the wait before this one",
            bar: .init(key: "< >", label: "Wait", weight: 79), panes: [.explain]),
        Binding(
            keys: [.right, .character("l")], request: .nextWait,
            meaning: "the wait after this one; behind the last the one that is under way", panes: [.explain]),
        Binding(
            keys: [.character("1")], request: .whatIf(1),
            meaning: "what if there were one more byte; like the others it changes the guest and asks first",
            bar: .init(key: "1-6", label: "What if", weight: 78), panes: [.explain]),
        Binding(
            keys: [.character("2")], request: .whatIf(2), meaning: "what if it were level-triggered, or edge-triggered",
            panes: [.explain]),
        Binding(
            keys: [.character("3")], request: .whatIf(3), meaning: "what if EPOLL_CTL_MOD armed it anew",
            panes: [.explain]),
        Binding(
            keys: [.character("4")], request: .whatIf(4),
            meaning: "what if there were room for more events; only says what would have come", panes: [.explain]),
        Binding(
            keys: [.character("5")], request: .whatIf(5), meaning: "what if a signal ended the wait", panes: [.explain]),
        Binding(
            keys: [.character("6")], request: .whatIf(6), meaning: "what if the next read were short", panes: [.explain]
        ),
        Binding(
            keys: [.enter], request: .open, meaning: "why it is one, and what to do",
            bar: .init(key: "Enter", label: "Why", weight: 70), panes: [.findings]),
        Binding(
            keys: [.enter], request: .open, meaning: "a fact: the trace at that call; a thread: its stack",
            bar: .init(key: "Enter", label: "Jump", weight: 70), panes: [.why]),
        Binding(
            keys: [.character("!")], request: .why,
            meaning: "why: the worst thing found, or who waits for what; again: the next one",
            bar: .init(key: "!", label: "Why", weight: 95)),
        Binding(
            keys: [.character("b")], request: .stack,
            meaning: "stack of the thread under the cursor; elsewhere of the one that has waited longest",
            bar: .init(key: "b", label: "Stack", weight: 58)),
        Binding(
            keys: [.character("j")], request: .nextThread, meaning: "stack of the next thread",
            bar: .init(key: "j k", label: "Thread", weight: 68), panes: [.stack]),
        Binding(
            keys: [.character("k")], request: .previousThread, meaning: "stack of the previous thread", panes: [.stack]),
        Binding(
            keys: [.character("y")], request: .copy, meaning: "copy all of it as text, by the terminal (OSC 52)",
            bar: .init(key: "y", label: "Copy", weight: 62), panes: Panes.documents),
        Binding(
            keys: [.character("w")], request: .save, meaning: "write all of it to a new file, as text",
            bar: .init(key: "w", label: "Write", weight: 34), panes: Panes.documents),
        Binding(
            keys: [.character("M")], request: .mute, meaning: "mute this finding: only view 7 shows it; again: unmute",
            bar: .init(key: "M", label: "Mute", weight: 35), panes: [.findings, .why]),
        Binding(
            keys: [.character("z")], request: .everything, meaning: "all there is to say, and the short form",
            bar: .init(key: "z", label: "All", weight: 40), panes: [.why, .explain]),
        Binding(
            keys: [.character("i")], request: .type, meaning: "type to the guest's standard input; Esc leaves",
            bar: .init(key: "i", label: "Input", weight: 75), panes: [.stdio]),
        Binding(
            keys: [.character("/"), .function(3)], request: .search, meaning: "search in this pane",
            bar: .init(key: "F3", label: "Find", weight: 50)),
        Binding(keys: [.character("n")], request: .searchNext, meaning: "next match"),
        Binding(keys: [.character("N")], request: .searchPrevious, meaning: "previous match"),
        Binding(
            keys: [.character(":")], request: .commandLine,
            meaning: "type a command, such as :goto fd 7; Tab completes, Up brings the last ones back",
            bar: .init(key: ":", label: "Command", weight: 33)),
        Binding(
            keys: [.character("\\"), .function(4)], request: .filter,
            meaning: "show only rows that pass a filter: a text, fd=7, tid=2 and not pipe; Tab completes",
            bar: .init(key: "F4", label: "Filter", weight: 60)),
        Binding(
            keys: [.character(">"), .function(6)], request: .nextSort, meaning: "next sort order",
            bar: .init(key: "F6", label: "Sort", weight: 45), panes: Panes.tables),
        Binding(keys: [.character("<")], request: .previousSort, meaning: "previous sort order", panes: Panes.tables),
        Binding(keys: [.character("I")], request: .invert, meaning: "invert the order", panes: Panes.tables),
        Binding(
            keys: [.character("F")], request: .follow, meaning: "follow the newest line, or stay",
            bar: .init(key: "F", label: "Follow", weight: 55), panes: Panes.streams),
        Binding(
            keys: [.character("u"), .function(5)], request: .fold,
            meaning: "fold runs of clock_time_get and its like into one line, and back",
            bar: .init(key: "u", label: "Fold", weight: 30), panes: [.trace, .history]),
        Binding(keys: [.character("W")], request: .wrap, meaning: "wrap long lines", panes: wrapping),
        Binding(
            keys: [.character("C")], request: .clear,
            meaning: "clear this view; Esc brings the lines back; the tables stay", panes: [.trace]),
        Binding(
            keys: [.character("1")], request: .focus(.fds), meaning: "descriptors",
            bar: .init(key: "1-9", label: "View", weight: 65)),
        Binding(keys: [.character("2")], request: .focus(.epoll), meaning: "epoll instance; again: the next one"),
        Binding(keys: [.character("3")], request: .focus(.ready), meaning: "what waits returned"),
        Binding(keys: [.character("4")], request: .focus(.trace), meaning: "system calls"),
        Binding(keys: [.character("5")], request: .focus(.threads), meaning: "threads"),
        Binding(keys: [.character("6")], request: .focus(.syscalls), meaning: "statistics of system calls"),
        Binding(keys: [.character("7")], request: .focus(.findings), meaning: "findings: everything that looks wrong"),
        Binding(keys: [.character("8")], request: .focus(.stdio), meaning: "the guest's output and input"),
        Binding(keys: [.character("9")], request: .focus(.processes), meaning: "processes as a tree"),
        Binding(keys: [.tab], request: .nextPane, meaning: "next pane"),
        Binding(keys: [.backTab], request: .previousPane, meaning: "previous pane"),
        Binding(
            keys: [.character("z")], request: .zoom, meaning: "this pane alone, and back",
            bar: .init(key: "z", label: "Zoom", weight: 40), panes: Set(Pane.main)),
        Binding(keys: [.escape, .backspace], request: .back, meaning: "one level back; drops a filter first"),
        Binding(
            keys: [.character(" "), .character("Z")], request: .freeze,
            meaning: "freeze the display, the guest goes on; again: live",
            bar: .init(key: "Spc", label: "Freeze", weight: 80)),
        Binding(
            keys: [.character("p")], request: .pause,
            meaning: "pause the guest: each thread stands still at its next call; again: it runs on",
            bar: .init(key: "p", label: "Pause", weight: 64)),
        Binding(
            keys: [.character("P")], request: .pauseProcess,
            meaning: "pause the process under the cursor alone; again: it runs on",
            bar: .init(key: "P", label: "Process", weight: 66), panes: [.processes]),
        Binding(
            keys: [.character("s")], request: .step,
            meaning: "step: one thread of the paused guest makes a call and stands still before its next one",
            bar: .init(key: "s", label: "Step", weight: 63)),
        Binding(
            keys: [.character("S")], request: .runToWait,
            meaning: "run until a wait for events returns, then pause"),
        Binding(keys: [.up, .character("k")], request: .up, meaning: "up"),
        Binding(keys: [.down, .character("j")], request: .down, meaning: "down"),
        Binding(keys: [.pageUp], request: .pageUp, meaning: "one page up"),
        Binding(keys: [.pageDown], request: .pageDown, meaning: "one page down"),
        Binding(keys: [.control("u")], request: .halfUp, meaning: "half a page up"),
        Binding(keys: [.control("d")], request: .halfDown, meaning: "half a page down"),
        Binding(keys: [.home, .character("g")], request: .first, meaning: "first row"),
        Binding(keys: [.end, .character("G")], request: .last, meaning: "last row"),
        Binding(keys: [.left, .character("h")], request: .left, meaning: "scroll to the left"),
        Binding(keys: [.right, .character("l")], request: .right, meaning: "scroll to the right"),
        Binding(keys: [.character("B")], request: .bar, meaning: "hide or show the line of keys"),
        Binding(keys: [.control("l")], request: .redraw, meaning: "draw everything anew"),
        Binding(keys: [.control("z")], request: .suspend, meaning: "suspend; fg comes back"),
        Binding(
            keys: [.character("q"), .function(10)], request: .quit,
            meaning: "close this view; on the main screen quit (asks while the guest runs)",
            bar: .init(key: "q", label: "Quit", weight: 100)),
        Binding(keys: [.character("Q"), .control("c")], request: .quitNow, meaning: "quit at once, end the guest"),
    ]

    /// What `key` asks for where the keys go to `pane`.
    static func request(_ key: Key, in pane: Pane) -> Request? {
        all.first { $0.keys.contains(key) && $0.works(in: pane) }?.request
    }

    /// What to say of a key that does nothing here.
    static func whyNothing(_ key: Key, in pane: Pane) -> String {
        let elsewhere = all.filter { $0.keys.contains(key) }.flatMap { $0.panes ?? [] }
        guard !elsewhere.isEmpty else { return "\(key.name) is no key of ours; ? lists those that are" }
        let names = Set(elsewhere).sorted { $0.rawValue < $1.rawValue }.map(\.name)
        return "\(key.name) does nothing in \(pane.name); it works in \(names.joined(separator: ", "))"
    }

    /// The rows of the help: those of this pane first, then those that work everywhere, without keys that mean something
    /// else here.
    static func help(for pane: Pane) -> [Binding] {
        let bindings = all.filter { $0.panes?.contains(pane) ?? false } + all.filter { $0.panes == nil }
        return bindings.compactMap { binding in
            var binding = binding
            binding.keys.removeAll { request($0, in: pane) != binding.request }
            return binding.keys.isEmpty ? nil : binding
        }
    }
}
