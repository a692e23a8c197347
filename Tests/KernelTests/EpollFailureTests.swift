import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// What the host refuses of a notifier: a registration stands as a whole or not at all.
@Suite struct EpollFailureTests {
    @Test func aRefusedRegistrationIsNone() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        #expect(failing(.epollCreate, EMFILE) { lab.add(epoll.file, client.file, client.fd, .out) } == .nomem)
        #expect(lab.add(epoll.file, client.file, client.fd, .out) == .success)
        for (code, errno) in [(EPERM, Errno.perm), (ENOMEM, .nomem), (ENOSPC, .nospc)] {
            #expect(failing(.epollControl, code) { lab.add(epoll.file, server.file, server.fd, .out) } == errno)
            #expect(lab.modify(epoll.file, server.file, server.fd, .out) == .noent, "as if nothing had been asked")
            #expect(lab.kernel.locked { epoll.file.itemCount } == 1)
            #expect(lab.nextEvents(epoll.file).map(\.fd) == [client.fd])
        }
        #expect(lab.add(epoll.file, server.file, server.fd, .out) == .success)
        #expect(lab.nextEvents(epoll.file).count == 2)
    }

    /// The first registration makes the host's instance; its doorbell is the first thing that stands there.
    @Test func anInstanceThatCannotBeMadeIsMadeNextTime() throws {
        let lab = SocketLab()
        let (client, _) = try lab.connection()
        let epoll = try lab.epoll()
        #expect(failing(.epollControl, ENOSPC) { lab.add(epoll.file, client.file, client.fd, .out) } == .nomem)
        #expect(failing(.epollControl, EPERM, after: 1) { lab.add(epoll.file, client.file, client.fd, .out) } == .perm)
        #expect(lab.add(epoll.file, client.file, client.fd, .out) == .success)
        #expect(lab.nextEvents(epoll.file).map(\.fd) == [client.fd])
    }

    /// Of the three registrations that come with it (the doorbells of both, and the inner with the outer) none may be
    /// missing: the outer instance would not hear of the socket.
    @Test(arguments: [0, 1, 2, 3])
    func anInnerInstanceIsHeardOfOrRefuses(_ passes: Int) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let (outer, inner) = (try lab.epoll(), try lab.epoll())
        #expect(lab.add(outer.file, inner.file, inner.fd, .in) == .success)
        let refusal = failing(.epollControl, ENOSPC, after: passes) {
            lab.add(inner.file, server.file, server.fd, .in)
        }
        #expect(refusal == (passes < 2 ? .nomem : .nospc))
        #expect(lab.kernel.locked { inner.file.itemCount } == 0)
        #expect(lab.add(inner.file, server.file, server.fd, .in) == .success)
        #expect(lab.events(outer.file).isEmpty)
        lab.send(client.file, [1])
        #expect(lab.nextEvents(outer.file).map(\.fd) == [inner.fd])
        #expect(lab.nextEvents(inner.file).map(\.fd) == [server.fd])
    }

    @Test func aRefusedChangeChangesNothing() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        #expect(lab.add(epoll.file, server.file, server.fd, [.in, .oneshot]) == .success)
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: .in)])
        // It would be armed again, and ask for what it is ready for.
        #expect(
            failing(.epollControl, ENOMEM) { lab.modify(epoll.file, server.file, server.fd, [.in, .out]) } == .nomem)
        #expect(lab.events(epoll.file).isEmpty)
        #expect(lab.modify(epoll.file, server.file, server.fd, [.in, .out]) == .success)
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: [.in, .out])])
    }
}
