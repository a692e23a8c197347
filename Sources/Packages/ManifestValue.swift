/// A value in a manifest, whichever form the manifest is written in (article Manifests).
package indirect enum ManifestValue: Equatable, Sendable {
    case text(String)
    case list([ManifestValue])
    case table([String: ManifestValue])
    /// A number, a date, a truth value, bytes: nothing that a package's run depends on.
    case other
}

extension ManifestValue {
    /// How deep values may stand in each other.
    static let mostLevels = 64
    /// Bytes of a manifest.
    static let mostBytes = 1 << 20

    /// The table; empty for nothing.
    /// - Throws: for any other value, naming `place`.
    static func table(
        _ value: ManifestValue?, _ place: String
    ) throws(PackageFailure) -> [String: ManifestValue] {
        switch value {
        case nil: return [:]
        case .table(let table): return table
        case .text, .list, .other: throw PackageFailure("\(place) is no table")
        }
    }

    /// The text; nil for nothing, and for CBOR's null.
    /// - Throws: for any other value, naming `place`.
    static func text(_ value: ManifestValue?, _ place: String) throws(PackageFailure) -> String? {
        switch value {
        case nil, .other: return nil
        case .text(let text):
            guard !text.utf8.contains(0) else { throw PackageFailure("\(place) holds a zero byte") }
            return text
        case .list, .table: throw PackageFailure("\(place) is no text")
        }
    }

    /// The texts of a list; empty for nothing, and for CBOR's null.
    /// - Throws: for any other value, naming `place`.
    static func texts(_ value: ManifestValue?, _ place: String) throws(PackageFailure) -> [String] {
        guard let value, value != .other else { return [] }
        guard case .list(let elements) = value else { throw PackageFailure("\(place) is no list") }
        var texts: [String] = []
        for element in elements {
            guard let text = try text(element, place) else { throw PackageFailure("\(place) holds what is no text") }
            texts.append(text)
        }
        return texts
    }
}
