import CLinux
import Glibc
import Testing
import WasixABI

@testable import Kernel

/// What the kernel does with descriptors of the host.
@Suite struct HostDescriptorTests {
    private func isOpen(_ fd: Int32) -> Bool { fcntl(fd, F_GETFD) >= 0 }

    /// What stands behind a number: other tests may get the number as soon as it is free. Nil when nothing does.
    private func inode(_ fd: Int32) -> ino_t? {
        var status = stat()
        return fstat(fd, &status) == 0 ? status.st_ino : nil
    }

    @Test func closingWaitsUntilTheLockIsFree() throws {
        let lab = SocketLab()
        let sockets = try (0..<40).map { _ in try lab.socket().file.hostFd }
        let inodes = sockets.map(inode)
        lab.kernel.locked {
            _ = lab.process.descriptors.closeForGood()
            #expect(sockets.map(inode) == inodes)
        }
        #expect(zip(sockets, inodes).allSatisfy { inode($0) != $1 })
    }

    /// A doorbell that is rung after the lock was given up is still there then: nobody else has got its number.
    @Test func aDoorbellIsNotClosedBeforeItIsRung() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let (reader, writer) = guest.hostPipe()
        defer { close(writer) }
        #expect(guest.add(epoll, reader, 3, .in) == .success)
        var batch = guest.locked {
            guest.kernel.wakeups.ring(epoll.notifier!.doorbell)
            return guest.kernel.wakeups.take()
        }
        let number = try #require(batch.doorbell?.hostFd)
        guest.close(epoll)
        // Whoever opens something now gets other numbers.
        let others = (0..<64).map { _ in eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }
        defer { for other in others { close(other) } }
        #expect(isOpen(number) && !others.contains(number))
        batch.deliver()
        batch = DeferredWakeups.Batch()
        for other in others {
            var count: UInt64 = 0
            #expect(read(other, &count, 8) == -1)
        }
    }

    /// Of a FIFO that is open twice another description may take what the host reported: owning the descriptor is not
    /// owning what is in it.
    @Test func whatAnotherDescriptionReadIsNotReported() throws {
        let guest = KernelGuest()
        var template = Array("/tmp/wasix-top-fifo-XXXXXX".utf8CString)
        let directory = String(cString: try #require(mkdtemp(&template)))
        let path = directory + "/fifo"
        defer {
            unlink(path)
            rmdir(directory)
        }
        #expect(mkfifo(path, 0o600) == 0)
        func open() -> HostStream {
            guest.locked {
                let stream = HostStream(
                    kernel: guest.kernel, hostFd: Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC), ownsHostFd: true,
                    blocks: false, type: .unknown, access: [.fdRead, .fdWrite], name: Array("fifo".utf8),
                    flags: .nonblock)
                stream.hold()
                return stream
            }
        }
        let (first, second) = (open(), open())
        defer {
            guest.close(first)
            guest.close(second)
        }
        let epoll = guest.epoll()
        #expect(guest.add(epoll, first, 3, .in) == .success)
        for _ in 0..<3 {
            _ = guest.write(second, [1, 2])
            #expect(guest.look(epoll) == [SeenEvent(3, .in)])
            #expect(guest.read(second, 8).bytes == [1, 2])
            #expect(guest.look(epoll).isEmpty)
        }
    }

    @Test func asManyDescriptorsAsTheHostAllows() {
        _ = Kernel()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == limit.rlim_max)
    }
}
