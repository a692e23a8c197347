import CLinux
import Diagnosis
import Glibc
import Kernel
import Model
import Runtime
import Trace

/// A lesson played without a screen, with right answers: whether its guest comes to every checkpoint. Belongs to the main
/// thread.
struct LessonRehearsal {
    /// Nanoseconds that the guest may take to all checkpoints together.
    private static let limit: UInt64 = 30_000_000_000
    /// Microseconds between two looks at a guest that is on its way.
    private static let pause: UInt32 = 100

    let lesson: Lesson
    let module: ByteString

    /// The first checkpoint that the guest does not come to; nil when it comes to all.
    /// - Throws: why the guest cannot be run.
    func problem() throws -> LessonProblem? {
        let tracer = Tracer(options: TraceOptions())
        let options = LessonGuest.options(module, lesson.guest.arguments)
        guard let guest = try GuestLoader(options, tracer: tracer).guest() else { return nil }
        let launch = GuestLaunch(guest)
        guest.pause()
        try launch.start()
        defer {
            guest.resume()
            guest.terminate()
            launch.settle()
        }
        return play(guest, LiveSource(tracer: tracer, guest: guest))
    }

    private func play(_ guest: Guest, _ source: LiveSource) -> LessonProblem? {
        var source = source
        var fold = ModelFold()
        var examiner = Examiner()
        var run = LessonRun(lesson)
        let deadline = cl_monotonic_ns() &+ Self.limit
        while true {
            var input = InspectionInput(time: TraceTime())
            source.next(into: &input, withLook: true)
            guard let model = fold.fold(input) else { continue }
            switch run.take(ExaminedState(model: model, examination: examiner.examine(model))) {
            case .step(let thread): guest.step(thread)
            case .pause: guest.pause()
            case .resume: guest.resume()
            case .restart, nil: break
            }
            switch run.phase {
            case .ended: return nil
            case .lost(let why): return LessonProblem(run.page.place, Self.clause(why))
            case .moving, .movingOn:
                guard cl_monotonic_ns() < deadline else {
                    return LessonProblem(run.page.place, "the guest has not come here within 30 seconds")
                }
                usleep(Self.pause)
            case .asking:
                guard let right = run.checkpoint.question?.answers.firstIndex(where: \.isRight) else { return nil }
                _ = run.choose(right)
            case .reading, .answered, .seen, .curing: _ = run.goOn()
            }
        }
    }

    /// A sentence as a part of another one.
    private static func clause(_ sentence: String) -> String {
        let end = sentence.last == "." ? sentence.dropLast() : sentence[...]
        return sentence.prefix(1).lowercased() + end.dropFirst()
    }
}
