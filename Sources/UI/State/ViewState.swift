import Diagnosis
import Model
import Terminal
import Trace

/// Where the user is: which panes, which rows, what is being typed. A value; with a model state and a size it
/// determines every cell of the screen.
package struct ViewState: Sendable {
    /// What is typed at the lower edge.
    enum Prompt: Sendable {
        case filter(FilterLine)
        /// With the list as it was before: each change of the pattern searches from there.
        case search(LineEditor, before: ListState)
        /// Lines for the guest.
        case input(LineEditor)
        /// The name of a file for a text.
        case save(LineEditor, text: String)
        case command(CommandLine)
        case confirmQuit
        /// Asks before the guest is changed.
        case confirmWhatIf(WhatIf, String)
        /// The guest is to end, and the lesson of this name to begin.
        case confirmLesson(String)
    }

    /// Esc and a digit stand for a function key, where terminals keep those for themselves.
    enum Escape: Sendable {
        case closed
        /// The key just handled was an Esc that had nothing to leave.
        case nothingToLeave
        case open(until: UInt64)
    }

    struct Help: Sendable {
        var query = LineEditor()
        var isTyping = false
        var row = 0
    }

    /// The module's name.
    package let program: String
    /// The guest's standard input can be reached.
    let canType: Bool
    /// The pane that fills the screen, or any of the main ones.
    private(set) var page = Pane.fds
    var isZoomed = false
    var trail: [Level] = []
    /// The epoll instance that the user chose for pane 2, and the one shown as long as there is none.
    var epoll: ObjectID?
    var busiestEpoll: ObjectID?
    /// The state kept when the display was frozen.
    package internal(set) var frozen: ExaminedState?
    /// Findings that are shown in their list alone.
    var muted: Set<Finding.ID> = []
    var prompt: Prompt?
    /// Lines behind `:` that were run, the newest last.
    var commands: [String] = []
    var help: Help?
    /// The message of the last key; the next key clears it.
    var message = ""
    var showsBar = true
    var wraps = false
    /// Why shows all there is to say, though it may not fit.
    var isWhole = false
    /// Runs of calls that say little are one line each.
    var folds = false
    /// The thread that was stepped last.
    var stepped: ThreadID?
    /// Trace lines before this number were cleared away.
    var clearedBefore: UInt64 = 0
    var escape = Escape.closed
    /// The lesson under way.
    package var lesson: LessonView?
    /// The lessons there are, by the codes of the lints that they are about.
    let lessonNames: [String: String]
    private var lists: [Pane: ListState] = [:]

    package init(
        program: String, canType: Bool = true, lesson: LessonView? = nil, lessonNames: [String: String] = [:]
    ) {
        self.program = Sanitizer.clean(program)
        self.canType = canType
        self.lesson = lesson
        self.lessonNames = lessonNames
        if lesson != nil { page = .lesson }
    }

    /// Where the keys go.
    package var focus: Pane { trail.last?.pane ?? page }

    /// The pane from which nested views were entered.
    var basePane: Pane { page }

    mutating func show(_ pane: Pane) {
        trail = []
        if pane.isOnMainScreen != page.isOnMainScreen { isZoomed = false }
        page = pane
    }

    /// The cursor and scroll position of a pane; of one that is the innermost level, those of the level.
    package subscript(list pane: Pane) -> ListState {
        get {
            if let level = trail.last, level.pane == pane { return level.list }
            return lists[pane] ?? ListState()
        }
        set {
            if let level = trail.last, level.pane == pane {
                trail[trail.count - 1].list = newValue
            } else {
                lists[pane] = newValue
            }
        }
    }
}
