import TestSupport

@testable import Packages

/// Packages for tests; digests are short cuts, as this room does not check them.
enum PackageSamples {
    static let manifest: JsonValue = [
        "package": [
            "wapm": ["name": "test/sample", "version": "1.2.3"],
            "fs": [
                ["from": .null, "volume_name": "/texts", "host_path": .null, "mount_path": "/texts"],
                ["volume_name": "/texts", "host_path": "/deep", "mount_path": "share/deep/"],
                ["from": "test/other", "volume_name": "lib", "mount_path": "/lib"],
            ],
        ],
        "use": ["test/other": "test/other@^1.0"],
        "atoms": ["tool": ["kind": "https://webc.org/kind/wasm", "signature": "sha256:x"]],
        "commands": [
            "tool": [
                "runner": "https://webc.org/runner/wasi",
                "annotations": [
                    "atom": ["name": "tool"],
                    "wasi": [
                        "atom": "tool", "main-args": ["-q", "two words"], "env": ["A=1", "EMPTY"],
                        "exec-name": "the-tool", "cwd": "/texts",
                    ],
                ],
            ],
            "borrowed": [
                "runner": "https://webc.org/runner/wasi@unstable_",
                "annotations": ["wasi": ["atom": "test/other:serve"]],
            ],
            "web": ["runner": "https://webc.org/runner/wcgi", "annotations": ["wcgi": [:]]],
        ],
        "entrypoint": "tool",
    ]

    static func digest(_ contents: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0x55, count: 32)
        digest.replaceSubrange(0..<min(4, contents.count), with: contents.prefix(4))
        return digest
    }

    static func writer(version: Int) -> WebcWriter {
        var writer = WebcWriter(version: version, manifest: manifest)
        writer.digest = digest
        writer.modified = 1_700_000_000
        writer.atoms = [("tool", Array("\0asm tool".utf8))]
        writer.volumes = [
            (
                "/texts",
                .directory([
                    ("deep", .directory([("empty", .file([])), ("poem", .file(Array("roses".utf8)))])),
                    ("greeting", .file(Array("hello".utf8))), ("none", .directory([])),
                ])
            ),
            ("metadata", .directory([("README.md", .file(Array("read me".utf8)))])),
        ]
        return writer
    }

    /// What is in a file of a package.
    static func text(_ file: PackageFile?, in bytes: [UInt8]) -> String? {
        guard case .span(let range, let digest, _) = file, digest == Self.digest(Array(bytes[range])) else {
            return nil
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// A tree as `name=contents` and `name/(...)`, in its order.
    static func text(_ entries: [VolumeEntry], in bytes: [UInt8]) -> String {
        entries.map { entry in
            let name = String(decoding: entry.name, as: UTF8.self)
            switch entry.node {
            case .file(let file): return "\(name)=\(text(file, in: bytes) ?? "?")"
            case .directory(let below): return "\(name)/(\(text(below, in: bytes)))"
            }
        }.joined(separator: " ")
    }
}

/// The message of the failure that reading ends with; nil when it succeeds.
func failure(_ body: () throws(PackageFailure) -> Void) -> String? {
    do throws(PackageFailure) {
        try body()
        return nil
    } catch {
        return error.message
    }
}
