/// Reads a tree of files: a header that holds the names, and the contents of all files after it (article Webc).
struct VolumeReader {
    private enum Tag {
        static let directory: UInt8 = 30
        static let file: UInt8 = 31
    }

    /// How deep directories may stand in each other.
    private static let mostLevels = 128
    private static let longestName = 255

    private let all: [UInt8]
    private let header: Range<Int>
    private let data: Range<Int>
    private let version: WebcVersion
    /// Directories that were read: one that is met again would stand in itself, or in two places.
    private var visited: Set<Int> = []
    /// Bytes of all files so far.
    private var total = 0

    /// The tree that `section` goes on with to its end.
    static func entries(
        _ section: inout FieldReader, _ version: WebcVersion
    ) throws(PackageFailure) -> [VolumeEntry] {
        let header = try section.range(try section.length())
        let data = try section.range(try section.length())
        guard section.isAtEnd else { throw PackageFailure("more follows the files of a volume") }
        var reader = VolumeReader(section.all, header, data, version)
        guard case .directory(let entries) = try reader.node(at: 0, level: 0) else {
            throw PackageFailure("a volume has no root directory")
        }
        return entries
    }

    private init(_ all: [UInt8], _ header: Range<Int>, _ data: Range<Int>, _ version: WebcVersion) {
        self.all = all
        self.header = header
        self.data = data
        self.version = version
    }

    /// - Parameter offset: from the header's beginning.
    private mutating func node(at offset: Int, level: Int) throws(PackageFailure) -> VolumeNode {
        guard offset < header.count else { throw PackageFailure("an entry of a directory is outside of the volume") }
        var fields = FieldReader(all, header.lowerBound + offset..<header.upperBound)
        switch try fields.byte() {
        case Tag.directory:
            guard level < Self.mostLevels else { throw PackageFailure("directories nest too deep") }
            guard visited.insert(offset).inserted else {
                throw PackageFailure("a directory stands in two places, or in itself")
            }
            return .directory(try directory(FieldReader(all, try fields.range(try fields.length())), level))
        case Tag.file: return .file(try file(fields))
        case let tag: throw PackageFailure("an entry of a directory is of an unknown kind, \(tag)")
        }
    }

    private mutating func directory(
        _ content: FieldReader, _ level: Int
    ) throws(PackageFailure) -> [VolumeEntry] {
        var fields = content
        if version == .v3 {
            _ = try Self.modified(&fields)
            _ = try fields.range(WebcReader.digestSize)
        }
        var entries: [VolumeEntry] = []
        var names: Set<[UInt8]> = []
        while !fields.isAtEnd {
            let offset = try fields.length()
            if version == .v3 { _ = try fields.range(WebcReader.digestSize) }
            let name = try fields.bytes(try fields.length())
            guard Self.isName(name) else { throw PackageFailure("a file's name is not a single name") }
            guard names.insert(name).inserted else {
                let text = String(decoding: name, as: UTF8.self)
                throw PackageFailure("a directory has two entries \(PackageFailure.quoted(text))")
            }
            entries.append(VolumeEntry(name: name, node: try node(at: offset, level: level + 1)))
        }
        return entries
    }

    private mutating func file(_ content: FieldReader) throws(PackageFailure) -> PackageFile {
        var fields = content
        let start = try fields.length()
        let end = try fields.length()
        let digest = try fields.bytes(WebcReader.digestSize)
        let modified = version == .v3 ? try Self.modified(&fields) : 0
        guard start <= end, end <= data.count else { throw PackageFailure("a file is outside of its volume") }
        // Files that share bytes would be many times what the package holds.
        total += end - start
        guard total <= data.count else { throw PackageFailure("files of a volume overlap") }
        return .span(data.lowerBound + start..<data.lowerBound + end, digest: digest, modified: modified)
    }

    /// Goes over three times and answers the second, when the contents were last changed.
    private static func modified(_ fields: inout FieldReader) throws(PackageFailure) -> UInt64 {
        _ = try fields.number()
        let modified = try fields.number()
        _ = try fields.number()
        return modified
    }

    /// Whether it is what a directory of the host can hold, too.
    static func isName(_ name: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        return !name.isEmpty && name.count <= longestName && name != [dot] && name != [dot, dot]
            && !name.contains(UInt8(ascii: "/")) && !name.contains(0)
    }
}
