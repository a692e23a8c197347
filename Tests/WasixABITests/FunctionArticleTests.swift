import Foundation
import Testing
import WasixABI

/// WasixABI.docc/Functions says of every function what the call table says.
@Suite struct FunctionArticleTests {
    /// One row of the article's tables.
    private struct Row {
        let name: String
        let parameters: [(name: String, type: String)]
        let isSincePreview1: Bool

        func wasmTypes(_ width: PointerWidth) -> [WasmType] {
            parameters.map { parameter in
                switch parameter.type {
                case "i64": .i64
                case "ptr", "usize": width == .bits64 ? .i64 : .i32
                default: .i32
                }
            }
        }
    }

    private static let rows: [Row] = {
        let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/WasixABI/WasixABI.docc/Functions.md")
        guard let text = try? String(contentsOf: article, encoding: .utf8) else { return [] }
        return text.matches(of: #/\n\| `([a-z0-9_]+)\(([^)]*)\)`[^|]*\| (preview1|WASIX) \|/#).map { match in
            let parameters = match.2.split(separator: ",").map { parameter in
                let words = parameter.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
                return (name: words[0], type: words[1])
            }
            return Row(name: String(match.1), parameters: parameters, isSincePreview1: match.3 == "preview1")
        }
    }()

    @Test func itHasEveryFunctionOfWasixOnce() {
        #expect(Self.rows.map(\.name).sorted() == Set(FunctionNames.preview1 + FunctionNames.extensions).sorted())
    }

    @Test func parametersAreThoseOfTheTable() throws {
        for row in Self.rows {
            for (namespace, width) in [(Namespace.wasix32, PointerWidth.bits32), (.wasix64, .bits64)] {
                let types = row.wasmTypes(width)
                let spec = CallTable.rows(namespace: namespace, name: row.name).first { $0.parameters(width) == types }
                let found = try #require(spec, "\(row.name) in \(namespace.rawValue)")
                #expect(found.arguments.map(\.name) == row.parameters.map(\.name), "\(row.name)")
            }
        }
    }

    @Test func whatIsSincePreview1IsInIt() {
        for row in Self.rows {
            let isThere = !CallTable.rows(namespace: .preview1, name: row.name).isEmpty
            #expect(isThere == row.isSincePreview1, "\(row.name)")
        }
    }
}
