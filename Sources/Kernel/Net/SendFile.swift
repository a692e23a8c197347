import CLinux
import Glibc
import WasixABI

/// `sendfile`: a part of a file to whatever can be written (sendfile(2)).
///
/// The call always gives an offset. For sendfile(2) without one wasix-libc asks for the file's own offset and passes
/// that. So a call that begins at the file's own offset moves this offset by what was sent, and any other leaves it
/// (WasixABI.docc/SocketTransfers).
public struct SendFile {
    /// One call moves no more (Linux: MAX_RW_COUNT).
    private static let limit = 0x7fff_f000
    /// Bytes that one host call copies from file to file, so that a thread can leave a copy of gigabytes in between.
    private static let portion = 1 << 25
    /// Bytes that pass through our memory at a time, as many as fit the pipe that the host's sendfile uses.
    private static let bufferSize = 65_536

    private let file: HostFile
    private let start: Int64
    private let count: Int

    /// - Throws: SPIPE for a source without offsets, INVAL for one that is no file, or for numbers that no file has.
    public init(_ source: OpenFile, from start: UInt64, count: UInt64) throws(Errno) {
        guard let file = source as? HostFile else { throw source.kind == .directory ? .inval : .spipe }
        guard let first = Int64(exactly: start), let length = Int64(exactly: count) else { throw .inval }
        guard file.fileType == .regularFile || file.fileType == .blockDevice else { throw .inval }
        self.file = file
        self.start = first
        self.count = min(Int(length), Self.limit)
    }

    /// Sends until all is taken or the file ends; a part is a success. Lock held, released while the host works and
    /// while waiting. May block.
    public func run(to target: OpenFile, _ thread: GuestThread) -> IoResult {
        target.assertLocked()
        let movesOffset = (try? file.seek(0, .current)) == UInt64(start)
        let sent = send(to: target, thread)
        if movesOffset, sent.isSuccess, sent.count > 0 { _ = try? file.seek(start + Int64(sent.count), .set) }
        return sent
    }

    private func send(to target: OpenFile, _ thread: GuestThread) -> IoResult {
        if let socket = target.asHostSocket { return send(to: socket, thread) }
        if let target = target as? HostFile {
            guard !target.flags.contains(.append) else { return .failed(.inval) }
            return copy(to: target, thread)
        }
        return withUnsafeTemporaryAllocation(byteCount: min(count, Self.bufferSize), alignment: 16) {
            send(through: $0, to: target, thread)
        }
    }

    /// To a socket of the host: the host moves the bytes.
    private func send(to socket: HostSocket, _ thread: GuestThread) -> IoResult {
        var done = 0
        var deadline = CallDeadline()
        while done < count {
            let edges = socket.edgeCount
            let answer = move(done, .send, to: socket, socket.hostFd)
            if answer > 0 {
                done += answer
                continue
            }
            guard answer < 0 else { break }
            guard answer == -Int(EAGAIN) else { return partial(done, Errno(failure: answer)) }
            if socket.family != .unix { socket.wouldBlock(.out, since: edges) }
            guard !socket.isNonBlocking else { return partial(done, .again) }
            let end = deadline.end(after: socket.timeouts.send, thread.kernel.clock)
            do throws(Errno) {
                try socket.hostReady(for: .out, until: end, thread)
            } catch {
                return partial(done, error)
            }
        }
        return .done(done)
    }

    private func copy(to target: HostFile, _ thread: GuestThread) -> IoResult {
        var done = 0
        while done < count {
            guard !thread.isInterrupted else { return partial(done, .intr) }
            let answer = move(done, .write, to: target, target.hostFd)
            guard answer > 0 else { return answer == 0 ? .done(done) : partial(done, Errno(failure: answer)) }
            done += answer
        }
        return .done(done)
    }

    private func move(_ done: Int, _ kind: HostCall.Kind, to target: OpenFile, _ hostFd: Int32) -> Int {
        // The call holds both descriptions.
        let (from, size) = (start &+ Int64(done), min(count - done, Self.portion))
        let answer = target.withoutLock { HostNet.sendFile(kind, hostFd, from: file.hostFd, from, size) }
        if answer > 0 {
            file.bytesIn &+= UInt64(answer)
            target.bytesOut &+= UInt64(answer)
        }
        return answer
    }

    private func send(
        through buffer: UnsafeMutableRawBufferPointer, to target: OpenFile, _ thread: GuestThread
    ) -> IoResult {
        var done = 0
        while done < count {
            var vector = iovec(iov_base: buffer.baseAddress, iov_len: min(buffer.count, count - done))
            let read = withUnsafeMutablePointer(to: &vector) {
                file.read(into: IoVectors(base: $0, count: 1, total: $0.pointee.iov_len), at: start &+ Int64(done))
            }
            guard read.isSuccess else { return partial(done, read.errno) }
            guard read.count > 0 else { break }
            vector.iov_len = read.count
            let written = withUnsafeMutablePointer(to: &vector) {
                target.write(from: IoVectors(base: $0, count: 1, total: read.count), thread)
            }
            guard written.isSuccess else { return partial(done, written.errno) }
            done += written.count
            guard written.count == read.count else { break }
        }
        return .done(done)
    }

    private func partial(_ done: Int, _ failure: Errno) -> IoResult { done > 0 ? .done(done) : .failed(failure) }
}
