import Foundation
import Testing

/// Comments cite articles that are there, and articles are found.
@Suite struct CitationTests {
    private static let kinds: Set<String> = [
        "c", "cpp", "go", "h", "md", "rs", "sh", "swift", "txt", "wat", "zig",
    ]

    /// Text that people wrote, by its path.
    private static let texts: [String: String] = {
        var found: [String: String] = [:]
        for top in ["Sources", "Tests", "assets"] {
            for file in Checkout.files(below: Checkout.root.appendingPathComponent(top))
            where kinds.contains(file.pathExtension) {
                guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
                found[String(file.path.dropFirst(Checkout.root.path.count + 1))] = text
            }
        }
        for name in ["README.md", "Makefile", "Package.swift"] {
            found[name] = try? String(contentsOf: Checkout.root.appendingPathComponent(name), encoding: .utf8)
        }
        return found
    }()

    @Test func everyCitationNamesAnArticle() throws {
        let catalogs = try Catalog.all()
        let known = Set(
            catalogs.flatMap { catalog in catalog.pages.keys.map { Citation(room: catalog.room, article: $0) } })
        var seen: Set<Citation> = []
        for (path, text) in Self.texts {
            for citation in Citation.all(in: text) {
                seen.insert(citation)
                #expect(known.contains(citation), "\(path) cites \(citation.text)")
            }
        }
        #expect(seen.count > 20, "were the sources found?")
    }

    @Test func noCommentCitesWhatTheCheckoutLacks() {
        for (path, text) in Self.texts where !path.hasPrefix("Tests/ArchitectureTests/Citation") {
            #expect(Citation.unreachable(in: text) == [], "\(path)")
        }
    }

    @Test func everyArticleIsReachedFromItsCatalogsRoot() throws {
        let catalogs = try Catalog.all()
        #expect(catalogs.contains { $0.room == "WasixABI" })
        for catalog in catalogs {
            let root = try #require(catalog.pages[catalog.room], "\(catalog.room) has a root page")
            #expect(root.hasPrefix("# ``\(catalog.room)``\n"))
            #expect(catalog.articles.subtracting(Catalog.links(in: root)) == [], "not on \(catalog.room)'s root page")
        }
    }

    @Test func everyLinkLeadsToAnArticle() throws {
        for catalog in try Catalog.all() {
            for (name, text) in catalog.pages {
                let missing = Catalog.links(in: text).subtracting(catalog.articles)
                #expect(missing == [], "\(catalog.room).docc/\(name).md")
            }
        }
    }

    @Test func citationsAreFoundInCommentsOfEveryKind() {
        let name = "Room" + ".docc/"
        let cited = [Citation(room: "Room", article: "One"), Citation(room: "Room", article: "Two")]
        for text in [
            "/// Something (\(name)One, \(name)Two).\nlet a = 1", "/* \(name)One */ // see \(name)Two",
            "# \(name)One; \(name)Two", ";; \(name)One\n;; \(name)Two.",
        ] {
            #expect(Citation.all(in: text) == cited)
        }
        #expect(Citation.all(in: "a catalog, Room.docc, and a file, Room.docc.md") == [])
        #expect(Citation.unreachable(in: "// (ABI 2.15)") == ["ABI 2"])
        #expect(Citation.unreachable(in: "the ABI of WASIX; an ABI note") == [])
        #expect(Catalog.links(in: "<doc:One> and <doc:Two#Part> but not <docs:Three>") == ["One", "Two"])
    }
}
