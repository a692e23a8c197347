import Glibc
import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// Every call of these families with arguments that a broken or hostile guest may pass.
@Suite struct FileHostileTests {

    private static let rows: [CallID] =
        (FdCalls.bindings + TransferCalls.bindings + FileCalls.bindings + DirectoryCalls.bindings
        + PathCalls.bindings + WorkingDirectoryCalls.bindings + ArgumentCalls.bindings + ClockCalls.bindings
        + RandomCalls.bindings + TerminalCalls.bindings).map(\.id)

    @Test(arguments: [false, true])
    func everyAnswerIsAnErrnoAndNothingOutsideIsTouched(_ isWasix: Bool) throws {
        let guest = try FileGuest(isWasix: isWasix, arguments: ["prog"], environment: ["A=1"])
        let outside = guest.root + ".neighbour"
        #expect(mkdir(outside, 0o700) == 0)
        defer { rmdir(outside) }
        _ = try StandardStreams.capture(into: guest.process)
        let file = guest.create("file", "contents")
        let (reader, writer) = guest.pipe()
        for fd in [0, reader, writer] {
            #expect(guest.call(.fdFdstatSetFlags, fd, UInt64(FdFlags.nonblock.rawValue)) == .success)
        }
        let (path, up) = (guest.put("file"), guest.put("../" + outside.split(separator: "/").last!))
        let end = UInt64(FileGuest.memorySize)
        let interesting: [UInt64] = [
            0, 1, 2, 3, 4, 5, file, reader, writer, path, up, guest.room(64), end - 8, end - 1, end, 64, 255, 4096,
            0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF, 1 << 32, UInt64.max, UInt64(Int64.max), 1 << 63,
        ]
        var numbers = SeededGenerator(seed: isWasix ? 1 : 2)
        var refused = 0
        for _ in 0..<20_000 {
            let id = Self.rows.randomElement(using: &numbers)!
            // What would really be set aside on the disk is left out.
            if id == .fdAllocate { continue }
            let arguments = CallTable[id].arguments.map { _ in
                numbers.next() % 8 == 0 ? numbers.next() : interesting.randomElement(using: &numbers)!
            }
            let errno = guest.call(id, arguments)
            #expect(errno.rawValue <= Errno.pending.rawValue, "\(id) \(arguments)")
            if errno != .success { refused += 1 }
        }
        #expect(refused > 10_000)
        #expect(access(outside, F_OK) == 0)
    }
}
