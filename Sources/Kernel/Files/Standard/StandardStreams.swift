import CLinux
import Glibc
import Trace
import WasixABI

/// The first three descriptors of a guest.
public enum StandardStreams {
    private static let names = ["stdin", "stdout", "stderr"]

    /// Lends the guest the host's own standard input, output and error; one that is closed stays closed. No lock held.
    public static func inherit(into process: GuestProcess) throws(Errno) {
        for number in Int32(0)...2 {
            try inherit(number, into: process)
        }
    }

    /// Lends the guest one of them. No lock held.
    public static func inherit(_ number: Int32, into process: GuestProcess) throws(Errno) {
        let mode = fcntl(number, F_GETFL)
        // A stream that was closed when the program started: O_PATH only occupies its number
        // (cl_occupy_standard_streams).
        guard mode >= 0, mode & CL_O_PATH == 0 else { return }
        let status = try FileStatus(hostFd: number)
        let access: Rights =
            switch mode & O_ACCMODE {
            case O_RDONLY: .fdRead
            case O_WRONLY: .fdWrite
            default: [.fdRead, .fdWrite]
            }
        let name = Array(names[Int(number)].utf8)
        try process.kernel.locked { () throws(Errno) in
            let file = HostObject.make(
                process.kernel, inherited: number, status, access: access, name: name, hostMode: mode)
            let rights = file.rights.subtracting([.fdRead, .fdWrite]).union(access)
            _ = try process.descriptors.add(file, rights: rights, atLeast: UInt32(number))
        }
    }

    /// Lets the guest read `path` of the host as its standard input. No lock held.
    /// - Throws: the host's reason.
    public static func input(from path: ByteString, into process: GuestProcess) throws(Errno) {
        let fd = Int32(
            try HostCall.value(.open) { path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) } })
        let status = try FileStatus(hostFd: fd)
        guard status.type != .directory else {
            close(fd)
            throw .isdir
        }
        try process.kernel.locked { () throws(Errno) in
            let file = HostObject.make(process.kernel, opened: fd, status, access: .fdRead, name: Array("stdin".utf8))
            _ = try process.descriptors.add(file, rights: file.rights.subtracting(.fdWrite))
        }
    }

    /// Gives the guest captured streams: an input that the inspector's user types, and outputs that are kept for the
    /// inspector. No lock held.
    public static func capture(into process: GuestProcess) throws(Errno) -> CapturedStreams {
        try process.kernel.locked { () throws(Errno) in
            let input = TypedInput(kernel: process.kernel)
            let log = OutputLog()
            _ = try process.descriptors.add(input, atLeast: 0)
            for stream in [OutputChunk.Stream.output, .error] {
                let output = CapturedOutput(kernel: process.kernel, stream: stream, log: log)
                _ = try process.descriptors.add(output, atLeast: UInt32(stream.rawValue))
            }
            return CapturedStreams(process: process, input: input, log: log)
        }
    }
}
