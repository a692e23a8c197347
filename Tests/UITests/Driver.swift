import Diagnosis
import Model
import Terminal

@testable import UI

/// Presses keys and looks at the screen, as a user does.
struct Driver {
    private(set) var model: ModelState
    /// What is found; nil finds it as the program does.
    var examination: Examination? { didSet { examine() } }
    /// The state as the screen gets it.
    private(set) var state = ExaminedState()
    var interaction: Interaction
    private(set) var reactions: [Reaction] = []
    /// When keys are pressed, in nanoseconds.
    var time: UInt64 = 0

    init(
        _ model: ModelState = Fixture.echo(), columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .ascii,
        canType: Bool = true
    ) {
        self.model = model
        interaction = Interaction(
            view: ViewState(program: "echo-et.wasm", canType: canType), size: Size(columns: columns, rows: rows),
            glyphs: glyphs)
        examine()
        interaction.settle(state)
    }

    /// What an examiner says of one state alone is what has held long enough already.
    private mutating func examine() {
        var examiner = Examiner()
        state = ExaminedState(model: model, examination: examination ?? examiner.examine(model))
    }

    mutating func press(_ keys: Key...) {
        for key in keys {
            reactions += interaction.handle(key, state, at: time)
            interaction.settle(state)
        }
    }

    mutating func type(_ text: String) {
        for scalar in text.unicodeScalars { press(.character(scalar)) }
    }

    mutating func change(_ body: (inout ModelState) -> Void) {
        body(&model)
        examine()
        interaction.settle(state)
    }

    var canvas: Canvas {
        MainScreen.draw(state, interaction.view, size: interaction.size, glyphs: interaction.glyphs)
    }

    var lines: [String] { canvas.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// The first line that contains `text`.
    func line(_ text: String) -> String? { lines.first { $0.contains(text) } }

    /// What stands under the cursor of the pane that has the keys.
    var cursorLine: String? {
        let canvas = canvas
        for y in 0..<canvas.size.rows {
            let row = Array(canvas.row(y))
            let isCursor = { (cell: Cell) in cell.style.role == .cursor }
            // What needs a look keeps one of its own.
            let isInRow = { (cell: Cell) in isCursor(cell) || cell.style.role == cell.style.role.underCursor(.cursor) }
            if let first = row.firstIndex(where: isCursor), let last = row.lastIndex(where: isInRow) {
                return String(String.UnicodeScalarView(row[first...last].compactMap { Unicode.Scalar($0.scalar) }))
            }
        }
        return nil
    }

    func shows(_ text: String) -> Bool { line(text) != nil }

    var view: ViewState { interaction.view }
}
