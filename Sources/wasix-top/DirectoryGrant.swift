import ArgumentParser
import Kernel

/// How the command line writes grants.
extension DirectoryGrant {
    /// `HOST[::GUEST]`, as wasmtime's `--dir`.
    static func parseDir(_ text: String) throws -> DirectoryGrant {
        guard let separator = text.firstRange(of: "::") else { return try grant(text[...], text[...]) }
        return try grant(text[..<separator.lowerBound], text[separator.upperBound...])
    }

    /// `HOST:GUEST`, as wasmer's `--volume`.
    static func parseVolume(_ text: String) throws -> DirectoryGrant {
        guard let colon = text.lastIndex(of: ":") else { throw ValidationError("expected HOST:GUEST") }
        return try grant(text[..<colon], text[text.index(after: colon)...])
    }

    /// `GUEST:HOST`, as wasmer's `--mapdir`.
    static func parseMapdir(_ text: String) throws -> DirectoryGrant {
        guard let colon = text.firstIndex(of: ":") else { throw ValidationError("expected GUEST:HOST") }
        return try grant(text[text.index(after: colon)...], text[..<colon])
    }

    private static func grant(_ host: Substring, _ guest: Substring) throws -> DirectoryGrant {
        guard !host.isEmpty, !guest.isEmpty else { throw ValidationError("a directory has no name") }
        return DirectoryGrant(hostPath: String(host), guestPath: String(guest))
    }
}
