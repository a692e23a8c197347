import Glibc
import Testing

@testable import WasmEngine

@Suite struct ModuleCacheTests {
    private let wasm = Array(
        """
        (module (func (export "f") (result i32) (i32.const 42)))
        """.utf8)

    @Test func secondRunComesFromTheCache() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a/b"
        #expect(try load(path).origin == .compiler)
        let second = try load(path)
        #expect(second.origin == .cache)
        #expect(try answer(second.module) == [.i32(42)])
        #expect(mode(path) == 0o700)
        #expect(mode(directory.path + "/a") == 0o700)
        let entries = directory.files(in: "a/b")
        #expect(entries.count == 1)
        #expect(mode(path + "/" + entries[0]) == 0o600)
    }

    @Test func configurationsDoNotShareEntries() throws {
        let directory = try TemporaryDirectory()
        #expect(try load(directory.path).origin == .compiler)
        #expect(try load(directory.path, engine: Engines.interruptible).origin == .compiler)
        #expect(try load(directory.path, engine: Engines.interruptible).origin == .cache)
        #expect(directory.files(in: ".").count == 2)
    }

    @Test(arguments: [0, 9, 41, 50, 57, -1]) func damagedByteIsFoundAndTheEntryReplaced(position: Int) throws {
        let directory = try TemporaryDirectory()
        _ = try load(directory.path)
        let entry = directory.path + "/" + directory.files(in: ".")[0]
        let contents = try #require(read(entry))
        var damaged = contents
        damaged[position < 0 ? damaged.count - 1 : position] ^= 0x40
        write(damaged, to: entry)
        let module = try load(directory.path)
        #expect(module.origin == .compiler)
        #expect(try answer(module.module) == [.i32(42)])
        #expect(read(entry) == contents)
        #expect(try load(directory.path).origin == .cache)
    }

    @Test(arguments: [0, 1, 55, 56, 57, 1000]) func truncatedEntryIsReplaced(count: Int) throws {
        let directory = try TemporaryDirectory()
        _ = try load(directory.path)
        let entry = directory.path + "/" + directory.files(in: ".")[0]
        write(Array(try #require(read(entry)).prefix(count)), to: entry)
        #expect(try load(directory.path).origin == .compiler)
        #expect(try load(directory.path).origin == .cache)
    }

    @Test func entryOfAnotherEngineIsReplaced() throws {
        let directory = try TemporaryDirectory()
        _ = try load(directory.path)
        let entry = directory.path + "/" + directory.files(in: ".")[0]
        let key = Array(try #require(read(entry))[8..<40])
        // Whole by our own rules, but not code of this engine.
        let foreign = [UInt8](repeating: 0x7f, count: 4096)
        write(foreign.withUnsafeBytes { CacheEntry.header(code: $0, key: key) } + foreign, to: entry)
        #expect(try load(directory.path).origin == .compiler)
        #expect(try load(directory.path).origin == .cache)
    }

    @Test func directoryOthersCanWriteIsNotUsed() throws {
        let directory = try TemporaryDirectory()
        _ = try load(directory.path)
        chmod(directory.path, 0o777)
        #expect(try load(directory.path).origin == .compiler)
        chmod(directory.path, 0o700)
        #expect(try load(directory.path).origin == .cache)
    }

    @Test func linkOrPipeInTheWayOfAnEntryIsReplaced() throws {
        let directory = try TemporaryDirectory()
        _ = try load(directory.path)
        let entry = directory.path + "/" + directory.files(in: ".")[0]
        let elsewhere = directory.path + "/elsewhere"
        rename(entry, elsewhere)
        symlink(elsewhere, entry)
        #expect(try load(directory.path).origin == .compiler)
        #expect(try load(directory.path).origin == .cache)
        unlink(entry)
        mkfifo(entry, 0o600)
        #expect(try load(directory.path).origin == .compiler)
        #expect(try load(directory.path).origin == .cache)
    }

    @Test func cacheThatCannotBeMadeOrReadIsDoneWithout() throws {
        let directory = try TemporaryDirectory()
        write([1], to: directory.path + "/file")
        #expect(try load(directory.path + "/file").origin == .compiler)
        #expect(try load(directory.path + "/file/below").origin == .compiler)
        #expect(try load("/proc/wasix-top-cache").origin == .compiler)
        symlink(directory.path, directory.path + "/link")
        #expect(try load(directory.path + "/link").origin == .compiler)
    }

    @Test func refusedModuleIsNotKept() throws {
        let directory = try TemporaryDirectory()
        let cache = ModuleCache(directory: Array(directory.path.utf8))
        #expect(throws: EngineError.self) { try cache.module(binary: [0, 1, 2, 3], engine: Engines.plain) }
        #expect(directory.files(in: ".").isEmpty)
    }

    @Test func placeFollowsTheEnvironment() throws {
        let directory = try TemporaryDirectory()
        let home = directory.path
        try load(["HOME": home])
        #expect(directory.files(in: ".cache/wasix-top").count == 1)
        try load(["HOME": "/nowhere", "XDG_CACHE_HOME": home + "/x"])
        #expect(directory.files(in: "x/wasix-top").count == 1)
        mkdir(home + "/h", 0o700)
        try load(["HOME": home + "/h", "XDG_CACHE_HOME": "relative"])
        #expect(directory.files(in: "h/.cache/wasix-top").count == 1)
        #expect(cache([:]) == nil)
        #expect(cache(["HOME": "", "XDG_CACHE_HOME": ""]) == nil)
    }

    @Test func aHomeThatIsNotThereIsNotMade() throws {
        let directory = try TemporaryDirectory()
        try load(["HOME": directory.path + "/none"])
        try load(["HOME": directory.path + "/none/deeper/"])
        #expect(directory.files(in: ".").isEmpty)
        // With a slash at its end it is the same place.
        try load(["HOME": directory.path + "/"])
        #expect(directory.files(in: ".cache/wasix-top").count == 1)
    }

    @Test func namesOfTheHostAreBytes() throws {
        let directory = try TemporaryDirectory()
        let home = Array((directory.path + "/h").utf8) + [0xff]
        #expect((home + [0]).withUnsafeBytes { mkdir($0.baseAddress!.assumingMemoryBound(to: CChar.self), 0o700) } == 0)
        let cache = try #require(ModuleCache { $0 == "HOME" ? home : nil })
        #expect(try cache.module(binary: binary(), engine: Engines.plain).origin == .compiler)
        #expect(try cache.module(binary: binary(), engine: Engines.plain).origin == .cache)
    }

    private func cache(_ environment: [String: String]) -> ModuleCache? {
        ModuleCache { name in environment[name].map { Array($0.utf8) } }
    }

    private func load(_ environment: [String: String]) throws {
        _ = try #require(cache(environment)).module(binary: binary(), engine: Engines.plain)
    }

    private func binary() throws -> [UInt8] { try Module.binary(fromFile: wasm) }

    private func load(
        _ path: String, engine: Engine = Engines.plain
    ) throws -> (module: Module, origin: ModuleCache.Origin) {
        try ModuleCache(directory: Array(path.utf8)).module(binary: binary(), engine: engine)
    }

    private func answer(_ module: Module) throws -> [Value] {
        try Linker(engine: Engines.plain).link(module).instantiate(in: Store(engine: Engines.plain, data: nil))
            .function("f")!.call()
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }
}

@Suite struct SHA256Tests {
    /// FIPS 180-4's own examples, and lengths around the block and padding borders (against coreutils' sha256sum).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]) func digestIsTheStandards(text: String, expected: String) {
        let bytes = Array(text.utf8)
        let split = bytes.count / 3
        #expect(hex(SHA256.digest(bytes)) == expected)
        #expect(hex(SHA256.digest(Array(bytes[..<split]), Array(bytes[split...]), [])) == expected)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
