import Synchronization
import Trace
import WasixABI

@testable import Model

/// A guest that is whatever a test says it is.
final class FakeGuest: InspectedGuest {
    let current = Mutex(KernelSnapshot())
    let output = Mutex<[OutputChunk]>([])
    let names = Mutex<[ObjectID: String]>([:])

    func snapshot() -> KernelSnapshot { current.withLock { $0 } }
    func names(of object: ObjectID) -> [ObjectName] { names.withLock { $0[object].map { [ObjectName($0)] } ?? [] } }
    func takeOutput() -> [OutputChunk] {
        output.withLock { chunks in
            defer { chunks = [] }
            return chunks
        }
    }
}

/// A live inspection without its thread, which keeps what it was told.
struct Inspection {
    private var source: LiveSource
    private var fold = ModelFold()
    private(set) var inputs: [InspectionInput] = []

    init(_ tracer: Tracer, _ guest: FakeGuest) { source = LiveSource(tracer: tracer, guest: guest) }

    /// Takes what the rings hold, without a look.
    mutating func drain() { _ = next(withLook: false) }

    /// Takes everything there is.
    mutating func look() -> ModelState { next(withLook: true)! }

    private mutating func next(withLook: Bool) -> ModelState? {
        var input = InspectionInput(time: TraceTime())
        source.next(into: &input, withLook: withLook)
        inputs.append(input)
        return fold.fold(input)
    }
}

extension ModelState {
    /// The states that a list of inputs makes.
    static func folded(_ inputs: [InspectionInput]) -> [ModelState] {
        var fold = ModelFold()
        return inputs.compactMap { fold.fold($0) }
    }
}

extension TraceRecord {
    static func call(
        _ call: CallID, start: UInt64, duration: UInt64 = 1, errno: Errno = .success, object: UInt32 = 0
    ) -> TraceRecord {
        var record = TraceRecord()
        record.call = call.rawValue
        record.start = start
        record.duration = duration
        record.errno = errno.rawValue
        record.objects.0 = object
        return record
    }
}

extension Tracer {
    func makeChannel(thread: UInt32) -> ThreadChannel {
        makeChannel(process: .initial, thread: ThreadID(rawValue: thread))
    }
}

extension DescriptorSnapshot {
    static func pipe(_ fd: UInt32, object: UInt32, bytesIn: UInt64 = 0) -> DescriptorSnapshot {
        DescriptorSnapshot(
            process: .initial, fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: object), kind: .pipeRead,
            detail: .channel(number: object, peer: .none), flags: [], isCloseOnExec: false, ready: [], queue: nil,
            watchedBy: [], bytesIn: bytesIn, bytesOut: 0)
    }
}

extension ThreadSnapshot {
    /// - Parameter calls: those that have returned.
    static func blocked(_ thread: UInt32, in call: CallID, calls: UInt64, since: UInt64) -> ThreadSnapshot {
        ThreadSnapshot(
            process: .initial, thread: ThreadID(rawValue: thread), isMain: thread == 1, state: .blocked, call: call,
            words: [], objects: (.none, .none), blockedSince: since, deadline: nil, wakes: 0, calls: calls)
    }
}

extension UInt64 {
    static func seconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
}
