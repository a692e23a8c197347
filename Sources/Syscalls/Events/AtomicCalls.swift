import Kernel
import WasixABI

/// The instructions that wait for a word of memory and wake who waits, for which a module's code calls the host
/// (WasixABI.docc/Futexes, Runtime.docc/InstructionWaits). Rows of the call table like any other, so that they are traced,
/// counted and shown; but nobody imports them, and what is a failure of a call is a trap of an instruction.
public enum AtomicCalls {
    static let bindings = [
        CallBinding(.atomicNotify, notify), CallBinding(.atomicWait32, wait32), CallBinding(.atomicWait64, wait64),
    ]

    /// How an instruction ended.
    public enum End {
        /// Its result is in the first slot.
        case done
        /// The guest's code must be left.
        case left
        case misaligned
        case outOfBounds
    }

    /// Runs an instruction. A signal does not end it: the handler runs, and then it begins anew with the time that is left, as
    /// a system call that Linux restarts (signal(7)). The trace shows both, the first one as interrupted.
    ///
    /// The site is that of one of the instructions, 64 bits wide. The slots are the engine's, 16 bytes each: operands now, the
    /// result afterwards.
    public static func run(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>
    ) -> End {
        guard site.id != CallID.atomicNotify.rawValue else {
            return thread.runnerState == nil ? notifyUnseen(thread, slots) : end(site, thread, slots) ?? .done
        }
        let address = slots[0]
        let deadline = Deadline.after(slots[4], thread)
        while true {
            if let end = end(site, thread, slots) { return end }
            slots[0] = address
            slots[4] = Deadline.timeLeft(until: deadline, thread)
        }
    }

    /// Makes the call; nil when it was interrupted.
    @inline(__always)
    private static func end(
        _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>
    ) -> End? {
        guard CallRoad.enter(site, thread, slots) else { return .left }
        let result = Int32(truncatingIfNeeded: slots[0])
        guard result < 0 else { return .done }
        let errno = Errno(rawValue: UInt16(truncatingIfNeeded: -result))
        return errno == .intr ? nil : trap(errno)
    }

    private static func trap(_ errno: Errno) -> End { errno == .inval ? .misaligned : .outOfBounds }

    /// In a start function, before the program begins: that of LLVM's linker wakes whoever waits for the memory that it has
    /// filled, in every program with threads. It is no act of the program and stands in no trace.
    private static func notifyUnseen(_ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>) -> End {
        do throws(Errno) {
            try notify(Call(slots: slots, isWide: true), thread)
            slots[0] = UInt64(thread.frame.pointee.number)
            return .done
        } catch {
            return trap(error)
        }
    }

    /// `memory.atomic.notify(addr, count)`: how many were woken.
    static func notify(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let word = try word(call, thread.memory, size: 4)
        thread.kernel.lock()
        let woken = thread.futexes.wake(word, limit: Int(call.u32(1)), by: thread)
        thread.kernel.unlock()
        thread.frame.pointee.number = UInt32(truncatingIfNeeded: woken)
    }

    /// `memory.atomic.wait32(addr, expected, timeout)`
    static func wait32(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try wait(.u32(call.u32(1)), call, thread)
    }

    /// `memory.atomic.wait64(addr, expected, timeout)`
    static func wait64(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try wait(.u64(call.u64(1)), call, thread)
    }

    /// 0 when woken, 1 when the word differs, 2 when the time is over.
    private static func wait(_ expected: FutexValue, _ call: Call, _ thread: GuestThread) throws(Errno) {
        let word = try word(call, thread.memory, size: expected.size)
        let deadline = Deadline.after(call.u64(2), thread)
        thread.kernel.lock()
        let end = thread.futexes.wait(word, expected, until: deadline, thread)
        thread.kernel.unlock()
        switch end {
        case .woken: thread.frame.pointee.number = 0
        case .differs: thread.frame.pointee.number = 1
        case .timedOut: thread.frame.pointee.number = 2
        case .interrupted: throw .intr
        }
    }

    private static func word(
        _ call: Call, _ memory: GuestMemory, size: UInt64
    ) throws(Errno) -> UnsafeMutableRawPointer {
        guard call.pointer(0).rawValue & (size - 1) == 0 else { throw .inval }
        return try memory.range(call.pointer(0), size)
    }
}
