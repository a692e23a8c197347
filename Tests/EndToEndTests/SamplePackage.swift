import Foundation
import Testing

/// A package with two commands of one module, and a volume.
enum SamplePackage {
    /// How it comes.
    enum Form: CaseIterable {
        case directory, webc2, webc3

        var version: Int? {
            switch self {
            case .directory: nil
            case .webc2: 2
            case .webc3: 3
            }
        }
    }

    static let toml = """
        [package]
        name = "test/sample"
        entrypoint = "packaged"
        [fs]
        "/texts" = "data"
        [[module]]
        name = "packaged"
        source = "packaged.wasm"
        [[command]]
        name = "packaged"
        module = "packaged"
        runner = "wasi"
        [[command]]
        name = "helper"
        module = "packaged"
        runner = "wasi"
        [command.annotations.wasi]
        env = ["OWN=1", "BOTH=own"]
        main-args = ["show", "two words"]
        exec-name = "the-helper"
        cwd = "/texts"
        """

    static let manifest: JsonValue = [
        "package": ["fs": [["volume_name": "/data", "mount_path": "/texts"]]],
        "commands": [
            "packaged": [
                "runner": "https://webc.org/runner/wasi", "annotations": ["atom": ["name": "packaged"]],
            ],
            "helper": [
                "runner": "https://webc.org/runner/wasi",
                "annotations": [
                    "atom": ["name": "packaged"],
                    "wasi": [
                        "env": ["OWN=1", "BOTH=own"], "main-args": ["show", "two words"], "exec-name": "the-helper",
                        "cwd": "/texts",
                    ],
                ],
            ],
        ],
        "entrypoint": "packaged",
    ]

    static let volume = WebcWriter.Node.directory([
        ("deep", .directory([("poem", .file(Array("roses".utf8)))])), ("greeting", .file(Array("hello".utf8))),
    ])

    static func module() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: Product.guest("packaged"))))
    }

    static func writer(version: Int, manifest: JsonValue = manifest) throws -> WebcWriter {
        var writer = WebcWriter(version: version, manifest: manifest)
        writer.atoms = [("packaged", try module())]
        writer.volumes = [("/data", volume)]
        return writer
    }

    static func write(_ form: Form, in scratch: Scratch) throws -> String {
        guard let version = form.version else { return try directory(in: scratch) }
        return try scratch.write(Data(writer(version: version).bytes()), to: "sample.webc")
    }

    /// A package directory, with the module and the volume in it.
    static func directory(in scratch: Scratch, _ name: String = "sample", _ toml: String = toml) throws
        -> String
    {
        let files = FileManager.default
        let path = scratch.file(name)
        try files.createDirectory(atPath: path + "/data/deep", withIntermediateDirectories: true)
        try files.copyItem(atPath: Product.guest("packaged"), toPath: path + "/packaged.wasm")
        _ = try scratch.write("hello", to: name + "/data/greeting")
        _ = try scratch.write("roses", to: name + "/data/deep/poem")
        _ = try scratch.write(toml, to: name + "/wasmer.toml")
        return path
    }

    /// What `packaged show` prints.
    static func shown(_ name: String, in place: String, _ arguments: [String], _ variables: [String])
        -> String
    {
        "\(name) in \(place)\n" + arguments.map { "  argument '\($0)'\n" }.joined()
            + variables.map { "  variable \($0)\n" }.joined()
    }

    /// What is no package ends in one line and a status.
    static func expectRefusal(
        _ arguments: [String], _ words: String, status: Int32 = 126,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try Product.call(["run"] + arguments)
        #expect(outcome.status == status, sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        #expect(outcome.errors == "wasix-top: error: \(words)\n", sourceLocation: sourceLocation)
    }
}
