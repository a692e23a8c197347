import Diagnosis

/// The words that panes write in few letters, and what they stand for.
enum Glossary {
    struct Term: Sendable {
        let word: String
        let meaning: String

        init(_ word: String, _ meaning: String) {
            self.word = word
            self.meaning = meaning
        }
    }

    static func terms(_ pane: Pane) -> [Term] {
        switch pane {
        case .fds: descriptors
        case .epoll: epoll
        case .ready: waits
        case .trace, .history: trace
        case .findings: findings
        case .why: why
        case .stack: stack
        case .event: event
        case .object: object
        case .timeline: timeline
        case .explain: explain
        case .lesson: lesson
        case .threads: threads
        case .processes: processes
        case .syscalls: []
        case .stdio: output
        }
    }

    private static let timeline = [
        Term("█ e r w", "a thread: " + LaneText.meaning),
        Term("3 → 4", "bytes that calls put into the channel"),
        Term("queue", "how much was unread, by what calls put in and took out; blank where calls were lost"),
        Term("╿5", "edge 5: something new came"),
        Term("●5", "a wait told edge 5; without a number it told what was still there"),
        Term("○", "a wait passed it over, though it was ready: level-triggered it would have been told"),
    ]

    private static let descriptors = [
        Term("r w !", "RDY: readable, writable; ! is an error or a peer that has gone"),
        Term("NCA", "FLG: O_NONBLOCK, FD_CLOEXEC, O_APPEND"),
        Term("→ ← ⇄", "WHAT: the descriptor of a pipe's or a pair's other end"),
        Term("4+", "EP: watched by epoll 4 and by others"),
        Term("3/8", "QUEUE of a listener: connections that wait, of how many there may be"),
        Term("dim", "closed a moment ago"),
    ]

    private static let epoll =
        ItemVerdict.legend.map { Term($0.word, $0.meaning) } + [
            Term(
                "● ▁▅█ ○ ·", "LAST 15 s: reported; unread bytes; what a level-triggered one would be told; nothing"),
            Term("ET1 LT1", "one-shot, too: after one report silent until EPOLL_CTL_MOD"),
            Term("I+O", "IN and OUT; IOR: IN, OUT and RDHUP by their initials; I+3: IN and three more"),
            Term("now { }", "what a wait would report now; behind it what it would, were all level-triggered"),
            Term("INF", "the wait has no timeout"),
        ]

    private static let waits = [
        Term("-> 2 {4 IN}", "what the wait returned, and each event: descriptor and what happened"),
        Term("after", "how long it waited"),
        Term("not report", "ready, and still no wait reports it; and why"),
    ]

    private static let trace = [
        Term("T1", "the thread; lines stand in the order in which calls took effect"),
        Term("...", "has not returned yet: blocked, for so long"),
        Term("<tcp ...>", "what the descriptor stands for"),
        Term("┌▶ └▶", "led to another call; was led to by another: an event made, a thread woken; Enter says which"),
        Term("edge 5", "the call gave the registration something new to report, for the fifth time"),
        Term("x41", "folded with u: so many calls in a row"),
        Term("not kept", "records came faster than they were read: a hole; the tables are exact"),
    ]

    private static let threads = [
        Term("*", "the main thread: its end is the program's"),
        Term("INF", "waits without a timeout"),
        Term("blocked", "in a call that waits"),
        Term("T3, asleep", "only T3 could wake it, and sleeps itself; likely: so far as was seen"),
        Term("nobody", "nothing that is left can end the wait"),
    ]

    private static let processes = [
        Term("waits", "all of its threads are in calls that wait"),
        Term("exited 0", "it has ended; its parent has not joined it yet"),
        Term("stopped", "by a signal, until SIGCONT"),
    ]

    private static let findings = [
        Term("E W", "E01: almost certainly a fault; W04: likely one, or something that could be better"),
        Term("since", "when what it is about began; a finding goes a second after the state is right"),
        Term("dim", "muted with M"),
    ]

    private static let why = [
        Term("certain", "every step of the reasoning is a fact"),
        Term("likely", "who used a thing before is taken to be the one who will use it again"),
        Term("T2 --> fd 4", "T2 waits in that call for that; behind it how it is now, and who could end the wait"),
        Term("over", "the state is right again; what was found stays until the screen is left"),
    ]

    private static let stack = [
        Term("0 1 2", "innermost first: 0 is where the thread is"),
        Term("+0x4c", "bytes from the start of the function"),
        Term("file:line", "known of modules that were built with -g"),
    ]

    private static let object = [
        Term("held as", "the numbers that stand for it: dup, fork and the like make several"),
        Term("other end", "of a pipe or a socket pair: what is written there is read here"),
        Term("ends it", "who could end that wait, as the wait graph has it"),
        Term("edge 5", "the registration got something new to report, for the fifth time"),
    ]

    private static let lesson = [
        Term("block", "lifeline, change by change: unread bytes; marked where no wait will tell of them"),
        Term("dot", "lifeline: it was told to a wait"),
        Term("circle", "as LT: a wait would have told it, were the registration level-triggered"),
        Term("edges", "times that the object has woken the registration"),
        Term("told", "the edge that was reported last"),
        Term("T1>", "the source line that thread 1 stands at"),
        Term("{3}", "descriptors that a wait would report now"),
    ]

    private static let event = [
        Term("edge 5", "the registration got something new to report, for the fifth time"),
        Term("0x7fd0", "an argument as it was passed; behind it what it stands for, or what lay there"),
        Term("kept", "of long buffers the beginning is kept"),
    ]

    private static let explain = [
        Term(
            "✔ + returned",
            "the wait reported it: level-triggered goes to the end of the list, edge-triggered leaves it"),
        Term("■ # not reached", "on the ready list, behind what filled the array: the next waits take it first"),
        Term("✗ x", "not on the ready list, or taken off it because it had nothing; the text says why"),
        Term("new/told", "edges of the registration so far, and how many of them had been reported before the wait"),
        Term("UNDER LT", "= the same; YES a level-triggered registration would have been returned here"),
        Term("maybe", "its object is the host's, which was not asked whether it is still there"),
        Term("before its sleep", "the look with which a wait began that went to sleep then"),
        Term("by you", "what was tried here: the header keeps saying that the guest was changed"),
    ]

    private static let output = [
        Term("!", "standard error"),
        Term("> ", "typed here"),
        Term("\\e \\x07", "control characters that are not drawn"),
    ]
}
