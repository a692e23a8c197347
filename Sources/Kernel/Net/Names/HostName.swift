/// A name to be looked up.
public struct HostName: Sendable {
    /// The longest name there is (RFC 1035).
    private static let limit = 253

    /// In lower case, without a dot at its end: two texts that stand for the same name are the same here.
    let bytes: [UInt8]

    /// Nil for what is no name: empty, too long, or with a byte in it that none has.
    public init?(_ bytes: [UInt8]) {
        let canonical = Self.canonical(bytes)
        guard !canonical.isEmpty, canonical.count <= Self.limit, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            return nil
        }
        self.bytes = canonical
    }

    static func canonical(_ name: some Collection<UInt8>) -> [UInt8] {
        var bytes = name.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
        if bytes.last == UInt8(ascii: "."), bytes.count > 1 { bytes.removeLast() }
        return bytes
    }

    /// Stands for this host, whoever is asked (RFC 6761).
    var isLocalhost: Bool { bytes.elementsEqual("localhost".utf8) || bytes.suffix(10).elementsEqual(".localhost".utf8) }
}
