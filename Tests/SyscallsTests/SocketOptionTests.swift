import Testing
import WasixABI

@testable import Syscalls

/// Socket options as a guest sets and gets them.
@Suite struct SocketOptionTests {
    private func flag(_ guest: SocketGuest, _ fd: UInt64, _ option: SockOption) -> (Errno, UInt8) {
        let target = guest.room(1)
        return (guest.call(.sockGetOptFlag, fd, UInt64(option.rawValue), target), guest.load(target))
    }

    private func size(_ guest: SocketGuest, _ fd: UInt64, _ option: SockOption) -> (Errno, UInt64) {
        let target = guest.room(8)
        return (guest.call(.sockGetOptSize, fd, UInt64(option.rawValue), target), guest.load(target))
    }

    @Test(arguments: [
        SockOption.reuseAddress, .reusePort, .noDelay, .keepAlive, .broadcast, .dontRoute, .outOfBandInline,
    ]) func aFlagIsOffUntilSet(option: SockOption) {
        let guest = SocketGuest()
        let fd = guest.socket()
        #expect(flag(guest, fd, option) == (.success, 0))
        #expect(guest.call(.sockSetOptFlag, fd, UInt64(option.rawValue), 1) == .success)
        #expect(flag(guest, fd, option) == (.success, 1))
        #expect(guest.call(.sockSetOptFlag, fd, UInt64(option.rawValue), 0) == .success)
        #expect(flag(guest, fd, option) == (.success, 0))
    }

    @Test func whatTheHostIsToldForTheGuestIsNotTheGuestsOption() {
        let guest = SocketGuest()
        let (fd, _) = guest.listener()
        let bound = guest.socket()
        #expect(guest.call(.sockBind, bound, guest.address(port: guest.localPort(fd))) == .addrinuse)
        #expect(flag(guest, bound, .reuseAddress) == (.success, 0))
    }

    @Test func listeningIsReadOnly() {
        let guest = SocketGuest()
        let (fd, _) = guest.listener()
        #expect(flag(guest, fd, .listening) == (.success, 1))
        #expect(flag(guest, guest.socket(), .listening) == (.success, 0))
        #expect(guest.call(.sockSetOptFlag, fd, UInt64(SockOption.listening.rawValue), 1) == .noprotoopt)
    }

    @Test func buffersAreDoubledAsLinuxDoes() {
        let guest = SocketGuest()
        let fd = guest.socket()
        for option in [SockOption.receiveBufferSize, .sendBufferSize] {
            #expect(guest.call(.sockSetOptSize, fd, UInt64(option.rawValue), 20_000) == .success)
            #expect(size(guest, fd, option) == (.success, 40_000))
        }
    }

    @Test func typeProtocolTtlAndErrorAreNumbers() {
        let guest = SocketGuest()
        let fd = guest.socket()
        #expect(size(guest, fd, .type) == (.success, 1))
        #expect(size(guest, fd, .proto) == (.success, 6))
        #expect(size(guest, fd, .lastError) == (.success, 0))
        #expect(guest.call(.sockSetOptSize, fd, UInt64(SockOption.ttl.rawValue), 9) == .success)
        #expect(size(guest, fd, .ttl) == (.success, 9))
        #expect(guest.call(.sockSetOptSize, fd, UInt64(SockOption.ttl.rawValue), 1 << 40) == .inval)
        #expect(guest.call(.sockSetOptSize, fd, UInt64(SockOption.type.rawValue), 1) == .noprotoopt)
        #expect(size(guest, guest.pair(type: 2).0, .type) == (.success, 2))
    }

    @Test(arguments: [
        SockOption.receiveTimeout, .sendTimeout, .connectTimeout, .acceptTimeout, .linger,
    ]) func aTimeIsNoneUntilSet(option: SockOption) {
        let guest = SocketGuest()
        let fd = guest.socket()
        let number = UInt64(option.rawValue)
        let target = guest.room(16)
        let none = [UInt8](repeating: 0, count: 16)
        #expect(guest.call(.sockGetOptTime, fd, number, target) == .success)
        #expect(guest.bytes(target, 16) == none)
        let some = [1, 0, 0, 0, 0, 0, 0, 0] + SocketGuest.little(UInt64(1_500_000_000))
        #expect(guest.call(.sockSetOptTime, fd, number, guest.put(some)) == .success)
        #expect(guest.call(.sockGetOptTime, fd, number, target) == .success)
        #expect(guest.bytes(target, 16) == some)
        #expect(guest.call(.sockSetOptTime, fd, number, guest.put(none)) == .success)
        #expect(guest.call(.sockGetOptTime, fd, number, target) == .success)
        #expect(guest.bytes(target, 16) == none)
    }

    @Test func anExpiredAcceptTimeoutIsTimedOut() {
        let guest = SocketGuest()
        let (fd, _) = guest.listener()
        let some = [1, 0, 0, 0, 0, 0, 0, 0] + SocketGuest.little(UInt64(10_000_000))
        #expect(guest.call(.sockSetOptTime, fd, 19, guest.put(some)) == .success)
        #expect(guest.call(.sockAccept, fd, 0, guest.room(4)) == .again)
        #expect(guest.call(.sockSetOptTime, fd, 22, guest.put(some)) == .success)
        #expect(guest.call(.sockAccept, fd, 0, guest.room(4)) == .timedout)
    }

    @Test func nothingIsAnOptionToo() {
        let guest = SocketGuest()
        let fd = guest.socket()
        #expect(guest.call(.sockSetOptFlag, fd, 0, 1) == .success)
        #expect(guest.call(.sockSetOptSize, fd, 0, 1) == .success)
        #expect(guest.call(.sockSetOptTime, fd, 0, guest.room(16)) == .success)
        #expect(guest.call(.sockGetOptFlag, fd, 0, guest.room(1)) == .success)
        #expect(guest.call(.sockGetOptSize, fd, 0, guest.room(8)) == .success)
        #expect(guest.call(.sockGetOptTime, fd, 0, guest.room(16)) == .success)
    }

    @Test func unknownOptionsAndWrongCallsAreRefused() {
        let guest = SocketGuest()
        let fd = guest.socket()
        for option: UInt64 in [27, 200, 255] {
            #expect(guest.call(.sockSetOptFlag, fd, option, 1) == .noprotoopt)
            #expect(guest.call(.sockGetOptSize, fd, option, guest.room(8)) == .noprotoopt)
        }
        #expect(guest.call(.sockSetOptFlag, fd, UInt64(SockOption.linger.rawValue), 1) == .inval)
        #expect(guest.call(.sockGetOptSize, fd, UInt64(SockOption.noDelay.rawValue), guest.room(8)) == .inval)
        #expect(guest.call(.sockGetOptTime, fd, UInt64(SockOption.ttl.rawValue), guest.room(16)) == .inval)
        #expect(guest.call(.sockSetOptFlag, fd, UInt64(SockOption.onlyV6.rawValue), 1) == .noprotoopt)
        #expect(guest.call(.sockSetOptFlag, guest.pair().0, UInt64(SockOption.noDelay.rawValue), 1) == .notsup)
    }
}
