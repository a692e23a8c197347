import Glibc
import WasixABI

/// Paths as text: bytes with slashes. Nothing here decides what a guest may reach.
public enum PathText {
    public static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")
    static let root: [UInt8] = [slash]
    static let here: [UInt8] = [dot]
    static let up: [UInt8] = [dot, dot]

    /// What one component of a path asks for.
    enum Component {
        case here, up, name

        init(_ text: [UInt8]) {
            switch text {
            case [], PathText.here: self = .here
            case PathText.up: self = .up
            default: self = .name
            }
        }
    }

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

    /// The directory above a normalized path; the root is above itself.
    static func parent(of path: [UInt8]) -> [UInt8] {
        guard let cut = path.lastIndex(of: slash), cut > 0 else { return root }
        return Array(path[..<cut])
    }

    /// Whether a component of the path is `..`.
    static func climbs(_ path: [UInt8]) -> Bool {
        var dots = 0
        for byte in path + [slash] {
            if byte == slash {
                if dots == 2 { return true }
                dots = 0
            } else {
                dots = byte == dot && dots >= 0 ? dots + 1 : -1
            }
        }
        return false
    }

    /// The text of the symbolic link that `hostFd` stands for.
    static func ofLink(_ hostFd: Int32) throws(Errno) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { (buffer, count) throws(Errno) in
            count = try buffer.withMemoryRebound(to: CChar.self) { text throws(Errno) in
                try HostCall.value(.status) { readlinkat(hostFd, "", text.baseAddress!, text.count) }
            }
        }
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
