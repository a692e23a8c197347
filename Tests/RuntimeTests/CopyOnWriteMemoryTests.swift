import Glibc
import TestSupport
import Testing

@testable import Runtime

/// What a process and copies of it read in memory that they share.
@Suite struct CopyOnWriteMemoryTests {
    /// A memory as the engine makes it, beside the bytes that it must have.
    private final class Mapping {
        let start: UnsafeMutableRawPointer
        let byteCount: Int
        let shared: CopyOnWriteMemory
        var expected: [UInt8]

        init(pages: Int) {
            byteCount = pages * HostPage.size
            start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            shared = CopyOnWriteMemory(start: start)
            expected = [UInt8](repeating: 0, count: byteCount)
        }

        deinit { munmap(start, byteCount) }

        /// A copy, as fork makes it.
        func fork(isAlone: Bool) -> Mapping {
            let copy = Mapping(pages: byteCount / HostPage.size)
            shared.copy(byteCount, to: copy.shared, isAlone: isAlone)
            copy.expected = expected
            return copy
        }

        func write(_ value: UInt8, _ range: Range<Int>) {
            for place in range {
                start.storeBytes(of: value, toByteOffset: place, as: UInt8.self)
                expected[place] = value
            }
        }

        /// Writes a byte of each of these pages.
        func touch(_ value: UInt8, _ pages: some Sequence<Int>) {
            for page in pages { write(value, page * HostPage.size..<page * HostPage.size + 1) }
        }

        var isAsExpected: Bool { expected.withUnsafeBytes { memcmp($0.baseAddress!, start, byteCount) == 0 } }
        /// Pages that are its own.
        var ownPages: Int {
            PageMap().writtenPages(start, byteCount / HostPage.size, mapped: [0..<HostPage(.max)]).pageCount
        }
    }

    /// Families of memories that write and copy at random, until each has been another's copy many times over.
    @Test(arguments: 1...6) func nobodySeesWhatAnotherWrites(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pages = 2_000
        var family = [Mapping(pages: pages)]
        for step in 0..<160 {
            guard let one = family.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let first = Int.random(in: 0..<pages, using: &random)
                one.touch(UInt8.random(in: 1...255, using: &random), first..<min(first + 400, pages))
            case 1:
                // Every so many pages: many small pieces.
                let stride = Int.random(in: 2...60, using: &random)
                one.touch(UInt8.random(in: 1...255, using: &random), Swift.stride(from: 0, to: pages, by: stride))
            case 2:
                let place = Int.random(in: 0..<one.byteCount - 5_000, using: &random)
                one.write(UInt8.random(in: 0...255, using: &random), place..<place + 5_000)
            default:
                family.append(one.fork(isAlone: Int.random(in: 0..<5, using: &random) > 0))
                if family.count > 6 { family.remove(at: Int.random(in: 0..<family.count, using: &random)) }
            }
            if step % 20 == 19 { for memory in family { #expect(memory.isAsExpected, "seed \(seed), step \(step)") } }
        }
        for memory in family { #expect(memory.isAsExpected) }
    }

    @Test func manyPagesAreNotCopiedAgainUntilTheyAreWritten() {
        let memory = Mapping(pages: 1_000)
        memory.touch(1, 0..<1_000)
        let first = memory.fork(isAlone: true)
        #expect(memory.ownPages == 0 && first.ownPages == 0)
        memory.touch(2, 500..<510)
        let second = memory.fork(isAlone: true)
        #expect(memory.ownPages == 10 && second.ownPages == 10, "a few pages are copied")
        #expect(memory.isAsExpected && first.isAsExpected && second.isAsExpected)
        memory.touch(3, 0..<900)
        let third = memory.fork(isAlone: true)
        #expect(memory.ownPages == 0 && third.ownPages == 0, "many are moved once more")
        #expect(memory.isAsExpected && first.isAsExpected && second.isAsExpected && third.isAsExpected)
    }

    /// Another thread may write while pages are moved.
    @Test func theMemoryOfAProcessWithThreadsStaysWhereItIs() {
        let memory = Mapping(pages: 200)
        memory.touch(1, 0..<200)
        let copy = memory.fork(isAlone: false)
        #expect(memory.ownPages == 200 && copy.ownPages == 200)
        #expect(copy.isAsExpected)
    }

    @Test func pagesThatWereNeverWrittenStayUntouched() {
        let memory = Mapping(pages: 100_000)
        memory.touch(1, stride(from: 0, to: 100_000, by: 1_000))
        let copy = memory.fork(isAlone: true)
        let resident = PageMap().writtenPages(copy.start, 100_000, mapped: [])
        #expect(resident.pageCount <= 200)
        #expect(copy.isAsExpected)
    }

    @Test func rangesAreMergedAcrossSmallGaps() {
        let ranges: [PageRange] = [10..<12, 0..<3, 14..<20, 40..<41, 11..<13, 7..<7]
        #expect(ranges.merged() == [0..<3, 10..<13, 14..<20, 40..<41])
        #expect(ranges.merged(gap: 7) == [0..<20, 40..<41])
        #expect([PageRange]().merged(gap: 7).isEmpty)
        #expect(ranges.merged().pageCount == 13)
    }
}
