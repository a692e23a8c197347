import TestSupport
import Testing

@testable import Packages

@Suite struct ManifestTests {
    private func package(_ text: String) throws(PackageFailure) -> Package {
        try WasmerManifest.package(Array(text.utf8))
    }

    private func message(_ text: String) -> String? {
        failure { () throws(PackageFailure) in _ = try package(text) }
    }

    private func message(_ manifest: JsonValue, volumes: [String] = [], version: Int = 3) throws -> String? {
        var writer = WebcWriter(version: version, manifest: manifest)
        writer.digest = PackageSamples.digest
        writer.atoms = [("one", []), ("two", [])]
        writer.volumes = volumes.map { ($0, .directory([])) }
        let bytes = try writer.bytes()
        return failure { () throws(PackageFailure) in _ = try WebcReader.package(bytes) }
    }

    // MARK: wasmer.toml

    @Test func aDirectorysManifestIsRead() throws {
        let package = try package(
            """
            [package]
            name = "test/sample"
            version = "0.1.0"
            entrypoint = "tool"
            [dependencies]
            "test/other" = "^1.0"
            [fs]
            "/texts" = "./data//texts"
            "share" = "."
            [[module]]
            name = "tool"
            source = "../build/tool.wasm"
            abi = "wasi"
            [module.interfaces]
            wasi = "0.1.0-unstable"
            [[command]]
            name = "tool"
            module = "tool"
            runner = "wasi"
            [command.annotations.wasi]
            env = ["A=1", "EMPTY"]
            main-args = ["-q", "two words"]
            exec-name = "the-tool"
            cwd = "/texts"
            [[command]]
            name = "old"
            module = "tool"
            main_args = "-x  y"
            [[command]]
            name = "borrowed"
            module = "test/other:serve"
            runner = "https://webc.org/runner/wcgi"
            """)
        #expect(package.name == "test/sample" && package.entrypoint == "tool")
        #expect(package.dependencies == ["test/other": PackageDependency(name: "test/other", version: "^1.0")])
        #expect(package.atoms == ["tool": .host("../build/tool.wasm")])
        #expect(package.volumes == ["/data/texts": .host("data/texts"), "/": .host("")])
        #expect(
            package.mounts.sorted { $0.path < $1.path } == [
                PackageMount(volume: "/", path: "/share"), PackageMount(volume: "/data/texts", path: "/texts"),
            ])
        #expect(
            package.commands["tool"]
                == PackageCommand(
                    runner: "https://webc.org/runner/wasi", atom: AtomReference(name: "tool"),
                    arguments: ["-q", "two words"], environment: ["A=1", "EMPTY="], executableName: "the-tool",
                    workingDirectory: "/texts"))
        #expect(package.commands["old"]?.arguments == ["-x", "y"])
        #expect(package.commands["old"]?.isRunnable == true)
        #expect(package.commands["borrowed"]?.atom == AtomReference(dependency: "test/other", name: "serve"))
        #expect(package.commands["borrowed"]?.isRunnable == false)
    }

    @Test func theOnlyCommandIsTheDefault() throws {
        let module = "[[module]]\nname = 'm'\nsource = 'm.wasm'\n"
        let one = "[[command]]\nname = 'one'\nmodule = 'm'\n"
        #expect(try package(module + one).entrypoint == "one")
        #expect(try package(module + one + one.replacing("one", with: "two")).entrypoint == nil)
    }

    @Test(arguments: [
        ("wasi", true), ("wasi@unstable_", true), ("generic", true), ("https://webc.org/runner/wasi", true),
        ("wcgi", false), ("wasm4", false), ("emscripten", false), ("https://example.org/runner/wasi", false),
    ])
    func runnersSayWhatCanBeRun(runner: String, isRunnable: Bool) throws {
        let text = "[[module]]\nname='m'\nsource='m'\n[[command]]\nname='c'\nmodule='m'\nrunner='\(runner)'"
        #expect(try package(text).commands["c"]?.isRunnable == isRunnable)
    }

    @Test func whatDoesNotFitTogetherIsRefused() {
        let module = "[[module]]\nname='m'\nsource='m.wasm'\n"
        let expected: [(String, String)] = [
            ("[[command]]\nname='c'\nmodule='m'", "the command \"c\" needs the module \"m\", which is not there"),
            ("[[command]]\nname='c'\nmodule='d/e:m'", "the command \"c\" is of \"d/e\", which is no dependency"),
            ("[[command]]\nname='c'", "a [[command]] has no name or no module"),
            ("[[module]]\nname='m'", "a [[module]] has no name or no source"),
            (module + module, "two modules have the name \"m\""),
            (
                module + "[[command]]\nname='c'\nmodule='m'\n[[command]]\nname='c'\nmodule='m'",
                "two commands have the name \"c\""
            ),
            (module + "[[command]]\nname='a/b'\nmodule='m'", "the command's name \"a/b\" is not a single name"),
            (module + "[[command]]\nname='..'\nmodule='m'", "the command's name \"..\" is not a single name"),
            ("[package]\nentrypoint='x'", "the entry point \"x\" is no command of the package"),
            ("[package]\nname=['x']", "package.name is no text"), ("package='x'", "[package] is no table"),
            ("module='x'", "[[module]] is no list of tables"), ("[fs]\n'/a'=1", "fs./a is no text"),
            ("[fs]\n'/a'='../x'", "the path \"../x\" leads out, or cannot be one"),
            ("[fs]\n'/a'='x/../../y'", "the path \"x/../../y\" leads out, or cannot be one"),
            ("[fs]\n'/a'='/etc'", "[fs] names \"/etc\", which is outside of the package"),
            ("[fs]\n'/../a'='x'", "the path \"/../a\" leads out, or cannot be one"),
            ("[fs]\n''='x'", "a volume's place has no name"),
            ("[fs]\n'/a'='x'\n'a/'='y'", "two volumes have the same place, \"/a\""),
            ("[fs]\n'/a'=\"x\\u0000\"", "fs./a holds a zero byte"),
            (
                module + "[[command]]\nname='c'\nmodule='m'\n[command.annotations]\nfile='x.json'\nkind='json'",
                "the command \"c\" has its annotations in a file, which is not supported"
            ),
            (
                module + "[[command]]\nname='c'\nmodule='m'\n[command.annotations.wasi]\nenv=['=x']",
                "the command \"c\": annotations.wasi.env has a variable without a name"
            ),
            (
                module + "[[command]]\nname='c'\nmodule='m'\n[command.annotations.wasi]\nmain-args='x'",
                "the command \"c\": annotations.wasi.main-args is no list"
            ),
        ]
        for (text, words) in expected { #expect(message(text) == words, "\(text)") }
    }

    // MARK: webc

    @Test func theModuleOfACommandIsFoundAsOldPackagesHaveIt() throws {
        func atom(_ name: String, _ annotations: JsonValue) throws -> AtomReference? {
            var writer = WebcWriter(
                version: 3,
                manifest: [
                    "commands": .object([name: ["runner": "https://webc.org/runner/wasi", "annotations": annotations]])
                ])
            writer.digest = PackageSamples.digest
            writer.atoms = [("one", []), ("two", [])]
            return try WebcReader.package(writer.bytes()).commands[name]?.atom
        }
        #expect(try atom("x", ["atom": ["name": "two"]]) == AtomReference(name: "two"))
        #expect(try atom("x", ["wasi": ["atom": "two"]]) == AtomReference(name: "two"))
        #expect(try atom("two", ["wasi": [:]]) == AtomReference(name: "two"))
        #expect(try atom("two", [:]) == AtomReference(name: "two"))
        #expect(try atom("ls", [:]) == AtomReference(name: "one"))
    }

    @Test func volumesOfVersionTwoAreTheRootWhenNothingIsSaid() throws {
        func mounts(_ version: Int) throws -> [PackageMount] {
            var writer = WebcWriter(version: version, manifest: [:])
            writer.digest = PackageSamples.digest
            writer.volumes = [("atom", .directory([]))]
            return try WebcReader.package(writer.bytes()).mounts
        }
        #expect(try mounts(2) == [PackageMount(volume: "atom", path: "/")])
        #expect(try mounts(3) == [])
    }

    @Test func manifestsThatDoNotFitTheirPackageAreRefused() throws {
        let mount: JsonValue = ["volume_name": "v", "mount_path": "/v"]
        #expect(try message(["package": ["fs": [mount]]]) == "there is no volume \"v\"")
        #expect(try message(["package": ["fs": [mount]]], volumes: ["v"]) == nil)
        #expect(
            try message(["package": ["fs": [mount, mount]]], volumes: ["v"])
                == "two volumes have the same place, \"/v\"")
        #expect(
            try message(["package": ["fs": [["volume_name": "v"]]]])
                == "an entry of package.fs names no volume or no place")
        #expect(
            try message(["package": ["fs": [["from": "a/b", "volume_name": "v", "mount_path": "/v"]]]])
                == "a volume is of \"a/b\", which is no dependency")
        #expect(
            try message(["package": ["fs": [["volume_name": "v", "mount_path": "/a/../.."]]]], volumes: ["v"])
                == "the path \"/a/../..\" leads out, or cannot be one")
        #expect(try message(["package": ["fs": "x"]]) == "package.fs is no list")
        #expect(try message(JsonValue.string("text")) == "the manifest is no table")
        #expect(try message(["commands": ["c": "x"]]) == "commands.c is no table")
        #expect(try message(["entrypoint": "x"]) == "the entry point \"x\" is no command of the package")
        #expect(try message(["entrypoint": "x", "use": ["a/b": "a/b@1"]]) == nil)
    }

    @Test func dependenciesAreNamedInSeveralWays() throws {
        var writer = WebcWriter(
            version: 3,
            manifest: [
                "use": ["a/b": "a/b@^1.2", "c": "d/e", "f": "https://example.org/f.webc", "g": ["origin": "x"]]
            ])
        writer.digest = PackageSamples.digest
        #expect(
            try WebcReader.package(writer.bytes()).dependencies == [
                "a/b": PackageDependency(name: "a/b", version: "^1.2"), "c": PackageDependency(name: "d/e"),
                "f": PackageDependency(name: "f"), "g": PackageDependency(name: "g"),
            ])
    }
}
