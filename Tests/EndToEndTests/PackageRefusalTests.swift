import Foundation
import Testing

extension CommandForms {
    /// Packages that cannot be run: one line says what is wrong with them.
    @Suite struct PackageRefusals {
        @Test func commandsThatAreNotThereAreNamed() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.directory(in: scratch)
            try SamplePackage.expectRefusal(
                ["--entrypoint", "none", package], "\(package): it has no command \"none\", but helper, packaged")
            let many = try SamplePackage.directory(
                in: scratch, "many", SamplePackage.toml.replacing("entrypoint = \"packaged\"\n", with: ""))
            try SamplePackage.expectRefusal(
                [many], "\(many): it has more than one command: choose with --entrypoint helper, packaged")
            let none = try SamplePackage.directory(in: scratch, "none", "[package]\n")
            try SamplePackage.expectRefusal([none], "\(none): it has no command")
            let web = try SamplePackage.directory(
                in: scratch, "web", SamplePackage.toml.replacing("runner = \"wasi\"", with: "runner = \"wcgi\""))
            try SamplePackage.expectRefusal(
                [web],
                "\(web): the command \"packaged\" is for the runner \"https://webc.org/runner/wcgi\": only WASI's can be run"
            )
            let module = try Product.guest("packaged")
            try SamplePackage.expectRefusal(
                ["--entrypoint", "x", module],
                "\(module): --entrypoint chooses a package's command, and this is a module")
            try SamplePackage.expectRefusal(["--include-webc", module, module], "\(module): no package")
            try SamplePackage.expectRefusal(
                ["--include-webc", "/nowhere/x.webc", module], "/nowhere/x.webc: No such file or directory", status: 127
            )
        }

        @Test func directoriesGrantNothingOutside() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.directory(in: scratch)
            let files = FileManager.default
            try files.createSymbolicLink(atPath: package + "/out", withDestinationPath: "/etc")
            try files.createSymbolicLink(atPath: package + "/in", withDestinationPath: "data")
            func toml(_ directory: String) throws {
                _ = try scratch.write(
                    SamplePackage.toml.replacing("= \"data\"", with: "= \"\(directory)\""), to: "sample/wasmer.toml")
            }
            try toml("out")
            try SamplePackage.expectRefusal([package], "\(package): [fs] names \"out\", which leads out of the package")
            try toml("../x")
            try SamplePackage.expectRefusal(
                [package], "\(package)/wasmer.toml: the path \"../x\" leads out, or cannot be one")
            try toml("none")
            try SamplePackage.expectRefusal([package], "\(package): [fs] names \"none\": No such file or directory")
            try toml("packaged.wasm")
            try SamplePackage.expectRefusal(
                [package], "cannot open directory \"\(package)/packaged.wasm\": Not a directory", status: 125)
            try toml("in")
            #expect(try Product.call(["run", package]).output.hasPrefix("/texts: deep greeting\n"))
        }

        @Test func brokenDirectoriesAreRefused() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.directory(in: scratch)
            _ = try scratch.write("[package]\nname = \n", to: "sample/wasmer.toml")
            try SamplePackage.expectRefusal(
                [package], "\(package)/wasmer.toml: line 2: no value where there should be one")
            _ = try scratch.write(SamplePackage.toml, to: "sample/wasmer.toml")
            _ = try scratch.write("no module", to: "sample/packaged.wasm")
            try SamplePackage.expectRefusal([package], "\(package)/packaged.wasm: not a WebAssembly module")
            try FileManager.default.removeItem(atPath: package + "/packaged.wasm")
            try SamplePackage.expectRefusal(
                [package], "\(package)/packaged.wasm: No such file or directory", status: 127)
            try FileManager.default.removeItem(atPath: package + "/wasmer.toml")
            try SamplePackage.expectRefusal([package], "\(package): is a directory without a wasmer.toml")
            #expect(mkfifo(package + "/wasmer.toml", 0o600) == 0)
            try SamplePackage.expectRefusal([package], "\(package)/wasmer.toml: no regular file")
        }

        @Test func damagedContentsAreFound() throws {
            let scratch = try Scratch()
            let bytes = try SamplePackage.writer(version: 3).bytes()
            func run(damaging text: String) throws -> (path: String, outcome: Outcome) {
                var damaged = Data(bytes)
                let place = try #require(damaged.range(of: Data(text.utf8)))
                damaged[place.lowerBound] ^= 1
                let path = try scratch.write(damaged, to: "damaged.webc")
                return (path, try Product.call(["run", path]))
            }
            let expected = [
                ("roses", "the file \"poem\" does not have its SHA-256"),
                ("OWN=1", "the manifest does not have its SHA-256"),
                ("\0asm", "the module \"packaged\" does not have its SHA-256"),
            ]
            for (text, words) in expected {
                let (path, outcome) = try run(damaging: text)
                #expect(outcome.status == 126)
                #expect(outcome.errors == "wasix-top: error: \(path): \(words)\n")
            }
        }

        @Test func cutFilesAreRefused() throws {
            let scratch = try Scratch()
            let bytes = try SamplePackage.writer(version: 3).bytes()
            for length in [5, 8, 20, 200, bytes.count / 2, bytes.count - 1] {
                let path = try scratch.write(Data(bytes.prefix(length)), to: "cut.webc")
                let outcome = try Product.call(["run", path])
                #expect(outcome.status == 126 && outcome.output == "", "\(length)")
                #expect(outcome.errors.hasPrefix("wasix-top: error: \(path): "), "\(length): \(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
        }

        @Test(arguments: [["--include-webc", ""], ["--include-webc", "a/b="], ["--entrypoint"]])
        func usage(arguments: [String]) throws {
            #expect(try Product.call(["run"] + arguments).status == 64)
        }
    }
}
