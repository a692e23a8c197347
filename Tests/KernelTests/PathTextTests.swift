import Glibc
import Testing

@testable import Kernel

@Suite struct PathTextTests {
    private func normalized(_ path: String) -> String {
        String(decoding: PathText.normalize(Array(path.utf8)), as: UTF8.self)
    }

    private func remainder(_ path: String, _ prefix: String) -> String? {
        PathText.remainder(of: Array(path.utf8), below: Array(prefix.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func split(_ path: String) -> [String] {
        let (parent, name) = PathText.split(Array(path.utf8))
        return [String(decoding: parent, as: UTF8.self), String(decoding: name, as: UTF8.self)]
    }

    @Test func normalizingStopsAtTheRoot() {
        #expect(normalized("/") == "/")
        #expect(normalized("") == "/")
        #expect(normalized("/a//b/./c/") == "/a/b/c")
        #expect(normalized("/a/../../b") == "/b")
        #expect(normalized("/..") == "/")
        #expect(normalized("/...") == "/...")
    }

    @Test func whatIsBelowAGrantIsWholeComponents() {
        #expect(remainder("/data/a", "/data") == "a")
        #expect(remainder("/data", "/data") == ".")
        #expect(remainder("/data/", "/data") == ".")
        #expect(remainder("//data/./a", "/data") == "./a")
        #expect(remainder("/./data/a/", "/data") == "a/")
        #expect(remainder("/database", "/data") == nil)
        #expect(remainder("/dat", "/data") == nil)
        #expect(remainder("/a/b", "/") == "a/b")
        #expect(remainder("/", "/") == ".")
        #expect(remainder("/a/x/b", "/a/b") == nil)
    }

    @Test func theLastComponentKeepsItsSlashes() {
        #expect(split("a") == ["", "a"])
        #expect(split("a/") == ["", "a/"])
        #expect(split("a/b") == ["a/", "b"])
        #expect(split("a//b//") == ["a//", "b//"])
        #expect(split("../x") == ["../", "x"])
        #expect(split("..") == ["", ".."])
    }
}
