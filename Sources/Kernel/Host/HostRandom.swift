import CLinux
import Glibc
import WasixABI

/// The host's cryptographic random numbers.
public enum HostRandom {
    /// Bytes asked of the host at a time, so that a thread can leave a call for gigabytes in between.
    private static let portion = 1 << 20

    /// No lock held.
    /// - Throws: INTR when the thread must leave the call; IO when the host has none.
    public static func fill(_ buffer: UnsafeMutableRawBufferPointer, _ thread: GuestThread) throws(Errno) {
        var done = 0
        while done < buffer.count {
            guard !thread.isInterrupted else { throw .intr }
            let count = getrandom(buffer.baseAddress! + done, min(portion, buffer.count - done), 0)
            if count > 0 {
                done += count
            } else if Glibc.errno != EINTR {
                throw .io
            }
        }
    }
}
