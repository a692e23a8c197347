import Foundation

/// Writes `.webc` files (Packages.docc/Webc).
package struct WebcWriter {
    package indirect enum Node {
        case file([UInt8])
        case directory([(name: String, node: Node)])
    }

    /// 2 or 3.
    package var version: Int
    package var manifest: JsonValue
    package var atoms: [(name: String, contents: [UInt8])] = []
    package var volumes: [(name: String, root: Node)] = []
    /// The SHA-256 of contents.
    package var digest: ([UInt8]) throws -> [UInt8] = WebcWriter.sha256
    /// When every file was last changed.
    package var modified: UInt64 = 0

    package init(version: Int, manifest: JsonValue) {
        self.version = version
        self.manifest = manifest
    }

    package func bytes() throws -> [UInt8] {
        let index = section(2, CborWriter.bytes([:]) + [0, 0, 0], nil)
        let modules = Node.directory(atoms.map { ($0.name, .file($0.contents)) })
        var sections = try index + section(1, CborWriter.bytes(manifest)) + section(3, tree(modules))
        for (name, root) in volumes {
            sections += try section(4, Self.number(name.utf8.count) + Array(name.utf8) + tree(root))
        }
        return [0] + Array("webc00\(version)".utf8) + sections
    }

    private func section(_ tag: UInt8, _ contents: [UInt8]) throws -> [UInt8] {
        section(tag, contents, version == 3 ? try digest(contents) : nil)
    }

    private func section(_ tag: UInt8, _ contents: [UInt8], _ digest: [UInt8]?) -> [UInt8] {
        [tag] + (digest ?? []) + Self.number(contents.count) + contents
    }

    // MARK: trees

    private func tree(_ root: Node) throws -> [UInt8] {
        var header: [UInt8] = []
        var data: [UInt8] = []
        _ = try append(root, to: &header, &data)
        return Self.number(header.count) + header + Self.number(data.count) + data
    }

    /// Writes an entry at the header's end, and what is below it after it.
    /// - Returns: its SHA-256.
    private func append(_ node: Node, to header: inout [UInt8], _ data: inout [UInt8]) throws -> [UInt8] {
        switch node {
        case .file(let contents):
            let digest = try digest(contents)
            header += [31] + Self.number(data.count) + Self.number(data.count + contents.count) + digest
            if version == 3 { header += Self.number(0) + Self.number(modified) + Self.number(0) }
            data += contents
            return digest
        case .directory(let children):
            let start = header.count + 9
            let fixed = version == 3 ? 24 + 32 : 0
            let size = fixed + children.reduce(0) { $0 + 16 + (version == 3 ? 32 : 0) + $1.name.utf8.count }
            header += [30] + Self.number(size) + [UInt8](repeating: 0, count: size)
            var position = start + fixed
            var digests: [UInt8] = []
            for child in children {
                let offset = header.count
                let digest = try append(child.node, to: &header, &data)
                digests += digest
                let entry =
                    Self.number(offset) + (version == 3 ? digest : []) + Self.number(child.name.utf8.count)
                    + child.name.utf8
                header.replaceSubrange(position..<position + entry.count, with: entry)
                position += entry.count
            }
            let digest = try self.digest(digests)
            if version == 3 { header.replaceSubrange(start + 24..<start + 24 + 32, with: digest) }
            return digest
        }
    }

    package static func number(_ number: Int) -> [UInt8] { self.number(UInt64(number)) }

    package static func number(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }

    /// As sha256sum(1) has it.
    package static func sha256(_ contents: [UInt8]) throws -> [UInt8] {
        let scratch = try Scratch()
        let path = try scratch.write(Data(contents), to: "contents")
        let line = try Command("/usr/bin/sha256sum", [path]).run().output
        let digits = Array(line.utf8.prefix(64))
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }
}
