import Glibc
import Trace
import WasixABI

/// A standard output or error that is kept for the inspector. Never full: the guest does not wait for the reader.
/// Lock held for everything.
public final class CapturedOutput: OpenFile {
    private let stream: OutputChunk.Stream
    private let log: OutputLog

    init(kernel: Kernel, stream: OutputChunk.Stream, log: OutputLog) {
        self.stream = stream
        self.log = log
        super.init(kernel: kernel)
    }

    // The inspector is a terminal to the guest: libc then writes line by line instead of when its buffer is full.
    public override var kind: ObjectKind { .terminal }
    public override var fileType: FileType { .characterDevice }
    public override var detail: ObjectDetail { .path(stream == .output ? "stdout" : "stderr") }
    public override var rights: Rights { [.fdWrite, .fdFdstatSetFlags, .pollFdReadwrite, .fdFilestatGet] }
    public override func readiness() -> EpollEvents { .out }
    public override var writableCount: UInt64 { UInt64(OutputLog.limit) }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        for index in 0..<vectors.count {
            let vector = vectors.base[index]
            log.append(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len), stream)
        }
        bytesOut &+= UInt64(vectors.total)
        return .done(vectors.total)
    }
}

/// What the guest wrote since the log was last taken, in order. When there is too much, the oldest bytes are dropped.
/// Lock held for everything; the log knows no kernel, so its callers assert that.
final class OutputLog {
    static let limit = 1 << 20
    /// A chunk grows to this size before the next is begun, so that the oldest bytes can be dropped in small portions.
    private static let chunkSize = 16_384

    private var chunks: [OutputChunk] = []
    /// Chunks at the front whose bytes are gone.
    private var dropped = 0
    private var byteCount = 0
    private(set) var droppedBytes: UInt64 = 0

    func append(_ bytes: UnsafeRawBufferPointer, _ stream: OutputChunk.Stream) {
        var rest = bytes
        if rest.count > Self.limit {
            droppedBytes &+= UInt64(rest.count - Self.limit)
            rest = UnsafeRawBufferPointer(rebasing: rest.suffix(Self.limit))
        }
        while !rest.isEmpty {
            if !hasRoom(for: stream) { chunks.append(OutputChunk(stream: stream, bytes: [])) }
            let last = chunks.count - 1
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.chunkSize - chunks[last].bytes.count))
            chunks[last].bytes.append(contentsOf: part)
            byteCount += part.count
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        }
        while byteCount > Self.limit { dropOldest() }
    }

    func take() -> [OutputChunk] {
        defer {
            chunks = []
            dropped = 0
            byteCount = 0
        }
        return dropped == 0 ? chunks : Array(chunks.dropFirst(dropped))
    }

    private func hasRoom(for stream: OutputChunk.Stream) -> Bool {
        guard dropped < chunks.count, let last = chunks.last else { return false }
        return last.stream == stream && last.bytes.count < Self.chunkSize
    }

    private func dropOldest() {
        let count = chunks[dropped].bytes.count
        chunks[dropped].bytes = []
        dropped += 1
        byteCount -= count
        droppedBytes &+= UInt64(count)
        if dropped > chunks.count / 2 {
            chunks.removeFirst(dropped)
            dropped = 0
        }
    }
}

/// The inspector's end of captured streams. Any thread, no lock held.
public final class CapturedStreams: Sendable {
    // Safe to share: what it refers to is touched under the kernel lock alone. It holds the input, so that bytes can be
    // typed when the guest has closed it.
    private let kernel: Kernel
    private nonisolated(unsafe) let input: TypedInput
    private nonisolated(unsafe) let log: OutputLog
    private let process: GuestProcess

    /// Lock held.
    init(process: GuestProcess, input: TypedInput, log: OutputLog) {
        self.process = process
        kernel = process.kernel
        self.input = input
        self.log = log
        input.hold()
    }

    deinit {
        kernel.lock()
        input.release()
        kernel.unlock()
    }

    /// Types `bytes`, and shows them unless the guest has switched its terminal's echo off.
    public func sendInput(_ bytes: [UInt8]) {
        kernel.locked {
            guard input.append(bytes), process.capturedTerminal.echo else { return }
            bytes.withUnsafeBytes { log.append($0, .typed) }
        }
    }

    /// Ends the input: the guest reads what was typed before, then the end of the file.
    public func closeInput() { kernel.locked { input.end() } }

    /// What the guest wrote and what was typed since the last call, oldest first.
    public func takeOutput() -> [OutputChunk] { kernel.locked { log.take() } }

    /// Bytes of output that were dropped because nobody took them in time.
    public var droppedOutput: UInt64 { kernel.locked { log.droppedBytes } }
}
