import Foundation
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// `sock_send_file`: a part of a file to whatever can be written.
@Suite struct SendFileCallTests {
    /// A guest with a file of 300,000 bytes that is open.
    private func guest() throws -> (SocketGuest, file: UInt64, content: [UInt8]) {
        let guest = SocketGuest()
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        try Data(content).write(to: URL(fileURLWithPath: guest.directory + "/file"))
        return (guest, open(guest, "file"), content)
    }

    private func open(_ guest: SocketGuest, _ name: String, oflags: UInt64 = 0) -> UInt64 {
        let rights = Rights.regularFile.rawValue
        return guest.make(
            .pathOpen, 3, 0, guest.put(Array(name.utf8)), UInt64(name.utf8.count), oflags, rights, rights, 0)
    }

    private func sendFile(
        _ guest: SocketGuest, _ output: UInt64, _ input: UInt64, _ offset: UInt64, _ count: UInt64
    ) -> (Errno, UInt64) {
        let target = guest.room(8)
        let errno = guest.call(.sockSendFile, output, input, offset, count, target)
        return (errno, errno == .success ? guest.load(target) : 0)
    }

    @Test func toEveryKindOfSocketAndPipe() throws {
        let (guest, file, content) = try guest()
        let expected = Array(content[10..<1010])
        let (client, server) = guest.connection()
        #expect(sendFile(guest, client, file, 10, 1000) == (.success, 1000))
        #expect(guest.receive(server, 2000).bytes == expected)
        let (first, second) = guest.pair()
        #expect(sendFile(guest, first, file, 10, 1000) == (.success, 1000))
        #expect(guest.receive(second, 2000).bytes == expected)
        let (low, high) = guest.pair(type: 2)
        #expect(sendFile(guest, low, file, 10, 1000) == (.success, 1000))
        #expect(guest.receive(high, 2000).bytes == expected)
        let (receiver, port) = guest.datagram()
        let sender = guest.socket(type: 2)
        #expect(guest.call(.sockConnect, sender, guest.address(port: port)) == .success)
        #expect(sendFile(guest, sender, file, 10, 1000) == (.success, 1000))
        #expect(guest.receive(receiver, 2000).bytes == expected)
        let (_, writer) = guest.pipe()
        #expect(sendFile(guest, writer, file, 10, 1000) == (.success, 1000))
        let copy = open(guest, "copy", oflags: UInt64(OFlags.create.rawValue))
        #expect(sendFile(guest, copy, file, 0, 1 << 40) == (.success, 300_000))
        #expect(FileManager.default.contents(atPath: guest.directory + "/copy").map(Array.init) == content)
    }

    private func position(_ guest: SocketGuest, _ file: UInt64) -> UInt64 {
        let target = guest.room(8)
        #expect(guest.call(.fdTell, file, target) == .success)
        return guest.load(target)
    }

