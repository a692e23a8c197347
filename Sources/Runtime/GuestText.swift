import WasmEngine

/// Texts of a module in our own messages: any bytes, any length. Made safe for a terminal by whoever draws them.
enum GuestText {
    /// Characters of a name that say enough.
    private static let limit = 200

    /// And of a mangled one, before it is known what it means.
    static let mangledLimit = 4000

    static func short(_ text: String, limit: Int = limit) -> String {
        guard text.utf8.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "..."
    }

    static func name(of item: ModuleImport) -> String { "\(short(item.module)).\(short(item.name))" }
}
