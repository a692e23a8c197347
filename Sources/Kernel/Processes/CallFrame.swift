import Trace
import WasixABI

/// A call in progress: what was asked, and what the kernel notes on the way for whoever reads its record.
///
/// It lies on the stack of the thread that makes the call. A signal handler may make calls of its own before the one it
/// interrupted returns, so frames are linked: `GuestThread.frame` is the innermost. Its own thread writes it; while that
/// thread is blocked, others may read it under the kernel lock.
public struct CallFrame {
    // The order matters for speed. Every call writes all fields and reads `objects` a moment later. Because `objects`
    // lies between two fields that are not zero, it is written by a store of its own and read by a load of the same
    // width, which the processor can serve from that store at once.

    /// The row's `CallID.rawValue`.
    public let call: UInt16
    /// Pointers and sizes have 64 bits.
    public let isWide: Bool
    /// An `epoll_ctl` on an instance whose operations are numbered as Linux does.
    public var usesLinuxDialect = false
    /// The thread has a note of why the sandbox refuses this call: `GuestThread.note`.
    var isNoted = false
    /// What a call of result `numberOrError` answers when it succeeds.
    public var number: UInt32 = 0
    /// How many of the thread's `reportedItems` an `epoll_wait` has filled.
    public var reportedCount: UInt32 = 0
    /// Ticks that the thread slept in the call.
    public var waitTicks: UInt64 = 0
    /// The tick at which it looked up its first description, under the kernel lock: two calls on one object took effect
    /// in this order, whichever began first. When it has waited, the tick at which its last wait was over, under the lock
    /// again. 0 when the call is not traced; in a traced call 1 until the lookup.
    public var lookupTick: UInt64 = 0
    /// When the call began, in ticks. Of a call whose first argument is a descriptor that is when it looked it up: the
    /// reading of the clock costs as much as the rest of a small call's record. 0 until then, and of a call that is not
    /// traced.
    public var startTick: UInt64 = 0
    /// The engine's argument slots, 16 bytes each.
    public let arguments: UnsafePointer<UInt64>?
    /// `ObjectID`s of the first two descriptions that were looked up; 0 for none.
    public var objects: (UInt32, UInt32) = (0, 0)
    /// The call that this one interrupted, or the frame of the thread between calls.
    public let outer: UnsafeMutablePointer<CallFrame>?

    @inlinable @inline(__always)
    public init(
        call: UInt16, isWide: Bool, arguments: UnsafePointer<UInt64>?, outer: UnsafeMutablePointer<CallFrame>?
    ) {
        self.call = call
        self.isWide = isWide
        self.arguments = arguments
        self.outer = outer
    }

    /// `call` of the frame that stands for "in no call".
    public static let noCall = UInt16.max

    /// The call waits for events or for time: every signal that is handled ends it, whatever SA_RESTART says (signal(7)).
    var isEndedByEverySignal: Bool {
        CallID(rawValue: call).map { $0.isEventWait || $0 == .threadSleep } ?? false
    }

    /// The outermost frame of a thread, which has no call: what is noted outside calls goes there.
    static var none: CallFrame { CallFrame(call: noCall, isWide: false, arguments: nil, outer: nil) }

    /// Notes a description that the call looked up.
    @inlinable @inline(__always)
    public mutating func touch(_ id: ObjectID) {
        if objects.0 == 0 {
            objects.0 = id.rawValue
            if lookupTick == 1 {
                lookupTick = TickClock.now()
                if startTick == 0 { startTick = lookupTick }
            }
        } else if objects.1 == 0 {
            objects.1 = id.rawValue
        }
    }
}
