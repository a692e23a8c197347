/// Reads a value in CBOR (RFC 8949). Nothing that the bytes claim is believed before it is there.
struct CborReader {
    private var rest: ArraySlice<UInt8>

    /// The one value that the bytes hold.
    static func value(_ bytes: ArraySlice<UInt8>) throws(PackageFailure) -> ManifestValue {
        var reader = CborReader(rest: bytes)
        let value = try reader.value(level: 0)
        guard reader.rest.isEmpty else { throw PackageFailure("more follows the manifest's value") }
        return value
    }

    /// What an item begins with: its kind, and a number that means a value, a length or a count; nil for a length that
    /// is not known beforehand.
    private struct Head {
        let kind: UInt8
        let number: UInt64?
        let information: UInt8
    }

    private static let cut = PackageFailure("the manifest ends within a value")
    private static let stop: UInt8 = 0xff

    private mutating func head() throws(PackageFailure) -> Head {
        guard let first = rest.popFirst() else { throw Self.cut }
        let information = first & 31
        let number: UInt64?
        switch information {
        case 0..<24: number = UInt64(information)
        case 24...27:
            let size = 1 << (information - 24)
            guard rest.count >= size else { throw Self.cut }
            number = rest.prefix(size).reduce(0) { $0 << 8 | UInt64($1) }
            rest.removeFirst(size)
        case 31 where 2...5 ~= first >> 5: number = nil
        default: throw PackageFailure("the manifest is not in CBOR")
        }
        return Head(kind: first >> 5, number: number, information: information)
    }

    private mutating func value(level: Int) throws(PackageFailure) -> ManifestValue {
        guard level < ManifestValue.mostLevels else { throw PackageFailure("the manifest nests too deep") }
        let head = try head()
        switch head.kind {
        case 0, 1, 7: return .other
        case 2:
            _ = try string(head)
            return .other
        case 3:
            guard let text = String(validating: try string(head), as: UTF8.self) else {
                throw PackageFailure("a text of the manifest is not UTF-8")
            }
            return .text(text)
        case 4: return .list(try list(head, level))
        case 5: return .table(try table(head, level))
        // A tag, and the value that it is about.
        default: return try value(level: level + 1)
        }
    }

    private mutating func string(_ head: Head) throws(PackageFailure) -> [UInt8] {
        if let count = head.number {
            guard let count = Int(exactly: count), count <= rest.count else { throw Self.cut }
            defer { rest.removeFirst(count) }
            return Array(rest.prefix(count))
        }
        var whole: [UInt8] = []
        while try !isAtStop() {
            let chunk = try self.head()
            guard chunk.kind == head.kind, chunk.number != nil else {
                throw PackageFailure("the manifest is not in CBOR")
            }
            whole += try string(chunk)
        }
        return whole
    }

    private mutating func list(_ head: Head, _ level: Int) throws(PackageFailure) -> [ManifestValue] {
        var elements: [ManifestValue] = []
        var left = head.number
        while try hasNext(&left) { elements.append(try value(level: level + 1)) }
        return elements
    }

    /// What has no text as its key is left out: nothing of ours does.
    private mutating func table(_ head: Head, _ level: Int) throws(PackageFailure) -> [String: ManifestValue] {
        var members: [String: ManifestValue] = [:]
        var left = head.number
        while try hasNext(&left) {
            let key = try value(level: level + 1)
            let member = try value(level: level + 1)
            guard case .text(let name) = key else { continue }
            guard members.updateValue(member, forKey: name) == nil else {
                throw PackageFailure("the manifest has \(PackageFailure.quoted(name)) twice")
            }
        }
        return members
    }

    /// - Parameter left: how many there are still; nil when a stop follows the last.
    private mutating func hasNext(_ left: inout UInt64?) throws(PackageFailure) -> Bool {
        guard let count = left else { return try !isAtStop() }
        guard count > 0 else { return false }
        left = count - 1
        return true
    }

    /// Goes over the stop, if it is there.
    private mutating func isAtStop() throws(PackageFailure) -> Bool {
        guard let next = rest.first else { throw Self.cut }
        if next == Self.stop { rest.removeFirst() }
        return next == Self.stop
    }
}
