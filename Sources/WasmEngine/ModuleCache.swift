import CWasmtime
import Glibc

/// Compiled modules on disk, so that a module is compiled once for each engine version and configuration.
///
/// The engine trusts what it revives, so entries live in a directory that only its owner can write, and an entry that
/// is damaged, foreign or in the way is ignored and replaced. A cache that cannot be used never fails a run: the module
/// is then compiled. Safe for any number of threads and processes: an entry appears whole, by rename.
public struct ModuleCache: Sendable {
    /// Where a module came from.
    public enum Origin: Sendable {
        case cache
        case compiler
    }

    /// Names of the host are bytes.
    private let directory: [UInt8]
    /// How many first bytes of the path name a directory that is never made (HOME); 0 when all of the path may be made.
    private let given: Int

    /// `directory` and its parents are made, for the owner alone, when the first entry is written.
    public init(directory: [UInt8]) { self.init(directory: directory, given: 0) }

    private init(directory: [UInt8], given: Int) {
        self.directory = directory
        self.given = given
    }

    /// The cache under XDG_CACHE_HOME, or under `.cache` in HOME, which is not made: system users have a home that is
    /// meant not to be there. nil when neither is set: relative paths do not count, as the XDG rules say.
    /// - Parameter environment: the value of a variable.
    public init?(environment: (String) -> [UInt8]?) {
        let slash = UInt8(ascii: "/")
        if let cache = environment("XDG_CACHE_HOME"), cache.first == slash {
            self.init(directory: cache + Array("/wasix-top".utf8))
        } else if let home = environment("HOME"), home.first == slash {
            self.init(directory: home + Array("/.cache/wasix-top".utf8), given: home.count)
        } else {
            return nil
        }
    }

    /// The module from the cache, else compiled and then kept there. Throws what the compiler refuses.
    public func module(
        binary: [UInt8], engine: Engine
    ) throws(EngineError) -> (module: Module, origin: Origin) {
        let key = Self.key(binary: binary, configuration: engine.configuration)
        let name = Self.fileName(key)
        if let place = CacheDirectory(path: directory) {
            let revived = place.withFile(named: name) { file -> Module? in
                guard let code = CacheEntry.code(in: file, key: key) else { return nil }
                return try? Module(serialized: code, binary: binary, engine: engine)
            }
            if let module = revived ?? nil { return (module, .cache) }
        }
        let module = try Module(binary: binary, engine: engine)
        if let place = CacheDirectory(path: directory, makingBelow: given) {
            try? module.withSerialized { code in
                place.replace(name, with: [CacheEntry.header(code: code, key: key), Array(code)])
            }
        }
        return (module, .compiler)
    }

    private static func key(binary: [UInt8], configuration: EngineConfiguration) -> [UInt8] {
        let setting =
            "wasmtime \(CWASMTIME_VERSION) epochs \(configuration.isInterruptible)"
            + " stack \(configuration.maximumWasmStack) memory \(configuration.memoryReservation) pointer \(MemoryLayout<Int>.size)"
            + " waits \(WaitRewriting.version)\n"
        return SHA256.digest(binary, Array(setting.utf8))
    }

    private static func fileName(_ key: [UInt8]) -> String {
        key.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() + ".module"
    }
}
