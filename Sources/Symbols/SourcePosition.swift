/// A place in a guest's source, as its compiler wrote it down. The file's name is the guest's text: sanitise before
/// drawing.
package struct SourcePosition: Sendable, Equatable {
    /// With its directory where the line table gives one; relative to the directory of compilation otherwise.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1; 0 when the compiler left it out.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}
