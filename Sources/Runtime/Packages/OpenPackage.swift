import Glibc
import Kernel
import Packages
import WasmEngine

/// A package of the host that was opened: what it says of itself, and where its contents are.
struct OpenPackage: Sendable {
    private enum Origin: Sendable {
        /// The bytes of a `.webc` file.
        case file([UInt8])
        /// The path of a directory with a `wasmer.toml`.
        case directory(ByteString)
    }

    let package: Package
    /// For messages.
    let path: String
    private let origin: Origin

    /// The package that the bytes of a `.webc` file are.
    init(file contents: [UInt8], _ path: String) throws(LaunchError) {
        self.path = path
        origin = .file(contents)
        do throws(PackageFailure) {
            package = try WebcReader.package(contents)
        } catch {
            throw LaunchError(.notRunnable, "\(path): \(GuestText.short(error.message, limit: 400))")
        }
        if let manifest = package.manifest { _ = try self.contents(of: manifest, "the manifest") }
    }

    /// The package that a directory is; nil for what is no directory, or has no `wasmer.toml`.
    init?(directory fd: Int32, _ path: ByteString) throws(LaunchError) {
        let manifest = openat(fd, WasmerManifest.fileName, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard manifest >= 0 else { return nil }
        defer { close(manifest) }
        self.path = GuestText.short(path.description)
        origin = .directory(path)
        let place = "\(self.path)/\(WasmerManifest.fileName)"
        let text = try Self.manifest(manifest, place)
        do throws(PackageFailure) {
            package = try WasmerManifest.package(text)
        } catch {
            throw LaunchError(.notRunnable, "\(place): \(GuestText.short(error.message, limit: 400))")
        }
    }

    private static func manifest(_ fd: Int32, _ place: String) throws(LaunchError) -> [UInt8] {
        var status = stat()
        guard fstat(fd, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw LaunchError(.notRunnable, "\(place): no regular file")
        }
        // One byte more than there may be, which the reader refuses.
        var text = [UInt8](repeating: 0, count: min(Int(status.st_size), 1 << 20) + 1)
        var count = 0
        while count < text.count {
            let answer = text.withUnsafeMutableBytes { read(fd, $0.baseAddress! + count, $0.count - count) }
            guard answer != 0 else { break }
            if answer > 0 {
                count += answer
            } else if errno != EINTR {
                throw LaunchError(.notRunnable, "\(place): \(String(cString: strerror(errno)))")
            }
        }
        return Array(text.prefix(count))
    }

    func failure(_ what: String) -> LaunchError { LaunchError(.notRunnable, "\(path): \(what)") }

    // MARK: contents

    /// - Parameter what: for messages.
    func contents(of file: PackageFile, _ what: String) throws(LaunchError) -> [UInt8] {
        switch (file, origin) {
        case (.span(let range, let digest, _), .file(let all)):
            let contents = Array(all[range])
            guard SHA256.digest(contents) == digest else { throw failure("\(what) does not have its SHA-256") }
            return contents
        case (.host(let name), _):
            guard case .module(let binary) = try ModuleFile.load(hostPath(name), nil) else {
                throw failure("\(what) is a package")
            }
            return binary
        case (.span, .directory): throw failure("\(what) is missing")
        }
    }

    /// A module in its binary form, and where it is, for messages.
    func module(_ atom: String) throws(LaunchError) -> (binary: [UInt8], name: ByteString) {
        guard let file = package.atoms[atom] else { throw failure("there is no module \(quoted(atom))") }
        let contents = try contents(of: file, "the module \(quoted(atom))")
        if case .host(let name) = file { return (contents, hostPath(name)) }
        return (try ModuleFile.binary(contents, "\(path): \(quoted(atom))"), ByteString("\(path): \(atom)"))
    }

    func quoted(_ name: String) -> String { "\"\(GuestText.short(name))\"" }

    /// The path of a file, or a directory, that a `wasmer.toml` names.
    private func hostPath(_ name: String) -> ByteString {
        guard case .directory(let base) = origin, !name.hasPrefix("/") else { return ByteString(name) }
        return ByteString(base.bytes + Array("/\(name)".utf8))
    }

    /// The directory that a `wasmer.toml` grants as a volume: inside of the package's own, whatever links lead there.
    func directory(_ name: String) throws(LaunchError) -> ByteString {
        guard case .directory(let base) = origin else { throw failure("there is no volume \(quoted(name))") }
        let path = hostPath(name)
        guard let whole = Self.realPath(path), let root = Self.realPath(base) else {
            throw failure("[fs] names \(quoted(name)): \(String(cString: strerror(errno)))")
        }
        guard whole == root || root == [UInt8(ascii: "/")] || whole.starts(with: root + [UInt8(ascii: "/")]) else {
            throw failure("[fs] names \(quoted(name)), which leads out of the package")
        }
        return ByteString(whole)
    }

    private static func realPath(_ path: ByteString) -> [UInt8]? {
        guard let whole = path.withCString({ realpath($0, nil) }) else { return nil }
        defer { free(whole) }
        return ByteString(cString: whole).bytes
    }
}
