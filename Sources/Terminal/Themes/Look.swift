/// How a role looks on one kind of terminal.
package struct Look: Sendable, Hashable {
    /// The number of the terminal's own colour.
    package static let own: Int16 = -1

    /// Numbers of the terminal's palette: 0-7 on all that have colours, 16-255 where there are 256 (those are the same
    /// colours everywhere).
    package var foreground: Int16
    package var background: Int16
    package var emphasis: Emphasis

    package init(_ foreground: Int16 = Look.own, on background: Int16 = Look.own, _ emphasis: Emphasis = []) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }
}
