/// Rust's second mangling (RFC 2603), printed as it is read: a reference back is read again where it points.
///
/// The hashes that tell crates apart are left out, as the compiler's own tools do in short form. Identifiers that are
/// not ASCII, and constants other than numbers, `bool` and `char`, are not understood.
struct RustName {
    var reader: NameReader
    private var output: [UInt8] = []
    private var limits = DemanglerLimits()
    /// Parts that are read only to come to the next one.
    private var silence = 0
    /// How many lifetimes the binders around have named.
    var boundLifetimes = 0

    /// nil when the name is not understood.
    static func read(_ name: String) -> String? {
        var parser = RustName(reader: NameReader(name))
        return try? parser.parse()
    }

    private init(reader: NameReader) { self.reader = reader }

    private mutating func parse() throws(Unreadable) -> String {
        try reader.expect("_R")
        // A digit would be the version of a later encoding.
        guard reader.peek().isUpper else { throw Unreadable() }
        try path(inValue: true)
        if reader.peek().isUpper {
            // The crate that instantiated it.
            try silently { parser throws(Unreadable) in try parser.path(inValue: false) }
        }
        let suffix = try RustSuffix.read(&reader)
        return String(decoding: output, as: UTF8.self) + suffix
    }

    mutating func print(_ text: String) throws(Unreadable) {
        guard silence == 0 else { return }
        output += text.utf8
        guard output.count <= DemanglerLimits.longest else { throw Unreadable() }
    }

    private mutating func silently(_ body: (inout RustName) throws(Unreadable) -> Void) throws(Unreadable) {
        silence += 1
        try body(&self)
        silence -= 1
    }

    mutating func nested(_ body: (inout RustName) throws(Unreadable) -> Void) throws(Unreadable) {
        try limits.enter()
        try body(&self)
        limits.leave()
    }

    /// Items up to an `E`, with commas; answers how many.
    @discardableResult
    mutating func list(
        separator: String = ", ", _ item: (inout RustName) throws(Unreadable) -> Void
    ) throws(Unreadable) -> Int {
        var count = 0
        while !reader.take("E") {
            if count > 0 { try print(separator) }
            try item(&self)
            count += 1
        }
        return count
    }

    /// Reads again what stands at an earlier place of the name; the `B` has been read.
    mutating func backReference(_ body: (inout RustName) throws(Unreadable) -> Void) throws(Unreadable) {
        let start = reader.position - 1
        let target = try reader.sequence(base: 62) + 2
        guard target < start else { throw Unreadable() }
        // What is not printed need not be read twice.
        guard silence == 0 else { return }
        let resume = reader.position
        reader.position = target
        try nested(body)
        reader.position = resume
    }

    mutating func path(inValue: Bool) throws(Unreadable) {
        try nested { parser throws(Unreadable) in try parser.pathBody(inValue: inValue) }
    }

    private mutating func pathBody(inValue: Bool) throws(Unreadable) {
        switch try reader.next() {
        case "C":
            _ = try disambiguator()
            try print(identifier())
        case "N": try namespaced(inValue: inValue)
        case "M":
            try implementation()
            try print("<")
            try type()
            try print(">")
        case "X":
            try implementation()
            try qualified()
        case "Y": try qualified()
        case "I":
            try path(inValue: inValue)
            try print(inValue ? "::<" : "<")
            try list { parser throws(Unreadable) in try parser.genericArgument() }
            try print(">")
        case "B": try backReference { parser throws(Unreadable) in try parser.path(inValue: inValue) }
        default: throw Unreadable()
        }
    }

    /// Where an `impl` stands: of no use to who reads what it implements.
    private mutating func implementation() throws(Unreadable) {
        _ = try disambiguator()
        try silently { parser throws(Unreadable) in try parser.path(inValue: false) }
    }

    private mutating func qualified() throws(Unreadable) {
        try print("<")
        try type()
        try print(" as ")
        try path(inValue: false)
        try print(">")
    }

    private mutating func namespaced(inValue: Bool) throws(Unreadable) {
        let namespace = try reader.next()
        guard namespace.isUpper || namespace.isLower else { throw Unreadable() }
        try path(inValue: inValue)
        let number = try disambiguator()
        let name = try identifier()
        guard namespace.isUpper else {
            if !name.isEmpty { try print("::" + name) }
            return
        }
        let kind =
            switch namespace {
            case "C": "closure"
            case "S": "shim"
            default: String(namespace)
            }
        try print("::{" + kind + (name.isEmpty ? "" : ":" + name) + "#\(number)}")
    }

    private mutating func disambiguator() throws(Unreadable) -> Int {
        reader.take("s") ? try reader.sequence(base: 62) + 1 : 0
    }

    mutating func identifier() throws(Unreadable) -> String {
        guard !reader.take("u") else { throw Unreadable() }
        let count = reader.take("0") ? 0 : try reader.decimal()
        _ = reader.take("_")
        return reader.text(try reader.skip(count))
    }
}
