import Foundation

/// A directory for one test, removed with it.
package final class Scratch {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "wasix-top-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    package func write(_ bytes: Data, to name: String) throws -> String {
        try bytes.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    package func write(_ text: String, to name: String) throws -> String { try write(Data(text.utf8), to: name) }

    /// Writes a script that can be run. A process of its own does it: while this one has a file open to write, what another test
    /// starts at that moment has it open as well for a while, and nobody can run it ("Text file busy").
    package func writeProgram(_ text: String, to name: String) throws -> String {
        let source = try write(text, to: name + ".text")
        let outcome = try Command("/usr/bin/install", ["-m", "755", source, file(name)]).run()
        guard outcome.status == 0 else { throw NotInstalled(description: outcome.errors) }
        return file(name)
    }

    private struct NotInstalled: Error, CustomStringConvertible {
        let description: String
    }

    package func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
}
