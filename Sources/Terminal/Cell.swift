/// One place of the screen: plain data, so that a frame is compared and copied as bytes.
package struct Cell: Sendable, Hashable {
    /// The base character; 0 in the second half of a wide one.
    package var scalar: UInt32
    /// Combining marks, 0 where there is none. More than two are not drawn.
    package var marks: (UInt32, UInt32)
    package var style: Style

    package init(_ scalar: Unicode.Scalar, _ style: Style) {
        self.scalar = scalar.value
        marks = (0, 0)
        self.style = style
    }

    private init(scalar: UInt32, style: Style) {
        self.scalar = scalar
        marks = (0, 0)
        self.style = style
    }

    package static let blank = Cell(" ", .text)

    /// What stands right of a wide character.
    package static func continuation(_ style: Style) -> Cell { Cell(scalar: 0, style: style) }

    package var isContinuation: Bool { scalar == 0 }

    package static func == (a: Cell, b: Cell) -> Bool {
        a.scalar == b.scalar && a.marks == b.marks && a.style == b.style
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(scalar)
        hasher.combine(marks.0)
        hasher.combine(marks.1)
        hasher.combine(style)
    }
}
