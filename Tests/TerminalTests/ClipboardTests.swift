import Glibc
import Testing

@testable import Terminal

@Suite struct ClipboardTests {
    /// The examples of RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64IsAsInTheStandard(text: String, code: String) {
        #expect(Clipboard.base64(Array(text.utf8)) == Array(code.utf8))
    }

    @Test func aTextIsOneSequenceThatNothingInItCanEnd() {
        let sequence = Clipboard.sequence("two\nlines\u{7}\u{1b}\\")
        #expect(sequence.starts(with: Array("\u{1b}]52;c;".utf8)))
        #expect(sequence.last == 0x07)
        #expect(sequence.dropFirst(7).dropLast().allSatisfy { $0 > 0x20 && $0 < 0x7f })
    }

    @Test func aLongTextIsCut() {
        let sequence = Clipboard.sequence(String(repeating: "x", count: 1_000_000))
        #expect(sequence.count < 70_000)
    }

    @Test func allOfItIsWrittenToASlowReader() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        let bytes = [UInt8](repeating: 0x41, count: 200_000)
        let (reader, writer) = (ends[0], ends[1])
        nonisolated(unsafe) var received = 0
        let thread = SlowReader.start(reader) { received = $0 }
        #expect(Clipboard.write(bytes, to: writer))
        close(writer)
        pthread_join(thread, nil)
        #expect(received == bytes.count)
        close(reader)
    }
}

private enum SlowReader {
    private final class Work {
        let descriptor: Int32
        let done: (Int) -> Void

        init(_ descriptor: Int32, _ done: @escaping (Int) -> Void) {
            self.descriptor = descriptor
            self.done = done
        }
    }

    static func start(_ descriptor: Int32, _ done: @escaping (Int) -> Void) -> pthread_t {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(descriptor, done))
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                var buffer = [UInt8](repeating: 0, count: 4096)
                var total = 0
                while true {
                    let count = read(work.descriptor, &buffer, buffer.count)
                    if count > 0 { total += count }
                    if count == 0 { break }
                    if count < 0 {
                        guard errno == EAGAIN else { break }
                        usleep(200)
                    }
                }
                work.done(total)
                return nil
            }, work.toOpaque())
        return thread
    }
}
