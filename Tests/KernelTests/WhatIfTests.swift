import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// What whoever inspects the guest does to it: by the guest's own means, recorded, and refused where it cannot be.
@Suite struct WhatIfTests {
    private struct Scene {
        let tracer = Tracer()
        let guest: KernelGuest
        let epoll: Epoll

        init() {
            guest = KernelGuest(tracer: tracer)
            epoll = guest.epoll()
        }

        func target(_ file: OpenFile, _ fd: UInt32) -> WhatIf.Target {
            WhatIf.Target(instance: epoll.id, object: file.id, fd: FdNumber(rawValue: fd))
        }

        func act(_ action: WhatIf) -> WhatIfOutcome { guest.kernel.act(action) }

        /// What the inspector's own channel holds.
        func records() -> [(action: WhatIf?, changes: Int)] {
            var found: [(WhatIf?, Int)] = []
            for channel in tracer.allChannels where channel.thread == .inspector {
                channel.ring.drain { record, payload in
                    found.append((WhatIf(record), max(payload.count - PayloadChunk.headerSize, 0) / 24))
                }
            }
            return found
        }
    }

    @Test func oneByteMoreIsANewEdge() throws {
        let scene = Scene()
        let guest = scene.guest
        let (near, far) = guest.pair()
        let (reader, writer) = guest.pipe()
        let counter = guest.counter()
        for (file, fd) in [(near as OpenFile, UInt32(3)), (reader, 4), (counter, 5)] {
            #expect(guest.add(scene.epoll, file, fd, [.in, .et]) == .success)
            #expect(scene.act(.oneMore(scene.target(file, fd))) == .done)
            #expect(guest.look(scene.epoll) == [SeenEvent(UInt64(fd), .in)])
            #expect(scene.act(.oneMore(scene.target(file, fd))) == .done)
            #expect(guest.look(scene.epoll) == [SeenEvent(UInt64(fd), .in)], "the first is still there; this is news")
        }
        #expect(guest.read(near, 8).bytes == [46, 46] && guest.read(reader, 8).bytes == [46, 46])
        #expect(guest.take(counter).value == 2)
        #expect(scene.records().map(\.changes) == [1, 1, 1, 1, 1, 1])
        #expect(scene.tracer.interventions.count == 6)
        withExtendedLifetime((far, writer)) {}
    }

    @Test func aSleeperIsWoken() throws {
        let scene = Scene()
        let (reader, writer) = scene.guest.pipe()
        #expect(scene.guest.add(scene.epoll, reader, 3, .in) == .success)
        let waiter = scene.guest.startWait(scene.epoll)
        try waiter.untilBlocked()
        #expect(scene.act(.oneMore(scene.target(reader, 3))) == .done)
        #expect(try waiter.value().events == [SeenEvent(3, .in)])
        let record = try #require(scene.records().first)
        #expect(record.action == .oneMore(scene.target(reader, 3)) && record.changes == 2, "an edge, and whom it woke")
        withExtendedLifetime(writer) {}
    }

    @Test func modeAndArmingAreChangedAsByMod() {
        let scene = Scene()
        let guest = scene.guest
        let counter = guest.counter(1)
        #expect(guest.add(scene.epoll, counter, 3, [.in, .et]) == .success)
        #expect(guest.look(scene.epoll).count == 1 && guest.look(scene.epoll).isEmpty)
        #expect(scene.act(.trigger(scene.target(counter, 3), isEdge: false)) == .done)
        for _ in 0..<3 { #expect(guest.look(scene.epoll) == [SeenEvent(3, .in)]) }
        #expect(scene.act(.trigger(scene.target(counter, 3), isEdge: true)) == .done)
        #expect(guest.look(scene.epoll).count == 1 && guest.look(scene.epoll).isEmpty)
        #expect(guest.modify(scene.epoll, counter, 3, [.in, .oneshot], data: 77) == .success)
        #expect(guest.look(scene.epoll) == [SeenEvent(77, .in)] && guest.look(scene.epoll).isEmpty)
        #expect(scene.act(.rearm(scene.target(counter, 3))) == .done)
        #expect(guest.look(scene.epoll) == [SeenEvent(77, .in)], "with the data that it had")
        #expect(guest.look(scene.epoll).isEmpty, "still one-shot")
    }

    @Test func onlyAWaitForEventsIsInterrupted() throws {
        let scene = Scene()
        let (reader, writer) = scene.guest.pipe()
        let running = scene.guest.start { scene.guest.read(reader, 1, $0).result.count }
        try running.untilBlocked()
        #expect(scene.act(.interrupt(ThreadID(rawValue: 99))) == .refused("T99 has ended"))
        let id = running.thread.id
        #expect(scene.act(.interrupt(id)) == .refused("T\(id.rawValue) does not wait for events"))
        _ = scene.guest.write(writer, [1])
        #expect(try running.value() == 1)
    }

    @Test func whatCannotBeIsRefusedAndNotRecorded() {
        let scene = Scene()
        let guest = scene.guest
        let (reader, writer) = guest.pipe()
        let (near, far) = guest.pair()
        guest.close(writer)
        guest.close(far)
        #expect(scene.act(.oneMore(scene.target(reader, 3))) == .refused("nobody has its other end any more"))
        #expect(scene.act(.oneMore(scene.target(near, 3))) == .refused("nobody has its other end any more"))
        #expect(scene.act(.oneMore(scene.target(scene.epoll, 3))) != .done)
        let (host, descriptor) = guest.hostPipe()
        #expect(
            scene.act(.oneMore(scene.target(host, 3))) == .refused("what comes there comes from outside the guest"))
        #expect(scene.act(.rearm(scene.target(reader, 3))) == .refused("fd 3 is registered no more"))
        guest.close(reader)
        #expect(scene.act(.oneMore(scene.target(reader, 3))) == .refused("fd 3 is closed"))
        let full = guest.counter(.max - 1)
        #expect(scene.act(.oneMore(scene.target(full, 3))) == .refused("there is no room for more"))
        #expect(scene.act(.shortRead(scene.target(full, 3), most: 1)) != .done)
        #expect(scene.records().isEmpty && scene.tracer.interventions.count == 0)
        #expect(KernelGuest().kernel.act(.interrupt(.main)) == .refused("nothing is recorded"))
        close(descriptor)
    }

    @Test func theNextReadIsCut() throws {
        let scene = Scene()
        let guest = scene.guest
        let (reader, writer) = guest.pipe()
        _ = guest.write(writer, [1, 2, 3, 4])
        #expect(scene.act(.shortRead(scene.target(reader, 3), most: 2)) == .done)
        #expect(guest.kernel.hasReadLimits)
        var bytes = [UInt8](repeating: 0, count: 8)
        let counts = (0..<2).map { _ in
            bytes.withUnsafeMutableBytes { buffer in
                withVector(buffer.baseAddress, 8) { vectors in
                    guest.locked {
                        let vectors = guest.kernel.limited(vectors, from: reader)
                        return reader.read(into: vectors, guest.main).count
                    }
                }
            }
        }
        #expect(counts == [2, 2], "the first is cut, the second gets the rest")
        #expect(!guest.kernel.hasReadLimits)
        #expect(scene.act(.shortRead(scene.target(reader, 3), most: 2)) == .done)
        guest.close(reader)
        #expect(!guest.kernel.hasReadLimits)
    }
}
