/// Reads a `.webc` file, version 2 or 3 (article Webc).
package struct WebcReader {
    private enum Tag {
        static let manifest: UInt8 = 1
        static let index: UInt8 = 2
        static let atoms: UInt8 = 3
        static let volume: UInt8 = 4
    }

    /// What every such file begins with; three digits follow, its version.
    package static let magic = [0x00] + Array("webc".utf8)
    static let digestSize = 32

    private var fields: FieldReader
    private var manifest: PackageFile?
    private var value: ManifestValue?
    private var atoms: [String: PackageFile]?
    private var volumes: [String: PackageVolume] = [:]

    private let hasChecksums: Bool

    /// The package that the bytes of a file are.
    package static func package(_ bytes: [UInt8]) throws(PackageFailure) -> Package {
        var reader = try WebcReader(bytes)
        try reader.sections()
        guard let value = reader.value else { throw PackageFailure("the package has no manifest") }
        var package = try WebcManifest.package(value, atoms: reader.atoms ?? [:], reader.volumes, reader.version)
        package.manifest = reader.manifest
        return package
    }

    private let version: WebcVersion

    private init(_ bytes: [UInt8]) throws(PackageFailure) {
        let digits = bytes.dropFirst(Self.magic.count).prefix(3)
        guard bytes.starts(with: Self.magic) else { throw PackageFailure("not a webc package") }
        guard digits.count == 3 else { throw PackageFailure("the package ends within its header") }
        guard let version = WebcVersion(digits) else {
            let name =
                digits.allSatisfy { 0x21...0x7e ~= $0 } ? String(decoding: digits, as: UTF8.self) : "of no number"
            throw PackageFailure("a webc package of version \(name): versions 002 and 003 can be run")
        }
        self.version = version
        hasChecksums = version == .v3
        fields = FieldReader(bytes, Self.magic.count + 3..<bytes.count)
    }

    private mutating func sections() throws(PackageFailure) {
        while !fields.isAtEnd {
            let tag = try fields.byte()
            let digest = hasChecksums && tag != Tag.index ? try fields.bytes(Self.digestSize) : []
            let range = try fields.range(try fields.length())
            switch tag {
            case Tag.index: break
            case Tag.manifest:
                guard value == nil else { throw PackageFailure("the package has two manifests") }
                guard range.count <= ManifestValue.mostBytes else {
                    throw PackageFailure("the manifest is larger than 1 MiB")
                }
                value = try CborReader.value(fields.all[range])
                if hasChecksums { manifest = .span(range, digest: digest, modified: 0) }
            case Tag.atoms:
                guard atoms == nil else { throw PackageFailure("the package has two sections of modules") }
                atoms = try modules(range)
            case Tag.volume: try volume(range)
            default: throw PackageFailure("the package has a section of an unknown kind, \(tag)")
            }
        }
    }

    private func modules(_ range: Range<Int>) throws(PackageFailure) -> [String: PackageFile] {
        var section = FieldReader(fields.all, range)
        var modules: [String: PackageFile] = [:]
        for entry in try VolumeReader.entries(&section, version) {
            guard let name = String(validating: entry.name, as: UTF8.self) else {
                throw PackageFailure("a module's name is not UTF-8")
            }
            guard case .file(let file) = entry.node else {
                throw PackageFailure("the module \(PackageFailure.quoted(name)) is a directory")
            }
            guard modules.updateValue(file, forKey: name) == nil else {
                throw PackageFailure("the package has two modules \(PackageFailure.quoted(name))")
            }
        }
        return modules
    }

    private mutating func volume(_ range: Range<Int>) throws(PackageFailure) {
        var section = FieldReader(fields.all, range)
        guard let name = String(validating: try section.bytes(try section.length()), as: UTF8.self) else {
            throw PackageFailure("a volume's name is not UTF-8")
        }
        let tree = PackageVolume.tree(try VolumeReader.entries(&section, version))
        guard volumes.updateValue(tree, forKey: name) == nil else {
            throw PackageFailure("the package has two volumes \(PackageFailure.quoted(name))")
        }
    }
}

/// Versions of the format that can be read.
enum WebcVersion {
    case v2
    /// With checksums of sections, and times and checksums of directories.
    case v3

    init?(_ digits: ArraySlice<UInt8>) {
        switch String(decoding: digits, as: UTF8.self) {
        case "002": self = .v2
        case "003": self = .v3
        default: return nil
        }
    }
}
