import CLinux
import Glibc
import WasixABI

/// Chooses the kind of description that a host descriptor needs.
enum HostObject {
    /// One we opened ourselves, O_NONBLOCK. Lock held.
    static func make(
        _ kernel: Kernel, opened fd: Int32, _ status: FileStatus, access: Rights, name: [UInt8],
        flags: FdFlags = [], isReadOnly: Bool = false
    ) -> OpenFile {
        guard isStream(fd, status) else {
            return HostFile(
                kernel: kernel, hostFd: fd, path: name, type: status.type, isReadOnly: isReadOnly, flags: flags)
        }
        return HostStream(
            kernel: kernel, hostFd: fd, ownsHostFd: true, blocks: false, type: status.type, access: access,
            name: name, awaitsWriter: status.type == .unknown && access == .fdRead && !flags.contains(.nonblock),
            flags: flags)
    }

    /// One lent by the program that started us. Lock held.
    static func make(
        _ kernel: Kernel, inherited fd: Int32, _ status: FileStatus, access: Rights, name: [UInt8], hostMode: Int32
    ) -> OpenFile {
        guard isStream(fd, status) else {
            return HostFile(
                kernel: kernel, hostFd: fd, ownsHostFd: false, path: name, type: status.type,
                flags: hostMode & O_APPEND != 0 ? .append : [])
        }
        // Opens the same terminal or pipe a second time: O_NONBLOCK is set on a description of our own.
        let ours = open("/proc/self/fd/\(fd)", hostMode & O_ACCMODE | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return HostStream(
            kernel: kernel, hostFd: ours >= 0 ? ours : fd, ownsHostFd: ours >= 0, blocks: ours < 0, type: status.type,
            access: access, name: name)
    }

    /// Regular files, and devices on which no call ever waits, are not streams.
    private static func isStream(_ fd: Int32, _ status: FileStatus) -> Bool {
        switch status.type {
        case .regularFile, .blockDevice: false
        case .characterDevice: isatty(fd) == 1
        default: true
        }
    }
}
