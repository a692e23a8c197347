import Foundation

/// A room's documentation: a root page that bears the room's name, and articles.
struct Catalog {
    let room: String
    /// The text of each page, by its name without `.md`.
    let pages: [String: String]

    /// Nil for a room without one.
    init?(of room: String) throws {
        let directory = Checkout.root.appendingPathComponent("Sources/\(room)/\(room).docc")
        guard FileManager.default.fileExists(atPath: directory.path) else { return nil }
        self.room = room
        var found: [String: String] = [:]
        for file in Checkout.files(below: directory) where file.pathExtension == "md" {
            found[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        pages = found
    }

    /// All there are.
    static func all() throws -> [Catalog] {
        try Checkout.names(in: Checkout.root.appendingPathComponent("Sources")).sorted().compactMap {
            try Catalog(of: $0)
        }
    }

    var articles: Set<String> { Set(pages.keys).subtracting([room]) }

    /// The articles that a page's text links to: `<doc:Name>`.
    static func links(in text: String) -> Set<String> {
        Set(text.matches(of: #/<doc:([^>#]+)[^>]*>/#).map { String($0.1) })
    }
}
