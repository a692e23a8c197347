import Foundation
import Model
import Terminal
import Testing

@testable import UI

/// Whole screens, cell for cell. `GOLDEN=write swift test --filter GoldenScreenTests` accepts what is drawn now.
@Suite struct GoldenScreenTests {
    struct Case: CustomStringConvertible, Sendable {
        let name: String
        let columns: Int
        let rows: Int
        var isUTF8 = false
        var keys: [Key] = []
        var model: @Sendable () -> ModelState = { Fixture.echo() }

        var description: String { "\(name)-\(columns)x\(rows)\(isUTF8 ? "-utf8" : "")" }
    }

    static let cases: [Case] =
        [(80, 24), (80, 23), (100, 30), (120, 40), (40, 10), (200, 60), (60, 20), (80, 18)].flatMap { columns, rows in
            [false, true].map { Case(name: "main", columns: columns, rows: rows, isUTF8: $0) }
        } + [
            Case(name: "threads", columns: 80, rows: 24, keys: [.character("5")]),
            Case(name: "threads", columns: 120, rows: 40, keys: [.character("5")]),
            Case(name: "syscalls", columns: 80, rows: 24, keys: [.character("6")]),
            Case(name: "syscalls", columns: 120, rows: 40, keys: [.character("6")]),
            Case(name: "stdio", columns: 80, rows: 24, keys: [.character("8")]),
            Case(name: "help", columns: 80, rows: 24, keys: [.character("?")]),
            Case(name: "legend", columns: 80, rows: 24, keys: [.character("2"), .character("?"), .end]),
            Case(
                name: "filtered", columns: 80, rows: 24,
                keys: [.character("4"), .character("\\")] + "EAG".unicodeScalars.map { .character($0) }),
            Case(name: "trouble", columns: 80, rows: 24, keys: [.character("2")]),
            Case(name: "descriptor", columns: 80, rows: 24, keys: [.end, .up, .up, .enter]),
            Case(name: "descriptor", columns: 120, rows: 40, isUTF8: true, keys: [.end, .up, .up, .enter]),
            Case(name: "history", columns: 80, rows: 24, keys: [.end, .enter, .end, .enter]),
            Case(name: "command", columns: 80, rows: 24, keys: [.character(":"), .character("s"), .enter]),
            Case(name: "findings", columns: 80, rows: 24, keys: [.character("7")]),
            Case(name: "why", columns: 80, rows: 24, keys: [.character("!")]),
            Case(name: "why", columns: 40, rows: 10, keys: [.character("!")]),
            Case(name: "quiet", columns: 80, rows: 24, model: { Fixture.quiet() }),
            Case(name: "why-quiet", columns: 80, rows: 24, keys: [.character("!")], model: { Fixture.quiet() }),
            Case(name: "why-cycle", columns: 80, rows: 24, keys: [.character("!")], model: { Fixture.deadlock() }),
            Case(
                name: "why-cycle", columns: 80, rows: 24, isUTF8: true, keys: [.character("!")],
                model: { Fixture.deadlock() }),
            Case(name: "why-cycle", columns: 120, rows: 40, keys: [.character("!")], model: { Fixture.deadlock() }),
            Case(name: "why-cycle", columns: 60, rows: 20, keys: [.character("!")], model: { Fixture.deadlock() }),
            Case(
                name: "stack", columns: 80, rows: 24, keys: [.character("b"), .character("j")],
                model: { Fixture.deadlock() }),
            Case(name: "event", columns: 80, rows: 24, keys: [.character("4"), .up, .up, .enter]),
            Case(name: "event", columns: 120, rows: 40, isUTF8: true, keys: [.character("4"), .up, .enter]),
            Case(
                name: "explain", columns: 80, rows: 24, keys: [.character("4"), .end, .character("e")],
                model: { Fixture.many() }),
            Case(
                name: "explain", columns: 120, rows: 40, isUTF8: true,
                keys: [.character("4"), .end, .character("e"), .down, .down, .down, .down], model: { Fixture.many() }),
            Case(name: "explain-asleep", columns: 80, rows: 24, keys: [.character("2"), .character("e")]),
            Case(name: "zoom", columns: 80, rows: 24, keys: [.character("2"), .character("z")]),
        ]

    @Test(arguments: cases) func screenIsAsAccepted(_ example: Case) throws {
        var driver = Driver(
            example.model(), columns: example.columns, rows: example.rows, glyphs: example.isUTF8 ? .utf8 : .ascii)
        for key in example.keys { driver.press(key) }
        // A ruler of roles follows the text: colour is part of the screen.
        let drawn = driver.canvas.text + "\n\n--- roles ---\n" + driver.canvas.roles + "\n"
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        let file = folder.appendingPathComponent("\(example).txt")
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
        }
        let accepted = try String(contentsOf: file, encoding: .utf8)
        #expect(drawn == accepted, "\(example) differs from what was accepted")
    }

    @Test func everySizeIsDrawn() {
        for columns in [1, 2, 3, 5, 8, 13, 21, 39, 40, 41, 79, 80, 81, 119, 160] {
            for rows in [1, 2, 3, 4, 5, 8, 13, 14, 17, 19, 22, 23, 24, 25, 60] {
                for key in [Key.character("3"), .character("?")] {
                    var driver = Driver(columns: columns, rows: rows)
                    driver.press(key)
                    #expect(driver.lines.count == rows)
                }
            }
        }
    }
}
