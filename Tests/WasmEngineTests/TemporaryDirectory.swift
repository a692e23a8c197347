import Foundation
import Testing

/// A directory that is removed with all it holds when the test ends.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/wasix-top-test-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The names in a directory below, without hidden ones.
    func files(in directory: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path + "/" + directory)
        return (names ?? []).filter { !$0.hasPrefix(".") }
    }
}

func read(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map(Array.init)
}

func write(_ bytes: [UInt8], to path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
}
