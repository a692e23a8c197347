import Glibc
import Testing
import WasixABI

@testable import Kernel

/// What the kernel does with descriptors of the host.
@Suite struct HostDescriptorTests {
    private func isOpen(_ fd: Int32) -> Bool { fcntl(fd, F_GETFD) >= 0 }

    @Test func closingWaitsUntilTheLockIsFree() throws {
        let lab = SocketLab()
        let sockets = try (0..<40).map { _ in try lab.socket().file.hostFd }
        lab.kernel.locked {
            _ = lab.process.descriptors.closeForGood()
            #expect(sockets.allSatisfy(isOpen))
        }
        #expect(!sockets.contains(where: isOpen))
    }

    @Test func asManyDescriptorsAsTheHostAllows() {
        _ = Kernel()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == limit.rlim_max)
    }
}
