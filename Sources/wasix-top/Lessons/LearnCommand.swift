import ArgumentParser
import Kernel
import Runtime
import Terminal

struct LearnCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "List the lessons, or start one: a guest that stands still, and questions.",
        usage: """
            wasix-top learn [LESSON]
            wasix-top learn --check FILE...
            """,
        discussion: """
            LESSON is a lesson's name or number, or the path of a file that you wrote; assets/lessons/README.md says how. In a lesson \
            digits choose an answer, s goes on, Esc shows all of the guest, L comes back, y copies your answers, q leaves.
            """,
        version: Program.version)

    @Flag(help: "Read lessons' files and say what is wrong with them, with exit status 1.")
    var check = false

    @OptionGroup var screen: ScreenOptions

    @Argument(
        help: ArgumentHelp("A lesson's name, number or file.", valueName: "LESSON"),
        completion: .file(extensions: ["lesson"]))
    var words: [ByteString] = []

    func run() throws -> Int32 {
        if check { return try checkFiles() }
        guard let word = words.first else { return try list() }
        guard words.count == 1 else {
            throw Failure(
                "one lesson at a time", hint: "'wasix-top learn' lists them.", status: ExitStatus.usage)
        }
        TerminalGuard.install()
        do throws(LaunchError) {
            try HostRoom.check()
        } catch {
            throw Failure(error)
        }
        return try LessonSession(word, screen).run()
    }

    private func list() throws -> Int32 {
        let entries = LessonLibrary.standard.all
        guard !entries.isEmpty else {
            throw Failure(
                "there are no lessons where the program looks for them", hint: "'make install' puts them there.",
                status: ExitStatus.notFound)
        }
        let width = entries.map { $0.lesson.name.utf8.count }.max() ?? 0
        let lines = entries.map { entry in
            guard entry.problems.isEmpty else {
                return "  ?  \(entry.lesson.name.padded(to: width))  cannot be read: 'learn --check' says why"
            }
            let lesson = entry.lesson
            let number = String(repeating: " ", count: max(3 - String(lesson.number).count, 0)) + "\(lesson.number)"
            let lints = lesson.lints.isEmpty ? "" : "  \(lesson.lints.joined(separator: " "))"
            return "\(number)  \(lesson.name.padded(to: width))  \(lesson.about)\(lints)"
        }
        let end = "\(entries.count) lessons of ten minutes at most; 'wasix-top learn NAME' starts one"
        try StandardOutput.write((lines + [end]).joined(separator: "\n") + "\n")
        return ExitStatus.success
    }

    private func checkFiles() throws -> Int32 {
        guard !words.isEmpty else {
            throw Failure("--check: which file?", hint: "Try 'wasix-top learn --help'.", status: ExitStatus.usage)
        }
        var status = ExitStatus.success
        for word in words {
            let check = LessonCheck(entry: try LessonLibrary.open(word), library: .standard)
            let problems = try check.allProblems
            if problems.isEmpty {
                try StandardOutput.write(check.summary + "\n")
            } else {
                StandardError.write(lines: problems.flatMap(check.lines))
                status = ExitStatus.found
            }
        }
        return status
    }
}
