import Synchronization
import Testing
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Thread-local slots of programs of 2022-2023 (WasixABI.docc/LegacyPrograms).
@Suite struct ThreadLocalTests {
    /// Remembers what the destructor was called with.
    private final class Runner: GuestRunner {
        let destroyed = Mutex<[ThreadLocalValue]>([])
        let started = Mutex<[ThreadEntry]>([])
        let canStart: Bool

        init(canStart: Bool = true) { self.canStart = canStart }

        func canStart(_ entry: ThreadEntry) -> Bool { canStart }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool {
            started.withLock { $0.append(entry) }
            return true
        }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) { destroyed.withLock { $0.append(value) } }
    }

    private func create(_ guest: FileGuest, _ userData: UInt64) -> (Errno, UInt64) {
        let place = guest.room(4)
        let errno = guest.call(.threadLocalCreate, userData, place)
        return (errno, UInt64(guest.load(place, as: UInt32.self)))
    }

    private func value(_ guest: FileGuest, _ key: UInt64) -> (Errno, UInt64) {
        let place = guest.room(8)
        let errno = guest.call(.threadLocalGet, key, place)
        return (errno, guest.load(place, as: UInt64.self))
    }

    @Test func aSlotHoldsWhatItsThreadPutThere() throws {
        let guest = try FileGuest()
        let (_, first) = create(guest, 1)
        let (errno, second) = create(guest, 2)
        #expect(errno == .success && first != second)
        #expect(value(guest, second) == (.success, 0))
        #expect(guest.call(.threadLocalSet, second, .max) == .success)
        #expect(value(guest, second) == (.success, .max))
        #expect(value(guest, first) == (.success, 0))
        let other = try #require(guest.process.makeThread())
        guest.kernel.locked {
            #expect((try? other.local(UInt32(second))) == 0)
            #expect(throws: Never.self) { try other.setLocal(UInt32(second), 7) }
        }
        #expect(value(guest, second) == (.success, .max))
        guest.process.forget(other)
    }

    @Test func keysThatAreNotThereAreInvalid() throws {
        let guest = try FileGuest()
        for key: UInt64 in [0, 1, 1023, 1024, UInt64(UInt32.max)] {
            #expect(value(guest, key).0 == .inval)
            #expect(guest.call(.threadLocalSet, key, 1) == .inval)
            #expect(guest.call(.threadLocalDestroy, key) == .inval)
        }
        let end = UInt64(FileGuest.memorySize)
        #expect(guest.call(.threadLocalCreate, 1, end - 3) == .fault)
        let (_, key) = create(guest, 1)
        #expect(guest.call(.threadLocalGet, key, end - 7) == .fault)
    }

    @Test func thereAreAsManyKeysAsOnLinux() throws {
        let guest = try FileGuest()
        let place = guest.room(4)
        for _ in 0..<1024 { #expect(guest.call(.threadLocalCreate, 1, place) == .success) }
        #expect(guest.call(.threadLocalCreate, 1, place) == .again)
        #expect(guest.call(.threadLocalDestroy, 500) == .success)
        #expect(create(guest, 1) == (.success, 500))
    }

    @Test func destroyingAKeyDestroysTheValuesOfAllThreads() throws {
        let guest = try FileGuest()
        let runner = Runner()
        guest.process.image.runner = runner
        let (_, kept) = create(guest, 10)
        let (_, key) = create(guest, 20)
        let other = try #require(guest.process.makeThread())
        let idle = try #require(guest.process.makeThread())
        #expect(guest.call(.threadLocalSet, key, 111) == .success)
        #expect(guest.call(.threadLocalSet, kept, 1) == .success)
        try guest.kernel.locked { try other.setLocal(UInt32(key), 222) }
        #expect(guest.call(.threadLocalDestroy, key) == .success)
        let destroyed = runner.destroyed.withLock { $0 }
        #expect(destroyed.map(\.value).sorted() == [111, 222] && destroyed.allSatisfy { $0.userData == 20 })
        // The number is used again, the values are not.
        #expect(create(guest, 30) == (.success, key))
        #expect(value(guest, key) == (.success, 0))
        #expect(value(guest, kept) == (.success, 1))
        for thread in [other, idle] { guest.process.forget(thread) }
    }

    @Test func threadsStartOnTheStackTheyAreGiven() throws {
        let guest = try FileGuest()
        let runner = Runner()
        guest.process.image.runner = runner
        let place = guest.room(4)
        #expect(guest.call(.threadSpawnLegacy, 1 << 40, 0xFFFF_FFF0, 0x1000, 1, place) == .success)
        #expect(guest.load(place, as: UInt32.self) == 2)
        let entry = try #require(runner.started.withLock { $0.first })
        guard case .legacy(let userData, let stackBase, let isReactor) = entry else {
            Issue.record("\(entry)")
            return
        }
        #expect(userData == 1 << 40 && stackBase == 0xFFFF_FFF0 && isReactor)
        #expect(guest.call(.threadSpawnLegacy, 0, 1 << 32, 0, 0, place) == .inval)
        #expect(guest.call(.threadSpawnLegacy, 0, 16, 0, 0, UInt64(FileGuest.memorySize)) == .fault)
        guest.process.image.runner = Runner(canStart: false)
        #expect(guest.call(.threadSpawnLegacy, 0, 16, 0, 0, place) == .notcapable)
        #expect(runner.started.withLock { $0.count } == 1)
    }
}
