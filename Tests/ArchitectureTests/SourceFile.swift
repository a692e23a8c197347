/// The modules that a Swift source imports and the headers that a C source includes, read line by line.
struct SourceFile {
    let lines: [Substring]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline)
    }

    var importedModules: [String] {
        lines.compactMap { line in
            var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
            while let first = words.first, first.hasPrefix("@") || Self.accessLevels.contains(first) {
                words.removeFirst()
            }
            guard words.popFirst() == "import", var name = words.popFirst() else { return nil }
            if Self.declarationKinds.contains(name), let named = words.popFirst() { name = named }
            return String(name.prefix { $0 != "." && $0 != ";" })
        }
    }

    /// Headers in quotes are the project's own.
    var includedHeaders: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.first == "#include", words.count > 1 else { return nil }
            return String(words[1])
        }
    }

    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let declarationKinds: Set<Substring> = [
        "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
    ]
}
