import Foundation
import Testing

extension AgainstNative {
    /// Programs that are linked while they run: one C source of each module, run natively and by us.
    @Suite struct Linking {
        private static let folder = "linking"

        private static func run(
            _ name: String, _ arguments: [String] = [], grants: [String] = [], environment: [String] = []
        ) throws -> Outcome {
            let guests = "\(try Product.guests())/\(folder)"
            return try Product.call(
                ["run", "--dir", "\(guests)::/guests::ro", "--argv0", "/guests/\(name).wasm"] + grants
                    + environment.flatMap { ["--env", $0] } + ["\(guests)/\(name).wasm"] + arguments)
        }

        @Test(arguments: ["opens", "needs", "storages", "owns", "jumps", "catches"])
        func guestPrintsWhatLinuxPrints(name: String) throws {
            let reference = try Command(Product.native("\(Self.folder)/\(name)")).run()
            let ours = try Self.run(name)
            #expect(ours.status == reference.status, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
        }

        @Test(.enabled(if: Product.has("linking/forks.wasm"), "binaryen is missing"))
        func copiesOfAProcessHaveItsLibraries() throws {
            let reference = try Command(Product.native("\(Self.folder)/forks")).run()
            let ours = try Self.run("forks")
            #expect(ours.status == reference.status, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, "forks")
        }

        @Test func symbolsThatAreDefinedLaterAreFound() throws {
            let ours = try Self.run("later")
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: try Product.golden("later"), "later")
        }

