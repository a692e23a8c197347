import Glibc

/// Paths as text: bytes with slashes. Nothing here decides what a guest may reach.
public enum PathText {
    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// `path` as seen from the root when it starts in `directory`.
    public static func join(_ directory: [UInt8], _ path: [UInt8]) -> [UInt8] {
        if path.first == slash { return path }
        if directory.last == slash { return directory + path }
        return directory + [slash] + path
    }

    /// An absolute path without empty components, `.` and `..`; above the root is the root.
    public static func normalize(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        for part in path.split(separator: slash) {
            if part.elementsEqual([dot]) { continue }
            if part.elementsEqual([dot, dot]) {
                _ = kept.popLast()
            } else {
                kept.append(part)
            }
        }
        guard !kept.isEmpty else { return [slash] }
        var text: [UInt8] = []
        for part in kept {
            text.append(slash)
            text += part
        }
        return text
    }

    /// What is left of the absolute `path` below the normalized directory `prefix`, "." when nothing is; nil when it
    /// starts elsewhere.
    static func remainder(of path: [UInt8], below prefix: [UInt8]) -> [UInt8]? {
        var rest = path[...].drop { $0 == slash }
        for component in prefix.split(separator: slash) {
            rest = skipDots(rest)
            guard rest.starts(with: component) else { return nil }
            rest = rest.dropFirst(component.count)
            guard rest.isEmpty || rest.first == slash else { return nil }
            rest = rest.drop { $0 == slash }
        }
        return rest.isEmpty ? [dot] : Array(rest)
    }

    private static func skipDots(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = path
        while rest.starts(with: [dot, slash]) {
            rest = rest.dropFirst(2).drop { $0 == slash }
        }
        return rest
    }

    /// The part before the last component, empty when there is none, and the last component with the slashes behind it.
    static func split(_ path: [UInt8]) -> (parent: [UInt8], name: [UInt8]) {
        let end = path.lastIndex { $0 != slash } ?? path.startIndex
        guard let cut = path[...end].lastIndex(of: slash), cut < end else { return ([], path) }
        return (Array(path[...cut]), Array(path[(cut + 1)...]))
    }

    /// Runs `body` with the bytes as a C string.
    static func withCString<Result, Failure: Error>(
        _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { (buffer) throws(Failure) in
            for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[bytes.count] = 0
            return try body(UnsafePointer(buffer.baseAddress!))
        }
    }
}
