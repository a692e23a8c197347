import Foundation
import Testing

/// The whole program as a user has it: the built `wasix-top`, the guests, and their native counterparts.
enum Product {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// `WASIX_TOP` names another build to test.
    static let program = ProcessInfo.processInfo.environment["WASIX_TOP"] ?? root + "/.build/release/wasix-top"

    /// Where the guests are built; the script does nothing when they are up to date.
    static let guests: String = {
        let directory = root + "/.build/test-guests"
        for script in ["Tests/Guests/build.sh", "Tests/Guests/toolchains/build.sh"] {
            let build = Command("/bin/sh", ["\(root)/\(script)", directory], timeLimit: 600)
            guard let outcome = try? build.run(), outcome.status == 0 else {
                fatalError("\(script) failed; run it to see why")
            }
        }
        return directory
    }()

    static func guest(_ name: String) -> String { "\(guests)/wasm/\(name).wasm" }
    static func native(_ name: String) -> String { "\(guests)/native/\(name)" }
    static func golden(_ name: String) throws -> String {
        try String(contentsOfFile: "\(root)/Tests/Guests/expected/\(name).txt", encoding: .utf8)
    }

    /// `wasix-top` with these arguments.
    static func call(_ arguments: [String], timeLimit: Double = 60) throws -> Outcome {
        try Command(program, arguments, timeLimit: timeLimit).run()
    }
}

/// Everything here starts the real program and much of it measures time: one after the other.
@Suite(.serialized) struct EndToEnd {}

/// A directory for one test, removed with it.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "wasix-top-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ bytes: Data, to name: String) throws -> String {
        try bytes.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func write(_ text: String, to name: String) throws -> String { try write(Data(text.utf8), to: name) }

    func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
}
