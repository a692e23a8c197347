import Diagnosis
import Foundation
@_exported import TestSupport

/// The lessons as they are in the sources, and their guests, built.
enum LessonFiles {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let folder = root + "/assets/lessons"

    /// In the order of their numbers.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let names = files.filter { $0.hasSuffix(".lesson") }.map { String($0.dropLast(7)) }
        return names.sorted { ((try? lesson($0).number) ?? 0, $0) < ((try? lesson($1).number) ?? 0, $1) }
    }()

    static func parse(_ name: String) throws -> (lesson: Lesson, problems: [LessonProblem]) {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).lesson"))
        return LessonParser.parse([UInt8](data), name: name)
    }

    static func lesson(_ name: String) throws -> Lesson { try parse(name).lesson }

    static func sources(_ lesson: Lesson) throws -> LessonSources {
        let text = try String(contentsOfFile: "\(root)/assets/guests/\(lesson.guest.file)", encoding: .utf8)
        return LessonSources([
            lesson.guest.file: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        ])
    }

    static func transcript(_ lesson: Lesson) throws -> [String] {
        guard let native = lesson.native else { return [] }
        return try String(contentsOfFile: "\(folder)/\(native.file)", encoding: .utf8).split(separator: "\n").map(
            String.init)
    }

    private static let guests = Result {
        let directory = root + "/.build/test-guests/lessons"
        let outcome = try Command("/bin/sh", ["\(root)/assets/guests/build.sh", directory], timeLimit: 600).run()
        guard outcome.status == 0 else { throw GuestsNotBuilt(description: outcome.errors) }
        return directory
    }

    static func module(_ lesson: Lesson) throws -> String { try "\(guests.get())/\(lesson.guest.module)" }
}

struct GuestsNotBuilt: Error, CustomStringConvertible {
    let description: String
}
