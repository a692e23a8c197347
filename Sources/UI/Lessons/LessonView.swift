import Diagnosis

/// A lesson on the screen: how far it is, and the texts that it shows.
package struct LessonView: Sendable {
    package var run: LessonRun
    let sources: LessonSources
    /// What the guest prints as a program of Linux.
    let transcript: [String]

    package init(_ lesson: Lesson, sources: LessonSources, transcript: [String] = []) {
        run = LessonRun(lesson)
        self.sources = sources
        self.transcript = transcript
    }
}
