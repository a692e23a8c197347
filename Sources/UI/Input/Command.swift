import Model
import Trace
import WasixABI

/// What a line behind `:` asks for.
enum Command: Sendable, Equatable {
    case request(Request)
    case filter(String)
    case search(String)
    case sort(Int)
    case open(Place)
    case write(String)
    case until(String)
    /// nil for none.
    case setBreak(String?)

    /// What `goto` leads to.
    enum Place: Sendable, Equatable {
        case object(ObjectID)
        case thread(ThreadID)
        case process(ProcessID)
        case call(CallID)
    }
}

/// One row of the table of commands: those that take a word. All others are requests of the key table by their names.
struct CommandRow: Sendable {
    let name: String
    /// For the help.
    let arguments: String
    let meaning: String
    /// A short form that is taken as well.
    var short: Character?

    static let all: [CommandRow] = [
        CommandRow(
            name: "break", arguments: "[FILTER]",
            meaning: "pause after each call that passes the filter, or with 'lint:error' on findings; without one never"
        ),
        CommandRow(
            name: "filter", arguments: "[TEXT]",
            meaning: "show only rows with this text, in the trace by a filter; without one all", short: "f"),
        CommandRow(
            name: "goto", arguments: "fd N, thread N, process N, call NAME",
            meaning: "the page of a descriptor, the stack of a thread, the history of the others", short: "g"),
        CommandRow(name: "search", arguments: "TEXT", meaning: "the next row with this text"),
        CommandRow(name: "sort", arguments: "ORDER", meaning: "the order of this table"),
        CommandRow(
            name: "until", arguments: "FILTER",
            meaning: "run until a call passes the filter, as 'fd=4 and err=EAGAIN', then pause"),
        CommandRow(name: "view", arguments: "NAME", meaning: "that pane, by its name or number", short: "v"),
        CommandRow(
            name: "write", arguments: "FILE", meaning: "write this page to a new file, as text; elsewhere the screen",
            short: "w"),
    ]
}

extension Request {
    /// Its name as a command; nil for those that only move, and for those that a command with a word stands for.
    var command: String? {
        switch self {
        case .zoom: "zoom"
        case .open: "open"
        case .back: "back"
        case .searchNext: "next"
        case .searchPrevious: "previous"
        case .invert: "invert"
        case .freeze: "freeze"
        case .follow: "follow"
        case .wrap: "wrap"
        case .fold: "fold"
        case .clear: "clear"
        case .why: "why"
        case .explain: "explain"
        case .stack: "stack"
        case .mute: "mute"
        case .copy: "copy"
        case .everything: "everything"
        case .type: "type"
        case .pause: "pause"
        case .pauseProcess: "pause-process"
        case .step: "step"
        case .runToWait: "until-wait"
        case .timeline: "timeline"
        case .compare: "compare"
        case .mark: "mark"
        case .help: "help"
        case .bar: "bar"
        case .redraw: "redraw"
        case .suspend: "suspend"
        case .quit: "quit"
        case .lesson: "lesson"
        case .quitNow: "quit-now"
        case .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .first, .last, .left, .right, .focus, .nextPane,
            .previousPane, .search, .filter, .nextSort, .previousSort, .save, .nextThread, .previousThread,
            .nextEvent, .previousEvent, .nextWait, .previousWait, .whatIf, .zoomIn, .zoomOut, .nextEdge, .previousEdge,
            .commandLine, .goOn, .choose:
            nil
        }
    }
}
