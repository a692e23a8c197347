import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Records name a description as it was at their moment.
@Suite struct NameOfTheMomentTests {
    private let guest = SocketGuest(tracer: Tracer())

    private func names(_ fd: UInt64) throws -> [ObjectName] {
        let object = guest.kernel.locked {
            guest.thread.descriptors.file(FdNumber(rawValue: UInt32(fd)), guest.thread)?
                ._withUnsafeGuaranteedRef { $0.id }
        }
        return guest.kernel.names(of: try #require(object))
    }

    @Test func callsThatRenameASocketLeaveItsEarlierNames() throws {
        let socket = guest.make(.sockOpen, 1, 1, 0)
        let fresh = TickClock.now()
        #expect(guest.call(.sockBind, socket, guest.address(port: 0)) == .success)
        let bound = TickClock.now()
        #expect(guest.call(.sockListen, socket, 4) == .success)
        let names = try names(socket)
        #expect(names.text(at: fresh) == "tcp")
        let address = try #require(names.text(at: bound))
        #expect(address.hasPrefix("tcp 127.0.0.1:"))
        #expect(names.text(at: TickClock.now()) == "tcp-ls" + address.dropFirst(3))
        #expect(names.map(\.until) == names.map(\.until).sorted() && names.last?.until == .max)
    }

    @Test func aClosedDescriptionKeepsThem() throws {
        let socket = guest.make(.sockOpen, 1, 1, 0)
        let fresh = TickClock.now()
        #expect(guest.call(.sockBind, socket, guest.address(port: 0)) == .success)
        let object = guest.kernel.locked {
            guest.thread.descriptors.file(FdNumber(rawValue: UInt32(socket)), guest.thread)!
                ._withUnsafeGuaranteedRef { $0.id }
        }
        #expect(guest.call(.fdClose, socket) == .success)
        let names = guest.kernel.names(of: object)
        #expect(names.text(at: fresh) == "tcp")
        #expect(names.text(at: .max)?.hasPrefix("tcp 127.0.0.1:") == true)
    }

    @Test func theEndsOfAPairHaveTheirNumbers() throws {
        let place = guest.room(8)
        #expect(guest.call(.sockPair, 3, 1, 0, place, place + 4) == .success)
        let (one, other) = (guest.load(place, as: UInt32.self), guest.load(place + 4, as: UInt32.self))
        #expect(try names(UInt64(one)).text(at: .max) == "pair \(one)-\(other)")
        #expect(try names(UInt64(other)).text(at: .max) == "pair \(other)-\(one)")
        #expect(guest.call(.fdClose, UInt64(other)) == .success)
        #expect(try names(UInt64(one)).text(at: .max) == "pair \(one)-\(other)", "also when the other has gone")
    }

    @Test func whatIsRenamedForEverKeepsItsLatestNames() throws {
        let socket = guest.make(.sockOpen, 1, 2, 0)
        for port: UInt16 in 1...40 {
            #expect(guest.call(.sockConnect, socket, guest.address(port: port)) == .success)
        }
        let names = try names(socket)
        #expect(names.count <= 17)
        #expect(names.map(\.text).suffix(2) == ["udp 127.0.0.1:39", "udp 127.0.0.1:40"])
    }
}
