import Trace
import WasixABI

/// The type of a guest function that is known only while running.
public struct FunctionSignature: Hashable, Sendable {
    /// Parameters or results that a function has at most (the WebAssembly JavaScript interface's limit).
    public static let most = 1000

    /// nil for a reference, which has no form in memory.
    public let parameters: [ValueType?]
    public let results: [ValueType?]

    public init(parameters: [ValueType?], results: [ValueType?]) {
        self.parameters = parameters
        self.results = results
    }

    /// Of values that lie side by side: nil when one of them is a reference.
    public var parameterBytes: Int? { Self.bytes(parameters) }
    public var resultBytes: Int? { Self.bytes(results) }

    private static func bytes(_ types: [ValueType?]) -> Int? {
        var bytes = 0
        for type in types {
            guard let size = type?.size else { return nil }
            bytes += size
        }
        return bytes
    }
}

/// What a place in a thread's table of functions holds.
public enum FunctionSlot: Sendable {
    /// The table is not that long.
    case outside
    case empty(isClosure: Bool)
    case function(FunctionSignature, isClosure: Bool)
}

/// A function that the host makes: it hands its arguments and results to another one as addresses (`closure_prepare`).
public struct Closure: Sendable {
    /// Without references.
    public let signature: FunctionSignature
    /// The place of the function that does the work: `(arguments, results, userData)`.
    public let backing: UInt64
    public let userData: UInt64

    public init(_ signature: FunctionSignature, backing: UInt64, userData: UInt64) {
        self.signature = signature
        self.backing = backing
        self.userData = userData
    }
}

/// Guest code that runs inside of a host call, and tables of functions. On the thread itself; no lock held.
extension GuestThread {
    /// Runs guest code in the middle of the call in progress, which goes on when it returns.
    public func runInCall<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        guard let channelReference else { return try body() }
        // The calls of that code have records of their own, earlier than this one's.
        channelReference._withUnsafeGuaranteedRef { $0.ring.announceNothing() }
        defer {
            channelReference._withUnsafeGuaranteedRef {
                $0.changes.begin()
                $0.ring.announce(TickClock.now())
            }
        }
        return try body()
    }

    /// Guest code that the call in progress has run was left by a trap or an exception: so is the code that has made the call.
    /// For the runner, which keeps what it was.
    public func beginFailing() { setInterrupt(.failing) }

    /// Whether the code is left for what `beginFailing` was told. It is over then. For the runner.
    public func takeFailing() -> Bool { !takeInterrupts(.failing).isEmpty }

    /// Brings the thread's table of functions up to date, when another thread has changed its own.
    public func followFunctions() {
        guard !takeInterrupts(.functions).isEmpty else { return }
        image.runner?.followFunctions(self)
    }

    /// This thread has changed its table of functions: the others that run the program follow at their next call.
    public func announceFunctions() {
        kernel.locked {
            var threads = process.liveThreads
            // The code of a child by `forkEnvironment` is its parent's.
            if let lender { threads += lender.process.liveThreads }
            for other in threads where other !== self && other.image === image { other.setInterrupt(.functions) }
        }
    }
}
