import Glibc
import Kernel
import Packages
import WasixABI

/// A directory of the host that a package's files are put into. All names are new there.
struct UnpackedDirectory {
    let path: ByteString
    private let package: OpenPackage
    private let fd: Int32

    /// Makes the directory.
    init(_ path: ByteString, _ package: OpenPackage) throws(Errno) {
        self.path = path
        self.package = package
        guard path.withCString({ mkdir($0, 0o755) }) == 0 else { throw Errno(host: errno) }
        fd = path.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard fd >= 0 else { throw Errno(host: errno) }
    }

    func close() { Glibc.close(fd) }

    func write(_ entries: [VolumeEntry]) throws(LaunchError) { try write(entries, in: fd) }

    private func write(_ entries: [VolumeEntry], in directory: Int32) throws(LaunchError) {
        for entry in entries {
            switch entry.node {
            case .file(let file): try write(entry.name, file, package, in: directory)
            case .directory(let below):
                let name = ByteString(entry.name)
                guard name.withCString({ mkdirat(directory, $0, 0o755) }) == 0 else { throw failure(entry.name) }
                let next = name.withCString { openat(directory, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
                guard next >= 0 else { throw failure(entry.name) }
                defer { Glibc.close(next) }
                try write(below, in: next)
            }
        }
    }

    /// - Parameter source: the package that the file is of.
    func write(_ name: [UInt8], _ file: PackageFile, _ source: OpenPackage) throws(LaunchError) {
        try write(name, file, source, in: fd)
    }

    private func write(
        _ name: [UInt8], _ file: PackageFile, _ source: OpenPackage, in directory: Int32
    ) throws(LaunchError) {
        let contents = try source.contents(of: file, "the file \(source.quoted(ByteString(name).description))")
        let new = ByteString(name).withCString {
            openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o755)
        }
        guard new >= 0 else { throw failure(name) }
        defer { Glibc.close(new) }
        var done = 0
        while done < contents.count {
            let count = contents.withUnsafeBytes { Glibc.write(new, $0.baseAddress! + done, $0.count - done) }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure(name)
            }
        }
        guard case .span(_, _, let modified) = file, modified != 0, let seconds = Int(exactly: modified) else { return }
        // Programs compare such times. One that the host's file system cannot have is no reason to stop.
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        _ = withUnsafePointer(to: (time, time)) {
            $0.withMemoryRebound(to: timespec.self, capacity: 2) { futimens(new, $0) }
        }
    }

    /// Gives a file a second name.
    func link(_ name: String, as other: String, _ source: OpenPackage) throws(LaunchError) {
        guard linkat(fd, name, fd, other, 0) == 0 else { throw failure(Array(other.utf8)) }
    }

    /// To be made right after the host's call.
    private func failure(_ name: [UInt8]) -> LaunchError {
        let reason = String(cString: strerror(errno))
        return LaunchError(
            .failure, "\(package.path): cannot unpack \(package.quoted(ByteString(name).description)): \(reason)")
    }
}
