/// Reads a TOML document (TOML 1.0). Messages say which line they are about.
struct TomlReader {
    var bytes: ArraySlice<UInt8>
    var line = 1
    private let root = TomlTable(.header)
    /// What keys stand in.
    private var current: TomlTable
    /// Counts headers: keys with dots extend only what keys below the same header have made.
    private var section = 0

    static func table(_ text: [UInt8]) throws(PackageFailure) -> [String: ManifestValue] {
        guard text.count <= ManifestValue.mostBytes else { throw PackageFailure("the manifest is larger than 1 MiB") }
        guard String(validating: text, as: UTF8.self) != nil else { throw PackageFailure("the manifest is not UTF-8") }
        var reader = TomlReader(text)
        try reader.document()
        return reader.root.members
    }

    private init(_ text: [UInt8]) {
        bytes = text[...]
        // A byte order mark.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        current = root
    }

    func failure(_ what: String) -> PackageFailure { PackageFailure("line \(line): \(what)") }

    // MARK: characters

    mutating func skip(_ byte: Character) -> Bool {
        guard bytes.first == byte.asciiValue else { return false }
        bytes.removeFirst()
        return true
    }

    mutating func skip(all text: String) -> Bool {
        guard bytes.starts(with: text.utf8) else { return false }
        bytes.removeFirst(text.utf8.count)
        return true
    }

    mutating func skipBlanks() { bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 } }

    /// - Returns: whether there was an end of a line.
    mutating func skipNewline() -> Bool {
        guard skip(all: "\n") || skip(all: "\r\n") else { return false }
        line += 1
        return true
    }

    /// Goes over blanks, and a comment.
    mutating func skipToLineEnd() throws(PackageFailure) {
        skipBlanks()
        guard skip("#") else { return }
        while let byte = bytes.first, byte != 0x0a, !bytes.starts(with: [0x0d, 0x0a]) {
            guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else { throw failure("a control character") }
            bytes.removeFirst()
        }
    }

    /// Goes over blanks, comments and ends of lines.
    mutating func skipSpace() throws(PackageFailure) {
        repeat { try skipToLineEnd() } while skipNewline()
    }

    // MARK: statements

    private mutating func document() throws(PackageFailure) {
        while true {
            try skipSpace()
            guard !bytes.isEmpty else { return }
            if skip(all: "[[") {
                try header(isElement: true)
            } else if skip("[") {
                try header(isElement: false)
            } else {
                try assignment(to: current)
            }
            try skipToLineEnd()
            guard skipNewline() || bytes.isEmpty else { throw failure("more than one thing in a line") }
        }
    }

    private mutating func header(isElement: Bool) throws(PackageFailure) {
        var key = try key()
        guard skip(all: isElement ? "]]" : "]") else { throw failure("a header without its end") }
        section += 1
        let last = key.removeLast()
        var table = root
        for name in key {
            switch table.entries[name] {
            case nil:
                let next = TomlTable(.parent)
                table.entries[name] = .table(next)
                table = next
            case .table(let next) where next.origin != .inline: table = next
            case .tables(let elements): table = elements[elements.count - 1]
            case .table, .value: throw failure("\(name) is no table that can be extended")
            }
        }
        current = TomlTable(.header)
        switch table.entries[last] {
        case nil: table.entries[last] = isElement ? .tables([current]) : .table(current)
        case .tables(let elements) where isElement: table.entries[last] = .tables(elements + [current])
        case .table(let made) where !isElement && made.origin == .parent:
            made.origin = .header
            current = made
        case .table, .tables, .value: throw failure("\(last) is there twice")
        }
    }

    /// `key = value` into a table.
    mutating func assignment(to target: TomlTable, level: Int = 0) throws(PackageFailure) {
        var key = try key()
        guard skip("=") else { throw failure("no = after a key") }
        skipBlanks()
        let valueLevel = level + key.count - 1
        let last = key.removeLast()
        var table = target
        for name in key {
            switch table.entries[name] {
            case nil:
                let next = TomlTable(.dotted(section))
                table.entries[name] = .table(next)
                table = next
            case .table(let next) where next.origin == .dotted(section): table = next
            case .table, .tables, .value: throw failure("\(name) is there twice")
            }
        }
        guard table.entries[last] == nil else { throw failure("\(last) is there twice") }
        table.entries[last] = try entry(level: valueLevel)
    }

    /// A key, perhaps of several parts with dots between them.
    private mutating func key() throws(PackageFailure) -> [String] {
        var parts: [String] = []
        repeat {
            skipBlanks()
            parts.append(try keyPart())
            skipBlanks()
            guard parts.count <= ManifestValue.mostLevels else { throw failure("a key of too many parts") }
        } while skip(".")
        return parts
    }

    private mutating func keyPart() throws(PackageFailure) -> String {
        if bytes.starts(with: "\"\"\"".utf8) || bytes.starts(with: "'''".utf8) { throw failure("a key of many lines") }
        if let text = try string() { return text }
        let bare = bytes.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard !bare.isEmpty else { throw failure("no key where there should be one") }
        bytes.removeFirst(bare.count)
        return String(decoding: bare, as: UTF8.self)
    }
}

/// A table while a document is read.
final class TomlTable {
    enum Origin: Equatable {
        /// A header of its own.
        case header
        /// Headers of tables in it.
        case parent
        /// A key with dots, below the header of that number.
        case dotted(Int)
        /// Braces, or what is in them: complete as it is.
        case inline
    }

    enum Entry {
        case value(ManifestValue)
        case table(TomlTable)
        case tables([TomlTable])
    }

    var origin: Origin
    var entries: [String: Entry] = [:]

    init(_ origin: Origin) { self.origin = origin }

    var members: [String: ManifestValue] {
        entries.mapValues { entry in
            switch entry {
            case .value(let value): value
            case .table(let table): .table(table.members)
            case .tables(let tables): .list(tables.map { .table($0.members) })
            }
        }
    }
}
