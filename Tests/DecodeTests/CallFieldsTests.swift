import Testing
import Trace
import WasixABI

@testable import Decode

/// What of a call those ask who judge it: registrations, polls, writes.
@Suite struct CallFieldsTests {
    @Test func aStackIsReadAsItWasKept() {
        let frames = [
            GuestFrame(function: "a::b<\u{e9}>", functionOffset: 3, moduleOffset: 70_000, file: "/x/y.rs", line: 12),
            GuestFrame(function: "function 4"),
            GuestFrame(function: "", moduleOffset: Int(UInt32.max) + 1),
        ]
        let bytes = StackBytes.of(frames)
        let payload = { (bytes: ArraySlice<UInt8>) in
            [PayloadChunk.stack, UInt8(bytes.count), 0, 0, 0, 0, 0, 0] + bytes
        }
        func stack(_ payload: [UInt8]) -> [GuestFrame] {
            var record = TraceRecord()
            record.call = CallID.fdClose.rawValue
            return payload.withUnsafeBytes { CallFields(record, payload: $0)?.stack ?? [] }
        }
        #expect(stack(payload(bytes[...])) == frames.dropLast() + [GuestFrame(function: "")])
        for length in 0..<bytes.count {
            #expect(frames.starts(with: stack(payload(bytes.prefix(length)))))
        }
    }

    @Test func aStackIsKeptWithinBounds() {
        let long = GuestFrame(
            function: String(repeating: "f", count: 5000), file: String(repeating: "d/", count: 5000) + "end.c", line: 1
        )
        #expect(StackBytes.of([GuestFrame](repeating: long, count: 5000)).count <= 64 * (16 + 2 * 400))
    }

    private func fields<Result>(_ builder: RecordBuilder, _ body: (CallFields) -> Result) throws -> Result {
        try builder.payload.withUnsafeBytes { body(try #require(CallFields(builder.record, payload: $0))) }
    }

    private func subscription(_ type: EventType, _ fd: UInt32, size: Int = SubscriptionLayout.size) -> [UInt8] {
        structure(size, [(SubscriptionLayout.tag, type.rawValue), (SubscriptionLayout.fd, fd)])
    }

    @Test(arguments: [CallID.pollOneoff, .pollOneoffUnstable]) func aPollSaysWhatItAsksAbout(_ call: CallID) throws {
        let size = call == .pollOneoff ? SubscriptionLayout.size : SubscriptionUnstableLayout.size
        let all =
            subscription(.fdRead, 4, size: size) + subscription(.clock, 1, size: size)
            + subscription(.fdWrite, 5, size: size)
        let poll = RecordBuilder(call, [0x100, 0x200, 3, 0x300]).keep("in", all, total: 3)
        let polled = try fields(poll) { $0.polled }
        #expect(
            polled == [
                PolledDescriptor(fd: FdNumber(rawValue: 4), isWrite: false),
                PolledDescriptor(fd: FdNumber(rawValue: 5), isWrite: true),
            ])
        #expect(try fields(poll) { $0.polledCount } == 3)
    }

    @Test func whatIsNotKeptOfAPollIsNotGuessed() throws {
        let cut = RecordBuilder(.pollOneoff, [0x100, 0x200, 9, 0x300]).keep("in", subscription(.fdRead, 4), total: 9)
        #expect(try fields(cut) { $0.polled } == nil)
        #expect(try fields(cut) { $0.polledCount } == 9)
        let bare = RecordBuilder(.pollOneoff, [0x100, 0x200, 1, 0x300])
        #expect(try fields(bare) { $0.polled } == nil)
        let clock = RecordBuilder(.pollOneoff, [0x100, 0x200, 1, 0x300]).keep("in", subscription(.clock, 1), total: 1)
        #expect(try fields(clock) { $0.polled } == [])
        let other = RecordBuilder(.fdRead, [4, 0x100, 1, 0x200])
        #expect(try fields(other) { $0.polled == nil && $0.polledCount == nil })
    }

    private func control(_ fields: [(Int, any FixedWidthInteger)], width: PointerWidth = .bits32) -> RecordBuilder {
        RecordBuilder(.epollCtl, [4, 0, 9, 0x100], width: width).keep("event", structure(32, fields))
    }

    @Test func aRegistrationHasItsMembersInBothWidths() throws {
        let expected = EpollRegistration(
            events: [.in, .et], pointer: 7, fd: 9, data1: 7, data: 0x1_0000_0007)
        let events = EpollEvents([.in, .et]).rawValue
        let data: UInt64 = 0x1_0000_0007
        let narrow = control([(0, events), (8, UInt32(7)), (12, UInt32(9)), (16, UInt32(7)), (24, data)])
        #expect(try fields(narrow) { $0.registration } == expected)
        let wide = control(
            [(0, events), (8, UInt64(7)), (16, UInt32(9)), (20, UInt32(7)), (24, data)], width: .bits64)
        #expect(try fields(wide) { $0.registration } == expected)
        let short = RecordBuilder(.epollCtl, [4, 0, 9, 0x100]).keep("event", structure(16, [(0, events)]))
        #expect(try fields(short) { $0.registration } == nil)
        #expect(try fields(RecordBuilder(.epollCtl, [4, 2, 9, 0])) { $0.registration } == nil)
    }

    @Test func theLibrarysRegistrationsAreKnownByTheirShape() {
        func isShaped(pointer: UInt64, fd: UInt32 = 9, data1: UInt32 = 7, data: UInt64 = 7) -> Bool {
            EpollRegistration(events: .in, pointer: pointer, fd: fd, data1: data1, data: data)
                .isLibcShaped(for: FdNumber(rawValue: 9))
        }
        #expect(isShaped(pointer: 7))
        #expect(isShaped(pointer: 7, data: 1 << 32 | 7))
        #expect(isShaped(pointer: 1 << 32 | 7, data: 1 << 32 | 7))
        #expect(!isShaped(pointer: 8))
        #expect(!isShaped(pointer: 7, fd: 8))
        #expect(!isShaped(pointer: 7, data1: 0))
    }

    @Test func aWriteSaysWhatItWasGiven() throws {
        let vectors = [(length: 100, kept: "abc"), (length: 28, kept: "")]
        let write = RecordBuilder(.fdWrite, [4, 0x100, 2, 0x200]).result(60).keepVectors("iovs", vectors)
        #expect(try fields(write) { $0.offeredBytes } == 128)
        #expect(try fields(write) { $0.returned } == 60)
        let cut = RecordBuilder(.fdWrite, [4, 0x100, 5, 0x200]).keepVectors("iovs", vectors, total: 5)
        #expect(try fields(cut) { $0.offeredBytes } == nil)
        #expect(try fields(RecordBuilder(.fdWrite, [4, 0x100, 2, 0x200])) { $0.offeredBytes } == nil)
        let read = RecordBuilder(.fdRead, [4, 0x100, 2, 0x200]).keepVectors("iovs", vectors)
        #expect(try fields(read) { $0.offeredBytes } == nil)
    }
}
