import CLinux
import Glibc
import Kernel
import Terminal
import UI

/// The program without a module: a list of demos and lessons, and a place to name a module.
enum StartCommand {
    /// Demos: what to watch in them.
    private static let demos: [(name: String, options: [String], about: String)] = [
        ("stall", [], "a server hangs for want of an edge: ! says why, t shows when"),
        ("lt-vs-et", [], "one pipe watched by level and by edge: pane 2, and e on a wait"),
        ("deadlock", [], "a lock and a full pipe: ! shows who waits for whom"),
        ("echo", ["--net"], "a server and its clients at work: 4 the calls, 6 their times"),
        ("leak", [], "descriptors that are never closed: 7 lists what is wrong"),
        ("spin", [], "a loop that is never at rest: 6 the calls, ! the loop"),
    ]

    /// How the screen is to be, when that is all that was said in a terminal; else nil.
    static func options(_ arguments: [String]) -> ScreenOptions? {
        guard arguments.first?.hasPrefix("-") ?? true, isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            return nil
        }
        return try? ScreenOptions.parse(arguments)
    }

    /// - Returns: the arguments to run the program with, at least one, but for those of the screen; nil for none.
    static func choose(_ options: ScreenOptions) throws -> [String]? {
        TerminalGuard.install()
        let screen = try options.open()
        defer { screen.close() }
        return StartLoop(screen: screen, start: StartScreen(menu, version: Program.number)).run()
    }

    /// As somebody in this directory would type it.
    private static func shown(_ path: ByteString) -> String {
        guard let folder = getcwd(nil, 0) else { return path.description }
        defer { free(folder) }
        let prefix = String(cString: folder) + "/"
        let text = path.description
        return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    }

    private static var menu: StartMenu {
        let library = LessonLibrary.standard
        let shown = demos.compactMap { demo in
            library.module(named: demo.name + ".wasm").map { path in
                StartMenu.Item(
                    name: demo.name, about: demo.about, arguments: demo.options + [Self.shown(path)], canPause: true)
            }
        }
        let lessons = library.all.filter(\.problems.isEmpty).map { entry in
            StartMenu.Item(
                name: "\(entry.lesson.number) \(entry.lesson.name)", about: entry.lesson.about,
                arguments: ["learn", entry.lesson.name])
        }
        return StartMenu([
            .init(title: "Demos: programs to watch", items: shown, emptyText: "'make guests' builds them."),
            .init(
                title: "Lessons: ten minutes each, in this order", items: lessons,
                emptyText: "'make install' puts them where the program looks."),
        ])
    }
}
