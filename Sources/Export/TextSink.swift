import Glibc

/// Buffered text on its way to a descriptor. After the first failure the rest is discarded. Belongs to one thread.
package final class TextSink {
    private static let flushSize = 1 << 16

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// The host's errno of the write that failed; 0 while all is well.
    package private(set) var failure: Int32 = 0

    /// - Parameter descriptor: stays open and belongs to the caller.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Adds `text` to the buffer, and flushes that when it is full.
    package func write(_ text: String) {
        guard failure == 0 else { return }
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.flushSize { flush() }
    }

    /// Writes what is buffered, and waits until the descriptor takes it.
    package func flush() {
        var written = 0
        while written < buffer.count, failure == 0 {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, buffer.count - written)
            }
            if count >= 0 { written += count } else { handle(errno) }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func handle(_ error: Int32) {
        switch error {
        case EINTR: return
        case EAGAIN:
            // Whoever shares the terminal or pipe with us may have made it non-blocking.
            var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&watched, 1, -1)
        default: failure = error
        }
    }
}
