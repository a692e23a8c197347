import Testing
import Trace
import WasixABI

@testable import Syscalls

/// What every socket call answers to bad descriptors and pointers, and that it then has done nothing.
@Suite struct SocketArgumentTests {
    private static let calls: [CallID] = [
        .sockBind, .sockListen, .sockAccept, .sockAcceptWasix, .sockAcceptV2, .sockConnect, .sockStatus,
        .sockAddrLocal, .sockAddrPeer, .sockRecv, .sockSend, .sockRecvFrom, .sockSendTo, .sockShutdown,
        .sockSetOptFlag, .sockGetOptFlag, .sockSetOptSize, .sockGetOptSize, .sockSetOptTime, .sockGetOptTime,
        .sockJoinMulticastV4, .sockLeaveMulticastV4, .sockJoinMulticastV6, .sockLeaveMulticastV6,
    ]

    /// Arguments that are fine but for the descriptor.
    private func arguments(_ id: CallID, _ guest: SocketGuest, fd: UInt64) -> [UInt64] {
        let spec = CallTable[id]
        return spec.arguments.enumerated().map { index, argument in
            switch argument.kind {
            case .fd: return fd
            case .structure(.addrPort, _): return guest.address(port: 1)
            case .iovecs: return guest.vectors([(guest.room(4), 4)])
            case .size: return 1
            case .constant(.sockOption): return Self.option(id)
            case .flags(.riFlags): return UInt64(RiFlags.dontWait.rawValue)
            case .flags(.siFlags), .flags(.sdFlags), .bool: return 1
            case let kind where kind.isAddress: return guest.room(16)
            default: return 0
            }
        }
    }

    private static func option(_ id: CallID) -> UInt64 {
        switch id {
        case .sockSetOptSize, .sockGetOptSize: UInt64(SockOption.receiveBufferSize.rawValue)
        case .sockSetOptTime, .sockGetOptTime: UInt64(SockOption.receiveTimeout.rawValue)
        default: UInt64(SockOption.noDelay.rawValue)
        }
    }

    @Test(arguments: calls) func aNumberThatIsNotOpenIsBadf(id: CallID) {
        let guest = SocketGuest()
        for fd: UInt64 in [0, 7, 0xffff_ffff, 1 << 20] {
            #expect(guest.call(id, arguments(id, guest, fd: fd)) == .badf)
        }
    }

    @Test(arguments: calls) func whatIsNoSocketIsNotsock(id: CallID) {
        let guest = SocketGuest()
        let counter = guest.make(.fdEvent, 1, 0)
        #expect(guest.call(id, arguments(id, guest, fd: counter)) == .notsock)
        #expect(guest.call(id, arguments(id, guest, fd: guest.make(.epollCreate))) == .notsock)
    }

    @Test(arguments: calls + [.sockOpen]) func aPointerOutsideMemoryIsFaultAndNothingHappens(id: CallID) {
        let guest = SocketGuest()
        let (client, server) = guest.connection()
        #expect(guest.send(server, [1, 2, 3, 4]).count == 4)
        let before = guest.openDescriptors
        let spec = CallTable[id]
        for (index, argument) in spec.arguments.enumerated() where argument.kind.isAddress {
            for bad in [SocketGuest.outside, UInt64(SocketGuest.memorySize)] {
                var values = arguments(id, guest, fd: client)
                if id == .sockOpen { values = [1, 1, 0, 0] }
                values[index] = bad
                #expect(guest.call(id, values) == .fault, "argument \(argument.name)")
            }
        }
        #expect(guest.openDescriptors == before)
        #expect(guest.receive(client, 8, flags: 8).bytes == [1, 2, 3, 4])
        #expect(guest.receive(server, 8, flags: 8).errno == .again)
    }

    @Test func resultsThatDoNotFitAtTheEdgeOfMemoryAreFaults() {
        let guest = SocketGuest()
        let (client, _) = guest.connection()
        #expect(guest.call(.sockAddrLocal, client, SocketGuest.edge) == .fault)
        #expect(guest.call(.sockGetOptSize, client, 25, SocketGuest.edge) == .fault)
        #expect(guest.call(.sockGetOptTime, client, 19, SocketGuest.edge) == .fault)
        #expect(guest.call(.sockGetOptFlag, client, 3, SocketGuest.edge + 3) == .success)
        #expect(guest.call(.sockGetOptFlag, client, 3, SocketGuest.edge + 4) == .fault)
    }

    @Test func buffersOutsideMemoryAreFaults() {
        let guest = SocketGuest()
        let (client, server) = guest.connection()
        #expect(guest.send(server, [1]).count == 1)
        let bad = guest.vectors([(guest.room(4), 4), (SocketGuest.edge, 8)])
        #expect(guest.call(.sockRecv, client, bad, 2, 0, guest.room(4), guest.room(2)) == .fault)
        #expect(guest.call(.sockSend, client, bad, 2, 0, guest.room(4)) == .fault)
        #expect(guest.call(.sockSend, client, bad, 1025, 0, guest.room(4)) == .inval)
        #expect(guest.call(.sockSend, client, bad, 0xffff_ffff, 0, guest.room(4)) == .inval)
        #expect(guest.receive(client, 4).bytes == [1])
    }

    @Test func aRightThatWasGivenUpIsMissed() {
        let guest = SocketGuest()
        let (client, _) = guest.connection()
        guest.kernel.locked {
            guest.process.descriptors.slot(FdNumber(rawValue: UInt32(client)))!.pointee.rights = [.pollFdReadwrite]
        }
        // Groups need no right.
        for id in Self.calls where !MulticastCalls.bindings.contains(where: { $0.id == id }) {
            let isFree =
                [.sockStatus, .sockSetOptFlag, .sockGetOptFlag, .sockSetOptSize].contains(id)
                || [.sockGetOptSize, .sockSetOptTime, .sockGetOptTime].contains(id)
            #expect(guest.call(id, arguments(id, guest, fd: client)) == (isFree ? .success : .notcapable), "\(id)")
        }
    }
}
