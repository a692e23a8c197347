import Foundation
import Testing

extension CommandForms {
    /// Packages: directories and files, their commands, files and dependencies.
    @Suite struct Packages {
        // MARK: running

        @Test(arguments: SamplePackage.Form.allCases)
        func thePackagesCommandRunsWithItsFilesAndCommands(form: SamplePackage.Form) throws {
            let scratch = try Scratch()
            let outcome = try Product.call(["run", SamplePackage.write(form, in: scratch)])
            #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
            #expect(
                outcome.output == """
                    /texts: deep greeting
                    /texts/greeting: hello
                    /texts/deep/poem: roses
                    write /texts/greeting: ROFS
                    create /texts/new: ROFS
                    remove /texts/greeting: ROFS
                    create /tmp/new: done
                    /bin: helper packaged
                    write /bin/helper: ROFS
                    the-helper in /
                      argument 'show'
                      argument 'two words'
                      argument 'x'
                      variable OWN=1
                      variable GIVEN=1
                      variable BOTH=given
                      helper: exit 7

                    """)
        }

        @Test(arguments: SamplePackage.Form.allCases)
        func anotherCommandIsChosenByName(form: SamplePackage.Form) throws {
            let scratch = try Scratch()
            let package = try SamplePackage.write(form, in: scratch)
            let outcome = try Product.call(["run", "--entrypoint", "helper", package, "a", "--entrypoint"])
            #expect(outcome.status == 7, "\(outcome.errors)")
            #expect(
                outcome.output
                    == SamplePackage.shown(
                        "the-helper", in: "/texts", ["show", "two words", "a", "--entrypoint"], ["OWN=1", "BOTH=own"]))
        }

        @Test(arguments: SamplePackage.Form.allCases)
        func whatIsGivenCountsMoreThanWhatThePackageSays(form: SamplePackage.Form) throws {
            let scratch = try Scratch()
            let options = ["--env", "BOTH=given", "--cwd", "/texts/deep", "--argv0", "me", "--entrypoint", "helper"]
            let outcome = try Product.call(["run"] + options + [SamplePackage.write(form, in: scratch)])
            #expect(outcome.status == 7, "\(outcome.errors)")
            #expect(
                outcome.output
                    == SamplePackage.shown("me", in: "/texts/deep", ["show", "two words"], ["OWN=1", "BOTH=given"]))
        }

        @Test func directoriesAndCommandsThatAreGivenCoverThePackages() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.directory(in: scratch)
            try FileManager.default.createDirectory(atPath: scratch.file("other"), withIntermediateDirectories: true)
            _ = try scratch.write("mine", to: "other/greeting")
            let outcome = try Product.call([
                "run", "--dir", "\(scratch.file("other"))::/texts", "--map-command",
                "helper=\(Product.guest("hello"))", package,
            ])
            #expect(outcome.output.contains("/texts/greeting: mine\n"))
            #expect(outcome.output.contains("write /texts/greeting: done\n"))
            #expect(!outcome.output.contains("the-helper"))
            #expect(outcome.output.contains("  helper: exit 0\n"), "\(outcome.output)")
        }

        @Test func everyCommandThatTakesAModuleTakesAPackage() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.write(.webc3, in: scratch)
            let trace = try Product.call(["trace", "-e", "trace=getcwd", "--entrypoint", "helper", package])
            #expect(trace.status == 7 && trace.errors.contains("getcwd("), "\(trace.errors)")
            let check = try Product.call(["check", package])
            #expect(check.status == 0 && check.output.contains("/texts/greeting: hello"), "\(check.errors)")
        }

        @Test func aVolumeMayBeTheRoot() throws {
            let scratch = try Scratch()
            var writer = WebcWriter(
                version: 2,
                manifest: [
                    "commands": [
                        "packaged": [
                            "runner": "https://webc.org/runner/wasi", "annotations": [:],
                        ]
                    ]
                ])
            writer.atoms = [("packaged", try SamplePackage.module())]
            writer.volumes = [("atom", .directory([("texts", SamplePackage.volume)]))]
            let outcome = try Product.call(["run", scratch.write(Data(writer.bytes()), to: "root.webc")])
            #expect(outcome.output.hasPrefix("/texts: deep greeting\n/texts/greeting: hello\n"), "\(outcome.errors)")
            #expect(outcome.output.contains("create /tmp/new: done\n/bin: packaged\n"), "\(outcome.output)")
            #expect(outcome.output.hasSuffix("start helper: NOENT\n"))
        }

        @Test func partOfAVolumeCanBeMounted() throws {
            let scratch = try Scratch()
            func package(_ part: String) throws -> String {
                let manifest: JsonValue = [
                    "package": ["fs": [["volume_name": "/data", "host_path": .string(part), "mount_path": "/texts"]]],
                    "commands": ["packaged": ["runner": "https://webc.org/runner/wasi", "annotations": [:]]],
                ]
                return try scratch.write(
                    Data(SamplePackage.writer(version: 3, manifest: manifest).bytes()), to: "part.webc")
            }
            #expect(try Product.call(["run", package("/deep")]).output.hasPrefix("/texts: poem\n"))
            try SamplePackage.expectRefusal(
                [package("/none")], "\(scratch.file("part.webc")): the volume \"/data\" has no directory \"none\"")
            try SamplePackage.expectRefusal(
                [package("/greeting")],
                "\(scratch.file("part.webc")): the volume \"/data\" has no directory \"greeting\"")
        }

        /// A run of a package whose command waits for ever, with a directory for temporary ones, which its files are in by
        /// then.
        private static func startWaiting(in scratch: Scratch, places: [JsonValue]) throws -> (RunningCommand, String) {
            let manifest: JsonValue = [
                "package": ["fs": .array(places.map { ["volume_name": "/data", "mount_path": $0] })],
                "commands": ["wait": ["runner": "https://webc.org/runner/wasi", "annotations": [:]]],
            ]
            var writer = WebcWriter(version: 3, manifest: manifest)
            writer.atoms = [("wait", [UInt8](try Data(contentsOf: URL(fileURLWithPath: Product.guest("stall")))))]
            writer.volumes = [("/data", SamplePackage.volume)]
            let folder = scratch.file("tmp")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var command = Command(
                Product.program, ["run", try scratch.write(Data(writer.bytes()), to: "wait.webc")])
            command.environment = ["TMPDIR": folder]
            let running = try command.start()
            // Commands come after volumes.
            running.wait { _ in files(below: folder).contains { $0.hasSuffix("/bin/wait") } }
            return (running, folder)
        }

        private static func files(below folder: String) -> [String] {
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        }

        @Test func aVolumeWithSeveralPlacesIsUnpackedOnce() throws {
            let scratch = try Scratch()
            let (running, folder) = try Self.startWaiting(in: scratch, places: ["/a", "/b", "/c"])
            #expect(Self.files(below: folder).filter { $0.hasSuffix("/greeting") }.count == 1)
            running.send(SIGTERM)
            #expect(try running.outcome().status == 128 + SIGTERM)
        }

        @Test func nothingIsLeftOnTheHost() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.write(.webc3, in: scratch)
            let folder = scratch.file("tmp")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var command = Command(Product.program, ["run", "--entrypoint", "helper", package])
            command.environment = ["TMPDIR": folder]
            #expect(try command.run().status == 7)
            #expect(Self.files(below: folder) == [])

            for signal in [SIGTERM, SIGKILL] {
                let (running, folder) = try Self.startWaiting(in: scratch, places: ["/texts"])
                #expect(!Self.files(below: folder).isEmpty)
                running.send(signal)
                #expect(try running.outcome().status == 128 + signal)
                try awaitCondition("the directory is removed") { Self.files(below: folder).isEmpty }
            }
        }

        // MARK: dependencies

        private static let needy: JsonValue = [
            "package": ["fs": [["from": "test/sample", "volume_name": "/data", "mount_path": "/borrowed"]]],
            "use": ["test/sample": "test/sample@^1.0"],
            "commands": [
                "mine": [
                    "runner": "https://webc.org/runner/wasi",
                    "annotations": [
                        "atom": ["name": "packaged", "dependency": "test/sample"],
                        "wasi": ["main-args": ["show", "mine"]],
                    ],
                ]
            ],
        ]

        @Test func whatAPackageNeedsMustBeGiven() throws {
            let scratch = try Scratch()
            let path = try scratch.write(
                Data(WebcWriter(version: 3, manifest: Self.needy).bytes()), to: "needy.webc")
            let words =
                "\(path): it needs test/sample (^1.0): give it with --include-webc test/sample=FILE"
            try SamplePackage.expectRefusal([path], words)
            // A package of a file says no name of its own, mostly.
            let other = try SamplePackage.write(.webc3, in: scratch)
            try SamplePackage.expectRefusal(["--include-webc", other, path], words)
            try SamplePackage.expectRefusal(["--include-webc", "test/another=\(other)", path], words)
            for given in ["test/sample=\(other)", try SamplePackage.directory(in: scratch)] {
                let outcome = try Product.call(["run", "--include-webc", given, path])
                #expect(outcome.status == 7, "\(outcome.errors)")
                #expect(outcome.output == SamplePackage.shown("mine", in: "/", ["show", "mine"], []))
            }
        }

        @Test func commandsAndFilesOfIncludedPackagesAreThere() throws {
            let scratch = try Scratch()
            let other = try SamplePackage.directory(
                in: scratch, "other", SamplePackage.toml.replacing("test/sample", with: "test/other"))
            let more = try SamplePackage.directory(
                in: scratch, "more",
                SamplePackage.toml.replacing("\"packaged\"\nmodule", with: "\"more\"\nmodule")
                    .replacing("entrypoint = \"packaged\"\n", with: "").replacing("test/sample", with: "test/more")
                    .replacing("two words", with: "of more"))
            // A module is given packages in the same way.
            for main in [other, try Product.guest("packaged")] {
                let options = main == other ? [] : ["--include-webc", other]
                let outcome = try Product.call(["run"] + options + ["--include-webc", more, main])
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output.contains("/texts/greeting: hello\n"))
                #expect(outcome.output.contains("/bin: helper more packaged\n"), "\(outcome.output)")
                // Of two commands of one name the first given counts.
                #expect(outcome.output.contains("  argument 'two words'\n"))
            }
            try SamplePackage.expectRefusal(
                ["--include-webc", other, other],
                "\(other): the package \"test/other\" is given twice, also as \(other)")
        }

        @Test func aPackageWithoutCommandsRunsThatOfWhatItNeeds() throws {
            let scratch = try Scratch()
            let path = try scratch.write(
                Data(WebcWriter(version: 3, manifest: ["use": ["test/sample": "test/sample"]]).bytes()), to: "thin.webc"
            )
            let outcome = try Product.call(["run", "--include-webc", SamplePackage.directory(in: scratch), path])
            #expect(outcome.output.hasPrefix("/texts: deep greeting\n"), "\(outcome.errors)")
        }

        // MARK: shells

        @Test(.enabled(if: Product.has("shells/dash.wasm"), "left out"))
        func aShellFindsThePackagesCommands() throws {
            let scratch = try Scratch()
            let package = try SamplePackage.directory(
                in: scratch, "sample",
                SamplePackage.toml.replacing("entrypoint = \"packaged\"", with: "entrypoint = \"sh\"") + """

                    [[module]]
                    name = "dash"
                    source = "\(Product.shells())/dash.wasm"
                    [[command]]
                    name = "sh"
                    module = "dash"
                    """)
            let script = "command -v helper; helper from-a-shell; echo $?; read line < /texts/greeting; echo $line"
            let outcome = try Product.call(["run", "--env", "PATH=/bin", package, "-c", script])
            #expect(outcome.output.hasPrefix("/bin/helper\nthe-helper in /\n"), "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("  argument 'from-a-shell'\n"))
            #expect(outcome.output.hasSuffix("7\nhello\n"))
        }
    }
}
