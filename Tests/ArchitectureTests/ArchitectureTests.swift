import Foundation
import TestSupport
import Testing

@Suite struct ArchitectureTests {
    @Test func everyImportIsInTheTable() throws {
        let sources = Checkout.root.appendingPathComponent("Sources")
        var seen = 0
        for room in try Checkout.names(in: sources) where !Room.shims.contains(room) {
            for file in Checkout.files(below: sources.appendingPathComponent(room)) where file.pathExtension == "swift"
            {
                let source = SourceFile(try String(contentsOf: file, encoding: .utf8))
                let violations = Room.violations(of: room, importing: source.importedModules)
                #expect(violations == [], "\(file.lastPathComponent)")
                seen += 1
            }
        }
        #expect(seen >= 13, "every room has a file: were the sources found?")
    }

    @Test func shimsIncludeSystemHeadersOnly() throws {
        for shim in Room.shims {
            let directory = Checkout.root.appendingPathComponent("Sources/\(shim)")
            let own = Set(Checkout.files(below: directory).map(\.lastPathComponent))
            #expect(!own.isEmpty)
            for file in Checkout.files(below: directory) where ["c", "h"].contains(file.pathExtension) {
                for header in SourceFile(try String(contentsOf: file, encoding: .utf8)).includedHeaders {
                    let name = header.dropFirst().dropLast()
                    #expect(header.hasPrefix("<") || own.contains(String(name)), "\(file.lastPathComponent): \(header)")
                }
            }
        }
    }

    @Test func nothingElseIsTrackedAtTheTop() throws {
        let allowed: Set = [
            "Package.swift", "Sources", "Tests", "assets", "README.md", "Makefile", ".ci", ".gitignore",
            ".swift-format",
        ]
        let git = try Command("/usr/bin/env", ["git", "-C", Checkout.root.path, "ls-files", "-z"]).run()
        try #require(git.status == 0, "git lists the tracked files")
        let paths = git.output.split(separator: "\0")
        let entries = Set(paths.map { String($0.prefix { $0 != "/" }) })
        #expect(entries.contains("Package.swift"))
        #expect(entries.subtracting(allowed).isEmpty)
    }

    @Test func importsAreReadInEveryForm() {
        let source = SourceFile(
            """
            import Plain
            @testable import Tested
            @preconcurrency package import struct Collections.Deque
                internal import Indented.Sub
            // import Commented
            let important = "import Quoted"
            """)
        #expect(source.importedModules == ["Plain", "Tested", "Collections", "Indented"])
        #expect(SourceFile("#include <a.h>\n#include \"b.h\"\nint a;").includedHeaders == ["<a.h>", "\"b.h\""])
    }

    @Test(arguments: [
        ("Kernel", "Foundation"), ("Syscalls", "Foundation"), ("Trace", "FoundationEssentials"),
        ("WasmEngine", "Foundation"), ("WasixABI", "Foundation"), ("WasixABI", "Glibc"), ("WasixABI", "Trace"),
        ("Kernel", "WasmEngine"), ("Runtime", "CWasmtime"), ("UI", "Kernel"), ("UI", "Runtime"), ("UI", "CNcurses"),
        ("Model", "Kernel"), ("Decode", "Model"), ("Terminal", "Model"), ("wasix-top", "CWasmtime"),
        ("Diagnosis", "Terminal"), ("Model", "Diagnosis"), ("Diagnosis", "Kernel"),
        ("Cellar", "Glibc"),
    ]) func edgeOutsideTheTableIsFound(room: String, module: String) {
        #expect(Room.violations(of: room, importing: ["Synchronization", module]).contains { $0.contains(room) })
    }
}
