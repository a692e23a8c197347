import Model
import Trace
import WasixABI

/// A fault that was found, with what shows it.
package struct Finding: Sendable {
    /// What it is about: with the lint, what makes it the same finding as before.
    package enum Subject: Sendable, Hashable {
        case process
        case thread(ThreadID)
        case threads([ThreadID])
        case object(ObjectID)
        case descriptor(DescriptorRow.ID)
        case item(ItemRow.ID)
        /// A word of guest memory.
        case word(UInt64)
        case call(CallID)
    }

    /// A thread's stack, innermost first, with the call it was in.
    package struct Place: Sendable {
        package var thread: ThreadID
        package var call: CallID?
        package var frames: [GuestFrame]

        package init(thread: ThreadID, call: CallID?, frames: [GuestFrame]) {
            self.thread = thread
            self.call = call
            self.frames = frames
        }
    }

    package struct ID: Sendable, Hashable {
        package var lint: LintID
        package var subject: Subject
    }

    package var lint: Lint
    package var subject: Subject
    /// CLOCK_MONOTONIC nanoseconds since when it holds.
    package var since: UInt64
    /// How often it happened.
    package var count: UInt64 = 1
    /// What is wrong, with the numbers of this case, in one or two sentences.
    package var text: String
    /// The facts that show it, the oldest first.
    package var evidence: [Evidence] = []
    /// Threads whose stacks show where in the code, the culprit first.
    package var threads: [ThreadID] = []
    /// The stack that did it, where it was taken at the time, innermost first.
    package var stack: [GuestFrame] = []
    /// Calls that do it again and again: the stack of one of them shows where.
    package var offence: StackWish?
    /// Where those threads were when it was last seen, those without a known stack left out.
    package var places: [Place] = []
    /// Descriptor to look at, where there is one.
    package var fd: FdNumber?
    /// Every step of the reasoning is a fact; else a part of it is likely.
    package var isCertain = true
    /// Nanoseconds that it must have held until it is shown.
    package var hold: UInt64

    package init(_ id: LintID, _ subject: Subject, since: UInt64, _ text: String) {
        lint = id.lint
        hold = id.lint.hold
        self.subject = subject
        self.since = since
        self.text = text
    }

    package var id: ID { ID(lint: lint.id, subject: subject) }
}

/// One fact of a finding.
package struct Evidence: Sendable, Equatable {
    package var text: String
    /// The trace entry it is taken from, `TraceEntry.sequence`.
    package var entry: UInt64?
    package var thread: ThreadID?
    /// CLOCK_MONOTONIC nanoseconds; nil where a moment says nothing.
    package var at: UInt64?
    /// It is what is wrong, not what led to it.
    package var isDeed: Bool
    /// The stack of that call, where it was kept.
    package var frames: [GuestFrame] = []

    package init(
        _ text: String, entry: UInt64? = nil, thread: ThreadID? = nil, at: UInt64? = nil, isDeed: Bool = false
    ) {
        self.text = text
        self.entry = entry
        self.thread = thread
        self.at = at
        self.isDeed = isDeed
    }
}
