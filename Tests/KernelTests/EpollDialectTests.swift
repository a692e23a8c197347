import Testing
import Trace
import WasixABI

@testable import Kernel

/// The table of WasixABI.docc/EpollDialects: what a number means, and what it says about its sender.
@Suite struct EpollDialectTests {
    private enum Answer: Equatable {
        case add, modify, delete, none

        init(_ operation: EpollOperation?) {
            switch operation {
            case .add: self = .add
            case .modify: self = .modify
            case .delete: self = .delete
            case nil: self = .none
            }
        }
    }

    private func ask(_ dialect: EpollDialect, _ op: UInt32, _ libcShaped: Bool) -> (Answer, EpollDialect) {
        let (operation, next) = dialect.operation(op, libcShaped: libcShaped)
        return (Answer(operation), next)
    }

    @Test(arguments: [false, true])
    func theFirstTellingNumberDecides(_ libcShaped: Bool) {
        #expect(ask(.undecided, 0, libcShaped) == (.add, .wire))
        #expect(ask(.undecided, 2, libcShaped) == (.delete, .undecided))
        #expect(ask(.undecided, 3, libcShaped) == (.modify, .linux))
        #expect(ask(.undecided, 4, libcShaped) == (.none, .undecided))
        #expect(ask(.undecided, .max, libcShaped) == (.none, .undecided))
    }

    @Test func theAmbiguousNumberIsDecidedByTheEventsShape() {
        #expect(ask(.undecided, 1, true) == (.add, .linux))
        #expect(ask(.undecided, 1, false) == (.modify, .wire))
    }

    @Test(arguments: [false, true])
    func onceDecidedItStays(_ libcShaped: Bool) {
        let wire = (0...4).map { ask(.wire, $0, libcShaped) }
        #expect(wire.map(\.0) == [.add, .modify, .delete, .none, .none])
        #expect(wire.allSatisfy { $0.1 == .wire })
        let linux = (0...4).map { ask(.linux, $0, libcShaped) }
        #expect(linux.map(\.0) == [.add, .add, .delete, .modify, .none])
        #expect(linux.allSatisfy { $0.1 == .linux })
    }

    @Test func anInstanceRemembersAndOthersDoNot() {
        let guest = KernelGuest()
        let (one, other) = (guest.epoll(), guest.epoll())
        guest.locked {
            #expect(Answer(one.operation(3, libcShaped: false)) == .modify)
            #expect(one.dialect == .linux && other.dialect == .undecided)
            #expect(Answer(one.operation(1, libcShaped: false)) == .add)
            #expect(Answer(other.operation(1, libcShaped: false)) == .modify)
            #expect(other.dialect == .wire)
        }
    }

    // MARK: shapes

    /// As wasix-libc fills an event for descriptor 5 whose union holds `value`, on a target of 32 bits or 64.
    private func libc(_ value: UInt64, isWide: Bool = false) -> EpollData {
        let low = UInt32(truncatingIfNeeded: value)
        return EpollData(pointer: isWide ? value : UInt64(low), fd: 5, data1: low, data2: value)
    }

    @Test func theUnionInThreeFieldsAndTheDescriptorInTheFourthAreLibcs() {
        for value: UInt64 in [0, 7, 0xffff_ffff, 0x1234_5678_9abc_def0] {
            for isWide in [false, true] { #expect(libc(value, isWide: isWide).isLibcShaped(fd: 5), "\(value)") }
        }
        #expect(!libc(9).isLibcShaped(fd: 9))
        #expect(!EpollData(pointer: 0, fd: 5, data1: 0, data2: 9).isLibcShaped(fd: 5))
        #expect(!EpollData(pointer: 9, fd: 9, data1: 0, data2: 9).isLibcShaped(fd: 9))
        #expect(!EpollData(pointer: 0, fd: 9, data1: 9, data2: 9).isLibcShaped(fd: 9))
        #expect(!EpollData(pointer: 8, fd: 8, data1: 8, data2: 9).isLibcShaped(fd: 8))
    }

    // MARK: echo

    /// The four fields that a report of a registration with `data` carries.
    private func echo(_ data: EpollData, isLinux: Bool) -> [UInt64] {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        let output = guest.main.eventScratch(1)
        guest.locked {
            _ = epoll.operation(isLinux ? 3 : 0, libcShaped: false)
            #expect(
                outcome { () throws(Errno) in
                    try epoll.add(counter, FdNumber(rawValue: data.fd), events: .in, data: data)
                } == .success)
            #expect(epoll.wait(into: output, limit: 1, until: 0, guest.main).count == 1)
        }
        let seen = output[0].data
        return [seen.pointer, UInt64(seen.fd), UInt64(seen.data1), seen.data2]
    }

    @Test func libcGetsAllSixtyFourBitsBack() {
        // It takes the first of the small fields that is not 0, and data2 whole only when all are.
        for value: UInt64 in [9, 0x1234_5678_9abc_def0] {
            for isLinux in [false, true] { #expect(echo(libc(value), isLinux: isLinux) == [0, 0, 0, value]) }
        }
        #expect(echo(libc(0), isLinux: true) == [0, 0, 0, 0])
    }

    @Test func othersGetBackWhatTheyStored() {
        #expect(echo(EpollData(pointer: 0, fd: 5, data1: 0, data2: 77), isLinux: false) == [0, 5, 0, 77])
        #expect(echo(EpollData(pointer: 1, fd: 2, data1: 3, data2: 4), isLinux: false) == [1, 2, 3, 4])
        #expect(echo(EpollData(pointer: 1, fd: 2, data1: 3, data2: 4), isLinux: true) == [1, 2, 3, 4])
    }
}
