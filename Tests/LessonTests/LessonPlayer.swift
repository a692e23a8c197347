import Diagnosis
import Kernel
import Model
import Runtime
import Terminal
import Trace

@testable import UI

/// Plays a lesson with its real guest as a learner does: presses keys and looks at the screen.
final class LessonPlayer {
    let lesson: Lesson
    private(set) var interaction: Interaction
    private(set) var state = ExaminedState()
    private(set) var reactions: [Reaction] = []
    private var guest: Guest
    private var source: LiveSource
    private var fold = ModelFold()
    private var examiner = Examiner()
    /// The screen as it was last read; nil when something has happened since.
    private var seen: [String]?

    init(_ name: String, columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .utf8) throws {
        lesson = try LessonFiles.lesson(name)
        let view = LessonView(
            lesson, sources: try LessonFiles.sources(lesson), transcript: try LessonFiles.transcript(lesson))
        interaction = Interaction(
            view: ViewState(program: lesson.guest.module, lesson: view), size: Size(columns: columns, rows: rows),
            glyphs: glyphs)
        (guest, source) = try Self.start(lesson, lesson.guest.arguments, isPaused: true)
    }

    deinit { guest.terminate() }

    private static func start(_ lesson: Lesson, _ arguments: [String], isPaused: Bool) throws -> (Guest, LiveSource) {
        var options = GuestOptions(module: try LessonFiles.module(lesson), arguments: arguments)
        options.isInterruptible = true
        options.freezesClock = true
        options.stdio = .captured(input: "/dev/null")
        let tracer = Tracer()
        let guest = try Guest(options, tracer: tracer)
        if isPaused { guest.pause() }
        try guest.start()
        return (guest, LiveSource(tracer: tracer, guest: guest))
    }

    /// Takes one state, and does what the lesson orders.
    func look() throws {
        var input = InspectionInput(time: TraceTime())
        source.next(into: &input, withLook: true)
        guard let model = fold.fold(input) else { return }
        seen = nil
        state = ExaminedState(model: model, examination: examiner.examine(model))
        try perform(interaction.advance(state))
    }

    /// Until the guest stands where the lesson wants it.
    /// - Throws: `LessonLost` when it cannot come there.
    func arrive(_ file: StaticString = #fileID, _ line: UInt = #line) throws {
        try wait("the checkpoint", file, line) { !interaction.isHurried }
        guard case .lost(let why) = run.phase else { return }
        let threads = state.model.threads.map { "\($0.thread)" }.joined(separator: "\n")
        throw LessonLost(description: "\(lesson.name), checkpoint \(run.index + 1): \(why)\n\(threads)")
    }

    func wait(_ what: String, _ file: StaticString = #fileID, _ line: UInt = #line, until holds: () -> Bool) throws {
        var failure: (any Error)?
        try awaitCondition(what, file: file, line: line) {
            do { try look() } catch { failure = error }
            return failure != nil || holds()
        }
        if let failure { throw failure }
    }

    func press(_ keys: Key...) throws {
        seen = nil
        for key in keys {
            try perform(interaction.handle(key, state, at: 0))
            _ = interaction.frame(state)
        }
    }

    func press(_ digit: Int) throws { try press(.character(Unicode.Scalar(UInt8(0x30 + digit)))) }

    private func perform(_ reactions: [Reaction]) throws {
        self.reactions += reactions
        for reaction in reactions {
            switch reaction {
            case .control(.step(let thread)): guest.step(thread)
            case .control(.pause): guest.pause()
            case .control(.resume): guest.resume()
            case .restart(let arguments):
                guest.resume()
                guest.terminate()
                (guest, source) = try Self.start(lesson, arguments, isPaused: false)
                (fold, examiner) = (ModelFold(), Examiner())
            default: break
            }
        }
    }

    // MARK: what is seen

    var run: LessonRun { interaction.view.lesson!.run }

    func canvas(_ columns: Int = 80, _ rows: Int = 24, _ glyphs: Glyphs = .utf8) -> Canvas {
        var other = interaction
        other.size = Size(columns: columns, rows: rows)
        other.glyphs = glyphs
        return other.frame(state)
    }

    /// All that the guest has printed.
    var output: String {
        let lines = state.model.output.lines
        return lines.range.map { String(decoding: lines[$0].bytes, as: UTF8.self) }.joined(separator: "\n")
    }

    var lines: [String] {
        if let seen { return seen }
        let lines = canvas().text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        seen = lines
        return lines
    }

    /// Without frames and line breaks.
    var text: String {
        lines.map { line in line.filter { !"│├┤".contains($0) }.split(separator: " ").joined(separator: " ") }
            .joined(separator: " ")
    }

    func shows(_ words: String) -> Bool {
        text.contains(words.replacing("`", with: "").split(separator: " ").joined(separator: " "))
    }
}

struct LessonLost: Error, CustomStringConvertible {
    let description: String
}
