import Trace

/// An action that a key can ask for. The keymap, the help and the function bar list these.
package enum Request: Hashable, Sendable {
    case up, down, pageUp, pageDown, halfUp, halfDown, first, last, left, right
    case focus(Pane)
    case nextPane, previousPane
    case zoom, open, back
    case search, searchNext, searchPrevious, filter
    case nextSort, previousSort, invert
    case freeze, follow, wrap, fold, clear
    case explain, previousWait, nextWait
    case whatIf(Int)
    case why, stack, mute, copy, save, everything
    case nextThread, previousThread, nextEvent, previousEvent
    case timeline, zoomIn, zoomOut, nextEdge, previousEdge, mark, compare
    case type
    case pause, pauseProcess, step, runToWait
    case commandLine
    /// The lesson; its next part; the answer that a digit stands for.
    case lesson, goOn, choose
    case help, bar, redraw, suspend
    case quit, quitNow
}

/// What a key asks of the guest.
package enum ControlRequest: Hashable, Sendable {
    case pause, resume, runToWait
    case setPaused(Bool, ProcessID)
    case step(ThreadID)
    /// By filters that can be read.
    case runUntil(String)
    case setBreak(String?)
    /// What the waits on an instance did is wanted; nil for none.
    case explain(ObjectID?)
    case act(WhatIf)
}

/// What the event loop has to do after a key; everything else is in the view state already.
package enum Reaction: Hashable, Sendable {
    case quit
    case suspend
    /// Paint every cell anew.
    case redraw
    /// A text for the terminal's clipboard.
    case copy(String)
    /// A text for a new file of this name.
    case save(String, to: String)
    case control(ControlRequest)
    /// Bytes for the guest's standard input.
    case input([UInt8])
    /// End of file on the guest's standard input.
    case endInput
    /// The guest ends, and starts anew with these arguments.
    case restart([String])
    /// The guest ends, and the lesson of that name begins.
    case start(lesson: String)
}
