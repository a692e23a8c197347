import Foundation
@_exported import TestSupport
import Testing

/// The whole program as a user has it: the built `wasix-top`, the guests, and their native counterparts.
enum Product {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// `WASIX_TOP` names another build to test.
    static let program = ProcessInfo.processInfo.environment["WASIX_TOP"] ?? root + "/.build/release/wasix-top"

    /// Where the guests are; the scripts do nothing when they are up to date.
    private static let built = Result {
        let directory = root + "/.build/test-guests"
        let scripts = [
            "build.sh", "toolchains/build.sh", "programs/build.sh", "processes/build.sh", "shells/build.sh",
            "linking/build.sh",
        ]
        for script in scripts.map({ "Tests/Guests/" + $0 }) {
            let outcome = try Command("/bin/sh", ["\(root)/\(script)", directory], timeLimit: 1200).run()
            guard outcome.status == 0 else { throw BuildFailure(description: "\(script): \(outcome.errors)") }
        }
        return directory
    }

    static func guests() throws -> String { try built.get() }
    static func guest(_ name: String) throws -> String { "\(try built.get())/wasm/\(name).wasm" }
    static func native(_ name: String) throws -> String { "\(try built.get())/native/\(name)" }
    /// A program of another toolchain, native; with ".wasm" it is the guest.
    static func toolchain(_ name: String) throws -> String { "\(try built.get())/toolchains/\(name)" }

    /// A guest that forks, jumps or starts programs.
    static func processGuest(_ name: String) throws -> String { "\(try built.get())/processes/\(name).wasm" }

    /// What the programs' build script made.
    static func programs() throws -> String { "\(try built.get())/programs" }

    /// What the shells' build script made.
    static func shells() throws -> String { "\(try built.get())/shells" }

    /// Whether the scripts could build these files below their directory: what a machine lacks is left out there.
    static func has(_ names: String...) -> Bool {
        guard let directory = try? built.get() else { return true }
        return names.allSatisfy { FileManager.default.fileExists(atPath: "\(directory)/\($0)") }
    }

    static func golden(_ name: String) throws -> String {
        try String(contentsOfFile: "\(root)/Tests/Guests/expected/\(name).txt", encoding: .utf8)
    }

    /// `wasix-top` with these arguments.
    static func call(_ arguments: [String], timeLimit: Double = 60) throws -> Outcome {
        try Command(program, arguments, timeLimit: timeLimit).run()
    }
}

struct BuildFailure: Error, CustomStringConvertible {
    let description: String
}

/// Everything here starts the real program, at a terminal or under load: one after the other.
@Suite(.serialized) struct EndToEnd {}

/// The real program on guests that stall and on healthy ones: what it finds. Guests mostly sleep, so this goes on beside the
/// others; what it finds does not depend on how late a loaded machine makes a thread.
@Suite(.serialized) struct Explained {}

/// The real program with guests that are compared with their native builds: one after the other too, while the tests above
/// mostly wait.
@Suite(.serialized) struct AgainstNative {}

/// What is given to the real program and how it answers: options, refusals, forms of output. Nothing here depends on how
/// fast the machine is, so it goes on beside the others.
@Suite(.serialized) struct CommandForms {}
