import ArgumentParser
import Kernel

/// How the command line writes grants. A third word, `ro`, grants for reading only. Texts are the parser's, in which
/// every character is a byte.
extension DirectoryGrant {
    /// `HOST[::GUEST[::ro]]`, as wasmtime's `--dir`.
    static func parseDir(_ text: String) throws -> DirectoryGrant {
        let (names, isReadOnly) = readOnly(text, "::")
        guard let separator = names.firstRange(of: "::") else { return try grant(names, names, isReadOnly) }
        return try grant(names[..<separator.lowerBound], names[separator.upperBound...], isReadOnly)
    }

    /// `HOST:GUEST[:ro]`, as wasmer's `--volume`.
    static func parseVolume(_ text: String) throws -> DirectoryGrant {
        let (names, isReadOnly) = readOnly(text, ":")
        guard let colon = names.lastIndex(of: ":") else { throw ValidationError("expected HOST:GUEST[:ro]") }
        return try grant(names[..<colon], names[names.index(after: colon)...], isReadOnly)
    }

    /// `GUEST:HOST[:ro]`, as wasmer's `--mapdir`.
    static func parseMapdir(_ text: String) throws -> DirectoryGrant {
        let (names, isReadOnly) = readOnly(text, ":")
        guard let colon = names.firstIndex(of: ":") else { throw ValidationError("expected GUEST:HOST[:ro]") }
        return try grant(names[names.index(after: colon)...], names[..<colon], isReadOnly)
    }

    private static func readOnly(_ text: String, _ separator: String) -> (names: Substring, isReadOnly: Bool) {
        let names = text.dropLast(separator.count + 2)
        guard text.hasSuffix(separator + "ro"), names.contains(separator) else { return (text[...], false) }
        return (names, true)
    }

    private static func grant(_ host: Substring, _ guest: Substring, _ isReadOnly: Bool) throws -> DirectoryGrant {
        guard !host.isEmpty, !guest.isEmpty else { throw ValidationError("a directory has no name") }
        return DirectoryGrant(
            hostPath: ArgumentText.decode(host), guestPath: ArgumentText.decode(guest), isReadOnly: isReadOnly)
    }
}
