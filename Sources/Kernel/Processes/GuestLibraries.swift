import Glibc
import WasixABI

/// Why a library or a symbol cannot be had: what the call answers, and a sentence for `dlerror`.
public struct LinkFailure: Error, Sendable {
    public let errno: Errno
    public let message: String

    public init(_ errno: Errno, _ message: String) {
        self.errno = errno
        self.message = message
    }
}

/// What `dlopen` is asked for (WasixABI.docc/DynamicLinking).
public struct LibraryRequest: Sendable {
    public let name: [UInt8]
    /// Directories to look in first, separated by colons.
    public let searchPath: [UInt8]
    /// Symbols of it are found by libraries that are loaded later.
    public let isGlobal: Bool
    /// It is not to be loaded when it is not there.
    public let isKnownOnly: Bool

    public init(name: [UInt8], searchPath: [UInt8], isGlobal: Bool, isKnownOnly: Bool) {
        self.name = name
        self.searchPath = searchPath
        self.isGlobal = isGlobal
        self.isKnownOnly = isKnownOnly
    }
}

/// A file that was found for a library.
public struct LibraryFile: Sendable {
    /// Open for reading. Whoever gets this value closes it.
    public let hostFd: Int32
    /// As the search put it together, absolute.
    public let path: [UInt8]
}

/// Finds the files of libraries in the guest's tree, as `ld.so(8)` does. No lock held.
public enum LibrarySearch {
    /// Where libraries are looked for when nothing else is said, or when they are not found there.
    public static let usualDirectories = ["/lib", "/usr/lib", "/usr/local/lib"].map { Array($0.utf8) }

    private static let moduleEnding = Array(".wasm".utf8)
    private static let libraryEnding = Array(".so".utf8)

    /// Finds a library in the files of `process`. A name that holds a slash is a path, another one is looked up in each of
    /// `directories`, of which an empty one is the working directory. What ends with `.so` may be there as `.wasm`.
    /// - Throws: NOENT when it is nowhere; ACCES for what is no regular file or cannot be read; what any path can.
    public static func find(
        _ name: [UInt8], in directories: [[UInt8]], _ process: GuestProcess
    ) throws(Errno) -> LibraryFile {
        let current = process.kernel.locked { process.workingDirectory }
        var failure = SearchFailure()
        let places = name.contains(PathText.slash) ? [[]] : directories
        for place in places {
            for name in spellings(of: name) {
                let path = PathText.join(current, place.isEmpty ? name : PathText.join(place, name))
                do throws(Errno) {
                    return LibraryFile(hostFd: try ProgramSearch.open(path, process), path: path)
                } catch {
                    try failure.add(error)
                }
            }
        }
        throw failure.errno
    }

    private static func spellings(of name: [UInt8]) -> [[UInt8]] {
        guard name.count > libraryEnding.count, name.suffix(libraryEnding.count).elementsEqual(libraryEnding) else {
            return [name]
        }
        return [name, name.dropLast(libraryEnding.count) + moduleEnding]
    }
}
