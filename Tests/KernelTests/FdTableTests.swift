import Testing
import Trace
import WasixABI

@testable import Kernel

@Suite struct FdTableTests {
    private let guest = KernelGuest()
    private var table: FdTable { guest.process.descriptors }

    private func number(_ value: UInt32) -> FdNumber { FdNumber(rawValue: value) }

    @discardableResult
    private func open(atLeast minimum: UInt32 = 0) throws -> UInt32 {
        try guest.kernel.locked { () throws(Errno) in
            try table.add(EventCounter(kernel: guest.kernel, initial: 0, flags: []), atLeast: minimum).rawValue
        }
    }

    private func close(_ fd: UInt32) -> Bool { guest.locked { table.close(number(fd)) } }

    private func file(_ fd: UInt32) -> UnsafeMutableRawPointer? {
        guest.locked { table.slot(number(fd))?.pointee.file?.toOpaque() }
    }

    @Test func theLowestFreeNumberIsTaken() throws {
        for expected: UInt32 in 0..<5 { #expect(try open() == expected) }
        #expect(close(3))
        #expect(close(1))
        #expect(try open() == 1)
        #expect(try open() == 3)
        #expect(try open() == 5)
    }

    @Test func aMinimumIsKept() throws {
        #expect(try open(atLeast: 10) == 10)
        #expect(try open(atLeast: 10) == 11)
        #expect(try open() == 0)
        #expect(close(10))
        #expect(try open(atLeast: 5) == 5)
        #expect(try open(atLeast: 10) == 10)
        #expect(try open() == 1)
    }

    @Test func theTableGrowsAndKeepsWhatIsInIt() throws {
        let first = try open()
        let before = file(first)
        for _ in 0..<1000 { try open() }
        #expect(try open(atLeast: 100_000) == 100_000)
        #expect(file(first) == before)
        #expect(guest.locked { table.openCount } == 1002)
        #expect(try open() == 1001)
    }

    @Test func thereIsALastNumber() throws {
        #expect(try open(atLeast: FdTable.limit - 1) == FdTable.limit - 1)
        let extra = guest.counter()
        guest.locked {
            #expect(throws: Errno.mfile) { () throws(Errno) in try table.add(extra, atLeast: FdTable.limit - 1) }
            #expect(throws: Errno.mfile) { () throws(Errno) in try table.add(extra, atLeast: .max) }
        }
        #expect(!close(FdTable.limit))
        #expect(!close(.max))
    }

    @Test func whatFindsNoRoomIsClosedAgain() throws {
        let (reader, writer) = guest.pipe()
        guest.locked {
            reader.hold()
            #expect(throws: Errno.mfile) { () throws(Errno) in try table.add(reader, atLeast: FdTable.limit) }
            reader.release()
        }
        #expect(guest.readiness(writer) == .out)
        guest.close(reader)
        #expect(guest.readiness(writer) == [.out, .err])
    }

    @Test func aDuplicateOntoItselfChangesNothing() throws {
        let fd = try open()
        guest.locked { table.slot(number(fd))?.pointee.isCloseOnExec = true }
        let before = file(fd)
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(number(fd), onto: number(fd)) } == .success)
        #expect(file(fd) == before)
        #expect(guest.locked { table.slot(number(fd))?.pointee.isCloseOnExec } == true)
        #expect(guest.locked { table.openCount } == 1)
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(number(9), onto: number(9)) } == .badf)
    }

    @Test func aDuplicateClosesWhatItReplacesAndIsKeptOverExec() throws {
        let (reader, writer) = guest.pipe()
        let (one, other) = try guest.kernel.locked { () throws(Errno) in
            (try table.add(reader, isCloseOnExec: true), try table.add(writer))
        }
        guest.close(reader)
        guest.close(writer)
        let kept = try open()
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(one, onto: number(7)) } == .success)
        #expect(guest.locked { table.slot(number(7))?.pointee.isCloseOnExec } == false)
        #expect(guest.locked { table.slot(one)?.pointee.isCloseOnExec } == true)
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(number(kept), onto: other) } == .success)
        #expect(guest.readiness(reader) == .hup, "the only writer was replaced")
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(one, onto: number(FdTable.limit)) } == .badf)
    }

    /// The end of a process closes a portion at a time; other threads may still make calls meanwhile.
    @Test func aTableThatIsBeingClosedTakesNoDuplicate() throws {
        for _ in 0..<3 { try open() }
        #expect(guest.locked { table.closeForGood(limit: 1) })
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(number(2), onto: number(0)) } == .badf)
        #expect(guest.locked { !table.closeForGood() && table.openCount == 0 })
    }

    @Test func theLastNumberClosesTheDescription() throws {
        let (reader, writer) = guest.pipe()
        let fd = try guest.kernel.locked { () throws(Errno) in try table.add(writer) }
        guest.close(writer)
        #expect(guest.outcome { () throws(Errno) in try table.duplicate(fd, onto: number(5)) } == .success)
        #expect(guest.locked { table.close(fd) })
        #expect(guest.readiness(reader) == [])
        #expect(close(5))
        #expect(guest.readiness(reader) == .hup)
        #expect(!close(5))
    }

    @Test func movingTakesEverythingAlong() throws {
        let (from, to) = (try open(), try open())
        guest.locked {
            table.slot(number(from))?.pointee.preopenName = [1]
            table.slot(number(from))?.pointee.isCloseOnExec = true
        }
        let moved = file(from)
        #expect(guest.outcome { () throws(Errno) in try table.move(number(from), onto: number(9)) } == .badf)
        #expect(guest.outcome { () throws(Errno) in try table.move(number(from), onto: number(to)) } == .success)
        #expect(file(to) == moved && file(from) == nil)
        #expect(guest.locked { table.slot(number(to))?.pointee.preopenName } == [1])
        #expect(guest.locked { table.slot(number(to))?.pointee.isCloseOnExec } == true)
    }

    @Test func aWalkInPortionsSeesEveryNumberOnce() throws {
        for minimum: UInt32 in [0, 3, 70, 71, 500] { try open(atLeast: minimum) }
        var seen: [UInt32] = []
        var next: UInt32? = 0
        while let start = next {
            next = guest.locked { table.forEach(from: start, limit: 2) { fd, _, _ in seen.append(fd.rawValue) } }
        }
        #expect(seen == [0, 3, 70, 71, 500])
    }
}
