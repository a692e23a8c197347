/// Why bytes are no package that can be run: one line for the user, without the file's name.
package struct PackageFailure: Error, Equatable, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }

    /// A name out of a package as messages quote it: any bytes, any length.
    static func quoted(_ name: String) -> String {
        let most = 100
        guard name.unicodeScalars.count > most else { return "\"\(name)\"" }
        return "\"\(String(String.UnicodeScalarView(name.unicodeScalars.prefix(most))))...\""
    }
}
