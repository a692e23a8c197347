import CLinux
import Diagnosis
import Kernel
import Runtime
import Terminal
import Trace
import UI

/// A lesson from its file to its end: the guest that stands still, and those that run with a cure. Belongs to the main
/// thread.
struct LessonSession {
    private let entry: LessonLibrary.Entry
    private let view: LessonView
    private let module: ByteString
    private let screen: ScreenOptions

    /// - Parameter word: the lesson's name, number or file.
    init(_ word: ByteString, _ screen: ScreenOptions) throws {
        let library = LessonLibrary.standard
        entry = try library.find(word)
        self.screen = screen
        let sources = library.sources(entry)
        let name = entry.path.description
        if let problem = (entry.problems + sources.problems(entry.lesson)).first {
            let lines = LessonCheck(entry: entry, library: library).lines(problem)
            throw Failure(
                lines[0], excerpt: Array(lines.dropFirst()), hint: "'wasix-top learn --check \(name)' says all of it.")
        }
        guard let module = library.module(entry) else {
            throw Failure(
                "\(entry.lesson.name): its guest \(entry.lesson.guest.module) is missing",
                hint: "'make guests' builds it.", status: ExitStatus.notFound)
        }
        self.module = module
        view = LessonView(entry.lesson, sources: sources, transcript: library.transcript(entry) ?? [])
    }

    init(_ name: String, _ screen: ScreenOptions) throws { try self.init(ByteString(name), screen) }

    /// Runs until the learner leaves. `TerminalGuard.install()` comes first.
    /// - Returns: the exit status.
    func run() throws -> Int32 {
        var lesson = view
        var start = try Start(LessonGuest.options(module, entry.lesson.guest.arguments))
        _ = try start.loader.guest(until: start.begin + Self.patience)
        let screen = try screen.open()
        defer { screen.close() }
        var isPaused = true
        while true {
            let outcome = try GuestSession(
                screen: screen, program: entry.lesson.guest.module, tracer: start.tracer, isPaused: isPaused,
                lesson: lesson
            ).run(start.loader, since: start.begin)
            guard case .restart(let arguments) = outcome.end else { return outcome.status }
            lesson = outcome.lesson ?? lesson
            isPaused = false
            start = try Start(LessonGuest.options(module, arguments))
        }
    }

    /// Nanoseconds that loading may take before the screen comes up.
    private static let patience: UInt64 = 100_000_000

    /// A guest that is being loaded.
    private struct Start {
        let tracer: Tracer
        let begin = cl_monotonic_ns()
        let loader: GuestLoader

        init(_ options: GuestOptions) throws {
            var traceOptions = TraceOptions()
            traceOptions.keepsDecisions = true
            tracer = Tracer(options: traceOptions)
            loader = try GuestLoader(options, tracer: tracer)
        }
    }
}
