import CLinux
import Trace
import WasixABI

/// `proc_fork_env`: guest code that goes on, where it is and in the memory it is in, as a child of its process, until it
/// starts a program or ends the child. Then it is the parent's again (WasixABI.docc/ProcessCreation).
///
/// The child has a thread of its own, which the code's calls are made as meanwhile; the parent's thread lends it the host
/// thread. On that host thread, inside a host call; no lock held.
extension GuestThread {
    /// Makes the guest's code a child's.
    /// - Throws: NOTSUP for code that is a child's already, AGAIN, INTR.
    public func forkEnvironment() throws(Errno) -> ProcessID {
        guard lender == nil, let runner = image.runner else { throw .notsup }
        let child = try process.fork(image, by: self)
        kernel.locked { child.process.sharesImage = true }
        child.lender = self
        child.runnerState = runnerState
        child.begin()
        borrower = child
        runner.goOn(as: child, on: self)
        return child.process.id
    }

    /// Ends the child that the guest's code is, which is its parent's then.
    /// - Returns: false for code that is no such child.
    public func endEnvironment(_ state: GuestState) -> Bool {
        guard lender != nil else { return false }
        process.end(state)
        giveBack()
        return true
    }

    /// The thread as which the code makes its calls: the child's while there is one.
    public var running: GuestThread {
        guard let borrower, borrower.lender != nil else { return self }
        return borrower
    }

    /// The code is gone for good: a child that it still was ends with it.
    public func abandonEnvironment() {
        if running !== self {
            running.process.end(.signalled(signal: Signal.kill.rawValue))
            running.giveBack()
        }
        borrower = nil
    }

    /// The child runs another program from now on, in a thread of its own.
    func giveBack() {
        guard let lender else { return }
        runnerState = nil
        end()
        // Nothing is asked of it any more: the call in progress returns to the guest's code.
        _ = takeInterrupts(Interrupts(rawValue: .max))
        image.runner?.goOn(as: lender, on: lender)
        self.lender = nil
    }
}