    /// libc passes the file's own offset for a null pointer, and has it moved; any other offset is the caller's.
    @Test func aCallFromWhereTheFileStandsMovesItAndNoOtherDoes() throws {
        let (guest, file, content) = try guest()
        let (first, second) = guest.pair()
        let (client, server) = guest.connection()
        let copy = open(guest, "copy", oflags: UInt64(OFlags.create.rawValue))
        var expected: UInt64 = 0
        for (target, source) in [(first, second), (client, server), (copy, nil)] {
            for _ in 0..<3 {
                #expect(sendFile(guest, target, file, expected, 400) == (.success, 400))
                if let source {
                    let part = content[Int(expected)..<Int(expected) + 400]
                    #expect(guest.receive(source, 400, flags: 2).bytes == Array(part))
                }
                expected += 400
                #expect(position(guest, file) == expected)
            }
            #expect(sendFile(guest, target, file, expected + 1, 400) == (.success, 400))
            #expect(position(guest, file) == expected, "an offset of the caller's own")
            if let source { #expect(guest.receive(source, 400, flags: 2).bytes.count == 400) }
        }
        let rest = 300_000 - expected
        #expect(sendFile(guest, copy, file, expected, 1 << 40) == (.success, rest))
        #expect(position(guest, file) == 300_000)
        #expect(sendFile(guest, copy, file, 300_000, 1 << 40) == (.success, 0))
        #expect(position(guest, file) == 300_000)
    }

    @Test func recordsNameTheTargetFirst() throws {
        let (guest, file, _) = try guest()
        let (first, _) = guest.pair()
        #expect(sendFile(guest, first, file, 0, 5) == (.success, 5))
        let touched = guest.lastFrame!.objects
        let ids = guest.kernel.locked {
            [first, file].map { fd in
                guest.process.descriptors.file(FdNumber(rawValue: UInt32(fd)), guest.thread)!
                    ._withUnsafeGuaranteedRef { $0.id.rawValue }
            }
        }
        #expect([touched.0, touched.1] == ids)
    }

    @Test func itStopsAtTheEndOfTheFile() throws {
        let (guest, file, _) = try guest()
        let (first, second) = guest.pair()
        #expect(sendFile(guest, first, file, 299_990, 5000) == (.success, 10))
        #expect(guest.receive(second, 100).bytes.count == 10)
        #expect(sendFile(guest, first, file, 300_000, 5000) == (.success, 0))
        #expect(sendFile(guest, first, file, 1 << 50, 5000) == (.success, 0))
        #expect(sendFile(guest, first, file, 5, 0) == (.success, 0))
    }

    @Test func aFullReceiverGetsAPart() throws {
        let (guest, file, content) = try guest()
        let (reader, writer) = guest.pipe()
        guest.setNonBlocking(writer)
        #expect(sendFile(guest, writer, file, 0, 300_000) == (.success, 65_536))
        #expect(sendFile(guest, writer, file, 0, 300_000) == (.again, 0))
        let (buffer, count) = (guest.room(70_000), guest.room(4))
        #expect(guest.call(.fdRead, reader, guest.vectors([(buffer, 70_000)]), 1, count) == .success)
        #expect(guest.bytes(buffer, 65_536) == Array(content.prefix(65_536)))
        let (client, _) = guest.connection()
        guest.setNonBlocking(client)
        var sent: UInt64 = 0
        var failure = Errno.success
        while failure == .success {
            let (errno, count) = sendFile(guest, client, file, 0, 300_000)
            failure = errno
            sent += count
        }
        #expect(failure == .again && sent > 0)
    }

    @Test func whatIsRefused() throws {
        let (guest, file, _) = try guest()
        let (first, second) = guest.pair()
        let (reader, writer) = guest.pipe()
        #expect(sendFile(guest, first, 99, 0, 5).0 == .badf)
        #expect(sendFile(guest, 99, file, 0, 5).0 == .badf)
        #expect(sendFile(guest, reader, file, 0, 5).0 == .badf)
        #expect(sendFile(guest, first, writer, 0, 5).0 == .badf)
        #expect(sendFile(guest, first, reader, 0, 5).0 == .spipe)
        #expect(sendFile(guest, first, second, 0, 5).0 == .spipe)
        #expect(sendFile(guest, first, file, UInt64(bitPattern: -1), 5).0 == .inval)
        #expect(sendFile(guest, first, file, 0, UInt64(bitPattern: -1)).0 == .inval)
        #expect(guest.call(.sockSendFile, first, file, 0, 5, SocketGuest.outside) == .fault)
        #expect(guest.receive(second, 8, flags: 8).errno == .again)
        #expect(guest.call(.fdClose, second) == .success)
        #expect(sendFile(guest, first, file, 0, 5).0 == .pipe)
        let append = open(guest, "file")
        #expect(guest.call(.fdFdstatSetFlags, append, UInt64(FdFlags.append.rawValue)) == .success)
        #expect(sendFile(guest, append, file, 0, 5).0 == .inval)
    }
}
