import CLinux
import Glibc
import WasixABI

/// Changing the directory that a process's relative names start from.
public enum WorkingDirectory {
    /// No lock held.
    /// - Throws: NOENT, NOTDIR, and what any path can.
    public static func change(to path: [UInt8], _ thread: GuestThread) throws(Errno) {
        try GuestPath.check(path)
        let process = thread.process
        let (whole, isVirtual) = process.kernel.locked {
            let whole = PathText.normalize(PathText.join(process.workingDirectory, path))
            return (whole, process.descriptors.isAboveGrant(whole) || whole == [UInt8(ascii: "/")])
        }
        // The root and what lies above a granted directory exist only in the guest's view.
        if !isVirtual {
            process.kernel.lock()
            let target: GuestPath
            do throws(Errno) {
                target = try GuestPath(absolute: whole, process)
            } catch {
                process.kernel.unlock()
                throw error
            }
            process.kernel.unlock()
            close(try target.open(CL_O_PATH | O_DIRECTORY))
        }
        process.kernel.locked { process.workingDirectory = whole }
    }
}
