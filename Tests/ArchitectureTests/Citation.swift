/// A reference to an article, as comments write it: the room, `.docc/`, and the article's name.
struct Citation: Hashable {
    let room: String
    let article: String

    var text: String { "\(room).docc/\(article)" }

    static func all(in text: String) -> [Citation] {
        text.matches(of: #/\b([A-Za-z]+)\.docc/([A-Za-z0-9]+)/#).map {
            Citation(room: String($0.1), article: String($0.2))
        }
    }

    /// References to pages that are in nobody's checkout: chapters by their numbers, and design documents by their names.
    static func unreachable(in text: String) -> [String] {
        text.matches(of: #/ABI (?:Appendix|[0-9])|DESIGN|(?:wasix-abi|engine|ux|screens|style)\.md/#)
            .map { String($0.0) }
    }
}