        @Test func undefinedFunctionIsNamedWhenItIsCalled() throws {
            let ours = try Self.run("later", ["early"])
            #expect(ours.status == 134)
            #expect(
                ours.errors.contains(
                    "function late_function was called by /guests/lib/libshape.so, and no library defines it"))
            #expect(ours.errors.contains("#0 shape_asks_late\n"))
        }

        /// Without its folder there is nothing that the program needs.
        @Test func missingLibraryIsOneLine() throws {
            let guests = "\(try Product.guests())/\(Self.folder)"
            let ours = try Product.call(["run", "\(guests)/needs.wasm"])
            #expect(ours.status == 126)
            #expect(
                ours.errors
                    == "wasix-top: error: \(guests)/needs.wasm: libshape.so: cannot open shared object file: "
                    + "No such file or directory\n")
        }

        @Test func librariesAreFoundWhereTheEnvironmentSays() throws {
            let guests = "\(try Product.guests())/\(Self.folder)"
            let ours = try Product.call([
                "run", "--dir", "\(guests)/lib::/elsewhere::ro", "--env", "LD_LIBRARY_PATH=/none:/elsewhere",
                "\(guests)/needs.wasm",
            ])
            #expect(ours.status == 0, "\(ours.errors)")
        }

        // MARK: what is no library

        /// A module with that section and nothing else.
        private static func module(_ dylink: [UInt8], named section: String = "dylink.0") -> [UInt8] {
            let contents = [UInt8(section.utf8.count)] + Array(section.utf8) + dylink
            return [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, UInt8(contents.count)] + contents
        }

        private static func needing(_ name: String, in directory: String? = nil) -> [UInt8] {
            func list(_ part: UInt8, _ text: String) -> [UInt8] {
                [part, UInt8(text.utf8.count + 2), 1, UInt8(text.utf8.count)] + Array(text.utf8)
            }
            return module(list(2, name) + (directory.map { list(5, $0) } ?? []))
        }

        /// One whose data lies behind the end of memory: it has its places when that shows.
        private static let outside =
            module([1, 6, 0x80, 0x80, 0x40, 0, 0, 0])
            + [2, 18, 1, 3] + Array("env".utf8) + [6] + Array("memory".utf8) + [2, 3, 0, 0x80, 0x80, 4]
            + [11, 7, 1, 0, 0x41, 0x7f, 0x0b, 1, 0]

        private static let broken: [(name: String, contents: [UInt8], answer: String)] = [
            ("libempty.so", [], "/tried/libempty.so: the file is empty"),
            ("libtext.so", Array("no module".utf8), "/tried/libtext.so: not a WebAssembly module"),
            (
                "libplain.so", [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
                "/tried/libplain.so: not a dynamically linked module: it has no section dylink.0"
            ),
            ("libshort.so", module([1, 9, 0]), "/tried/libshort.so: the module ends in the middle of a section"),
            (
                "libaligned.so", module([1, 4, 0, 31, 0, 0]),
                "/tried/libaligned.so: its dylink.0 section asks for an alignment of 2 to the power of 31"
            ),
            (
                "libhuge.so", module([1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0]),
                "/tried/libhuge.so: no room for 4294967311 bytes of memory"
            ),
            (
                "libtable.so", module([1, 8, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
                "/tried/libtable.so: no room for 4294967295 places in the table"
            ),
            (
                "libneeds.so", needing("libother.so"),
                "libother.so: cannot open shared object file: No such file or directory"
            ),
            ("libself.so", needing("libself.so", in: "$ORIGIN"), "opened"),
            ("libgood.so", module([]), "opened"),
            (
                "liboutside.so", outside,
                "/tried/liboutside.so: cannot be linked: wasm trap: out of bounds memory access"
            ),
        ]

        private static func writeBroken(to scratch: Scratch) throws {
            for library in broken {
                try Data(library.contents).write(to: URL(fileURLWithPath: "\(scratch.path)/\(library.name)"))
            }
        }

        @Test func whatIsNoLibraryIsSaidToBeNone() throws {
            let scratch = try Scratch()
            try Self.writeBroken(to: scratch)
            let ours = try Self.run(
                "tries", Self.broken.map { "/tried/\($0.name)" },
                grants: ["--dir", "\(scratch.path)::/tried::ro"])
            #expect(ours.status == 0, "\(ours.errors)")
            let lines = ours.output.split(separator: "\n").map(String.init)
            for (line, library) in zip(lines, Self.broken) {
                #expect(line.hasPrefix(library.answer), "\(library.name): \(line)")
            }
            #expect(
                lines.dropFirst(Self.broken.count)
                    == ["cut off: NOENT libno7", "  no buffer -> 1"])
        }

        /// Neither places in the guest's memory nor anything of the host's.
        @Test func whatCannotBeLoadedTakesNothing() throws {
            let scratch = try Scratch()
            try Self.writeBroken(to: scratch)
            let ours = try Self.run(
                "tries", ["--again", "20", "/host", "/tried/missing.so"] + Self.broken.map { "/tried/\($0.name)" },
                grants: ["--dir", "\(scratch.path)::/tried::ro", "--dir", "/proc/self::/host::ro"])
            #expect(ours.status == 0, "\(ours.errors)")
            #expect(ours.output.hasSuffix("tried again: nothing is left\n  pages more -> 0\n"), "\(ours.output)")
        }

        /// Its code writes addresses into its data when it is loaded: here it traps instead.
        @Test func aTrapWhileALibraryIsRelocatedIsTheProgramsEnd() throws {
            let name = Array("__wasm_apply_data_relocs".utf8)
            let relocating =
                Self.module([]) + [1, 4, 1, 0x60, 0, 0] + [3, 2, 1, 0]
                + [7, UInt8(name.count + 4), 1, UInt8(name.count)] + name + [0, 0] + [10, 5, 1, 3, 0, 0, 0x0b]
            let scratch = try Scratch()
            try Data(relocating).write(to: URL(fileURLWithPath: "\(scratch.path)/librelocs.so"))
            let ours = try Self.run(
                "tries", ["/tried/librelocs.so", "/tried/librelocs.so"],
                grants: ["--dir", "\(scratch.path)::/tried::ro"])
            #expect(ours.status == 134, "\(ours.output)\(ours.errors)")
            #expect(ours.errors.contains("unreachable"), "\(ours.errors)")
            #expect(!ours.output.contains("opened"), "\(ours.output)")
        }

        /// Every beginning of a library, and libraries with a wrong byte, end in a sentence or work.
        @Test func damagedLibrariesNeverEndTheProgram() throws {
            let scratch = try Scratch()
            let whole = try Array(
                Data(contentsOf: URL(fileURLWithPath: "\(Product.guests())/\(Self.folder)/lib/libbase.so")))
            var names: [String] = []
            func add(_ contents: [UInt8]) throws {
                names.append("\(names.count).so")
                try Data(contents).write(to: URL(fileURLWithPath: "\(scratch.path)/\(names[names.count - 1])"))
            }
            for count in stride(from: 0, to: min(whole.count, 400), by: 7) { try add(Array(whole.prefix(count))) }
            for place in 8..<min(whole.count, 120) {
                var damaged = whole
                damaged[place] ^= 0x55
                try add(damaged)
            }
            let ours = try Self.run(
                "tries", names.map { "/tried/\($0)" }, grants: ["--dir", "\(scratch.path)::/tried::ro"])
            // A constructor of a library that was changed may do anything that the sandbox allows.
            #expect([0, 134].contains(ours.status), "\(ours.errors)")
            #expect(!ours.output.isEmpty)
        }
    }
}
