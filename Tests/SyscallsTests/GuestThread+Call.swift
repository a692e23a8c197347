import Glibc
import Kernel
import Trace
import WasixABI

@testable import Syscalls

extension GuestThread {
    /// Makes a call on this thread by the road that a guest's calls take, in 16-byte slots as the engine passes them.
    /// - Returns: what the call answered, whether or not its row has an errno as its result.
    func answer(_ id: CallID, _ arguments: [UInt64], _ width: PointerWidth = .bits32) -> Errno {
        framed(id, arguments, width).errno
    }

    /// As `answer`, with what the call noted on its way. Code that leaves the call comes back to it (`ProgramRunner`).
    func framed(
        _ id: CallID, _ arguments: [UInt64], _ width: PointerWidth = .bits32
    ) -> (errno: Errno, frame: CallFrame) {
        let site = CallSite.of(id, width)
        var slots = [UInt64](repeating: 0xDEAD_BEEF_DEAD_BEEF, count: max(1, arguments.count) * 2)
        for (index, argument) in arguments.enumerated() { slots[index * 2] = argument }
        // A new thread may begin on this host thread (`forkEnvironment`), which is the test's.
        var signals = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &signals)
        defer { pthread_sigmask(SIG_SETMASK, &signals, nil) }
        while true {
            var frame = CallFrame(call: id.rawValue, isWide: width == .bits64, arguments: nil, outer: self.frame)
            let errno = slots.withUnsafeBufferPointer { CallRoad.answer(site, self, $0.baseAddress!, &frame) }
            guard let purpose = takeUnwinding(), let runner = image.runner as? ProgramRunner else {
                return (errno, frame)
            }
            beginRewinding(runner.answer(self, purpose))
        }
    }
}
