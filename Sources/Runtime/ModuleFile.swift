import Glibc
import Kernel
import Packages
import WasmEngine

/// Reads the file of a module, or of a package. Of a file that is neither it says what it is instead.
enum ModuleFile {
    /// Bytes. A larger file is refused as no module: other engines take no more either.
    private static let limit = 1 << 30
    private static let chunkSize = 1 << 18
    private static let magic: [UInt8] = [0x00, 0x61, 0x73, 0x6d]
    /// Magic and version.
    private static let headerSize = 8

    enum Contents {
        /// In the binary form, whichever the file has.
        case module([UInt8])
        case package(OpenPackage)
    }

    /// What is in a file, or in the directory of a package. From a pipe or a device no more is read than it takes to
    /// see that it is neither.
    static func load(_ path: ByteString, _ progress: LoadProgress?) throws(LaunchError) -> Contents {
        let name = GuestText.short(path.description)
        let fd = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        guard fd >= 0 else {
            throw LaunchError(errno == ENOENT || errno == ENOTDIR ? .notFound : .notRunnable, "\(name): \(hostWords())")
        }
        defer { close(fd) }
        if let package = try OpenPackage(directory: fd, path) { return .package(package) }
        let contents = try read(fd, name, progress)
        if contents.starts(with: WebcReader.magic) { return .package(try OpenPackage(file: contents, name)) }
        return .module(try binary(contents, name))
    }

    /// As `load`, of a file that is open for reading, at its beginning.
    static func load(open fd: Int32, named path: ByteString) throws(LaunchError) -> [UInt8] {
        let name = GuestText.short(path.description)
        return try binary(read(fd, name, nil), name)
    }

    static func binary(_ contents: [UInt8], _ name: String) throws(LaunchError) -> [UInt8] {
        do throws(EngineError) {
            return try Module.binary(fromFile: contents)
        } catch {
            throw LaunchError(.notRunnable, "\(name): not a WebAssembly module: \(error.message)")
        }
    }

    // MARK: reading

    private static func read(
        _ fd: Int32, _ name: String, _ progress: LoadProgress?
    ) throws(LaunchError) -> [UInt8] {
        var status = stat()
        guard fstat(fd, &status) == 0 else { throw LaunchError(.notRunnable, "\(name): \(hostWords())") }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw LaunchError(.notRunnable, "\(name): is a directory without a wasmer.toml")
        }
        let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        if let size, size > limit { throw tooLarge(name) }
        progress?.begin(.reading, of: size)

        var contents: [UInt8] = []
        try reserve(size ?? 0, in: &contents, name)
        var check = FormCheck()
        while true {
            try reserve(contents.count + chunkSize, in: &contents, name)
            let count = append(to: &contents, from: fd)
            if count < 0 {
                guard errno == EINTR else { throw LaunchError(.notRunnable, "\(name): \(hostWords())") }
                continue
            }
            if let reason = check.reason(contents, isWhole: count == 0) {
                throw LaunchError(.notRunnable, "\(name): \(reason)")
            }
            guard count > 0 else { return contents }
            progress?.add(count)
            if contents.count > limit { throw tooLarge(name) }
        }
    }

    /// - Returns: what read(2) answers.
    private static func append(to contents: inout [UInt8], from fd: Int32) -> Int {
        withUnsafeTemporaryAllocation(byteCount: chunkSize, alignment: 16) { chunk in
            let count = Glibc.read(fd, chunk.baseAddress, chunk.count)
            if count > 0 { contents.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
            return count
        }
    }

    /// Makes room, twice as much each time. It is checked beforehand, because an array that finds no memory ends the
    /// program.
    private static func reserve(_ count: Int, in contents: inout [UInt8], _ name: String) throws(LaunchError) {
        guard count > contents.capacity else { return }
        let capacity = max(count, contents.capacity * 2)
        guard HostRoom.hasMemory(capacity) else { throw LaunchError(.failure, "\(name): not enough memory to read it") }
        contents.reserveCapacity(capacity)
    }

    private static func tooLarge(_ name: String) -> LaunchError {
        LaunchError(.notRunnable, "\(name): not a WebAssembly module: larger than 1 GiB")
    }

    private static func hostWords() -> String { String(cString: strerror(errno)) }

    // MARK: what it is instead

    /// Looks at the beginning of a file while it is read.
    private struct FormCheck {
        private var checked = 0
        private var isText: Bool?

        /// - Parameter isWhole: nothing follows.
        /// - Returns: why it is no module; nil while it may be one.
        mutating func reason(_ contents: [UInt8], isWhole: Bool) -> String? {
            if isWhole, contents.isEmpty { return "the file is empty" }
            guard contents.count >= headerSize || isWhole else { return nil }
            if contents.starts(with: magic) { return ModuleFile.reason(binary: contents) }
            if contents.starts(with: WebcReader.magic) { return nil }
            defer { checked = contents.count }
            // The text form holds no zero byte, and begins with a parenthesis or a comment.
            if contents[checked...].contains(0) { return ModuleFile.reason(other: contents) }
            if isText == nil, let first = contents.first(where: { !Self.isSpace($0) }) {
                isText = first == UInt8(ascii: "(") || first == UInt8(ascii: ";")
            }
            return isText == false || (isWhole && isText == nil) ? ModuleFile.reason(other: contents) : nil
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
    }

    /// nil for a core module.
    private static func reason(binary: [UInt8]) -> String? {
        guard binary.count >= headerSize else { return "not a WebAssembly module: it ends within its header" }
        guard binary[6] == 1 else { return nil }
        return "a WebAssembly component: only core modules can be run"
    }

    private static func reason(other contents: [UInt8]) -> String {
        if contents.starts(with: [0x7f] + Array("ELF".utf8)) {
            return "not a WebAssembly module: a program of the host"
        }
        if contents.starts(with: Array("#!".utf8)) { return "not a WebAssembly module: a script" }
        return "not a WebAssembly module"
    }
}
