import CLinux
import Diagnosis
import Export
import Glibc
import Model
import Runtime
import Synchronization
import Terminal
import Trace
import UI

/// One guest under the inspector's screen, from its loading to the end of the screen's loop. Belongs to the main thread.
struct GuestSession {
    /// How it ended.
    struct Outcome {
        var end: App.End
        /// The state that was seen last; nil when the guest was not even loaded.
        var last: ModelState?
        var lesson: LessonView?
        /// The status of a session that ended while the guest was loaded.
        var status: Int32 = ExitStatus.success
    }

    let screen: NcursesScreen
    /// The guest's name on the screen.
    let program: String
    let tracer: Tracer
    var standingBreak: GuestBreak?
    var isPaused = false
    var lesson: LessonView?
    /// The lessons there are, by the codes of the lints that they are about.
    var lessonNames: [String: String] = [:]

    /// Runs the guest that `loader` loads, until the screen's loop ends. The guest may still run then.
    /// - Parameter begin: CLOCK_MONOTONIC nanoseconds when its loading began.
    func run(_ loader: GuestLoader, since begin: UInt64) throws -> Outcome {
        loader.whenDone { [bell = screen.bell] in bell.ring() }
        let end = LoadingLoop(screen: screen, isLoaded: { loader.isDone }) {
            LoadingScreen(
                program: program, stage: LoadingScreen.Stage(loader.progress.state),
                seconds: Int((cl_monotonic_ns() - begin) / 1_000_000_000))
        }.run()
        switch end {
        case .loaded: break
        case .quit: return Outcome(end: .quit)
        case .interrupted: return Outcome(end: .quit, status: ExitStatus.interrupted)
        case .terminalGone: return Outcome(end: .quit, status: ExitStatus.hungUp)
        }
        guard let guest = try loader.guest() else { return Outcome(end: .quit, status: ExitStatus.ownFailure) }
        QuitReport.follow(guest)
        let launch = GuestLaunch(guest)
        let examiner = LiveExaminer()
        let inspector = Inspector(source: LiveSource(tracer: tracer, guest: guest)) { [bell = screen.bell, tracer] in
            let outcome = examiner.take($0)
            for wish in outcome.wishes { tracer.keepStack(wish) }
            if outcome.pauses { guest.pause() }
            bell.ring()
        }
        guest.setBreak(standingBreak?.condition)
        examiner.setBreak(standingBreak?.findings)
        if isPaused { guest.pause() }
        inspector.start()
        try launch.start()
        let view = ViewState(program: program, lesson: lesson, lessonNames: lessonNames)
        let app = App(
            screen: screen, view: view, control: guest, examiner: examiner, onControl: { inspector.hurry() })
        let outcome = app.run()
        if case .quit = outcome, guest.wait(until: 0) == .running {
            // The program ends with the guest: a last look at many processes that compute would take longer than that.
            return Outcome(end: outcome, last: inspector.latest, lesson: app.lesson)
        }
        if case .restart = outcome { retire(guest, launch) }
        if case .lesson = outcome { retire(guest, launch) }
        inspector.stop()
        return Outcome(end: outcome, last: inspector.latest, lesson: app.lesson)
    }

    /// Another guest follows: this one goes first.
    private func retire(_ guest: Guest, _ launch: GuestLaunch) {
        guest.resume()
        guest.terminate()
        launch.settle()
    }
}

/// What SIGQUIT asks for, of the guest that runs: the screen has no place for it, so it goes to a file beside other
/// temporary ones.
enum QuitReport {
    private static let current = Mutex<Guest?>(nil)

    /// From now on the report is about this guest. Call it on the main thread while no other thread takes signals.
    static func follow(_ guest: Guest) {
        let isFirst = current.withLock { current in
            defer { current = guest }
            return current == nil
        }
        guard isFirst else { return }
        HostSignals.atQuit {
            if let guest = current.withLock({ $0 }) { save(guest) }
            return false
        }
    }

    private static func save(_ guest: Guest) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let name = (folder.isEmpty ? "/tmp" : folder) + "/wasix-top-\(getpid()).txt"
        let text = GuestReport.lines(guest).map { Sanitizer.clean($0) + "\n" }.joined()
        StandardError.write(line: "report: " + TextFile.write(text, to: name))
    }
}

extension LoadingScreen.Stage {
    init(_ state: LoadProgress.State) {
        switch state.stage {
        case .reading: self = .reading(bytes: state.bytes, of: state.totalBytes)
        case .compiling: self = .compiling(bytes: state.totalBytes ?? 0)
        }
    }
}
