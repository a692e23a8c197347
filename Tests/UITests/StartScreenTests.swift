import Terminal
import Testing

@testable import UI

/// The list that the program shows when it was given nothing to do.
@Suite struct StartScreenTests {
    private static let menu = StartMenu([
        .init(
            title: "Demos",
            items: [
                .init(name: "stall", about: "a server hangs", arguments: ["stall.wasm"], canPause: true),
                .init(name: "echo", about: "a server works", arguments: ["--net", "echo.wasm"], canPause: true),
            ], emptyText: "none"),
        .init(
            title: "Lessons",
            items: (1...14).map { .init(name: "\($0) lesson", about: "idea \($0)", arguments: ["learn", "\($0)"]) },
            emptyText: "none"),
    ])

    private let size = Size(columns: 80, rows: 24)

    private func start() -> StartScreen {
        var start = StartScreen(Self.menu, version: "1.2.3")
        _ = start.frame(size, .ascii)
        return start
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 10), (20, 5), (3, 2), (1, 1)])
    func itIsDrawnAtEverySize(columns: Int, rows: Int) {
        for glyphs in [Glyphs.ascii, .utf8] {
            var start = StartScreen(Self.menu, version: "1.2.3")
            let canvas = start.frame(Size(columns: columns, rows: rows), glyphs)
            #expect(canvas.size == Size(columns: columns, rows: rows))
            if columns >= 80 {
                for text in ["1.2.3", "stall", "echo", "12 lesson", "$ wasix-top stall.wasm", "Quit"] {
                    #expect(canvas.text.contains(text), "\(text)")
                }
            }
        }
    }

    @Test func enterRunsWhatIsUnderTheCursor() {
        var start = start()
        #expect(start.handle(.enter, size) == .run(["stall.wasm"]))
        #expect(start.handle(.down, size) == .none)
        #expect(start.frame(size, .ascii).text.contains("$ wasix-top --net echo.wasm"))
        #expect(start.handle(.enter, size) == .run(["--net", "echo.wasm"]))
        #expect(start.handle(.character("p"), size) == .run(["--paused", "--net", "echo.wasm"]))
        #expect(start.handle(.end, size) == .none)
        #expect(start.handle(.enter, size) == .run(["learn", "14"]))
        #expect(start.handle(.character("p"), size) == .none, "lessons stand still anyway")
        #expect(start.handle(.home, size) == .none)
        #expect(start.handle(.enter, size) == .run(["stall.wasm"]))
    }

    @Test func aModuleIsTypedWithItsArguments() {
        var start = start()
        for key in [Key.character("o"), .enter] { #expect(start.handle(key, size) == .none) }
        _ = start.handle(.character("o"), size)
        for scalar in "a.wasm 1 2".unicodeScalars { #expect(start.handle(.character(scalar), size) == .none) }
        #expect(start.frame(size, .ascii).text.contains("module and arguments: a.wasm 1 2"))
        #expect(start.handle(.enter, size) == .run(["a.wasm", "1", "2"]))
        _ = start.handle(.character("o"), size)
        #expect(start.handle(.character("q"), size) == .none, "a letter of a name")
        #expect(start.handle(.escape, size) == .none)
        #expect(start.handle(.character("q"), size) == .quit)
    }

    @Test func whatIsMissingIsSaid() {
        var start = StartScreen(
            StartMenu([.init(title: "Demos", items: [], emptyText: "'make guests' builds them.")]), version: "1")
        #expect(start.frame(size, .ascii).text.contains("'make guests' builds them."))
        #expect(start.handle(.enter, size) == .none)
        #expect(start.handle(.down, size) == .none)
    }
}
