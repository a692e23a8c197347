import Synchronization
import Trace
import WasixABI

/// A guest that is whatever a test says it is.
final class FakeGuest: GuestControl {
    let current = Mutex(KernelSnapshot())
    let output = Mutex<[OutputChunk]>([])
    let names = Mutex<[ObjectID: String]>([:])

    func snapshot() -> KernelSnapshot { current.withLock { $0 } }
    func names(of object: ObjectID) -> [ObjectName] { names.withLock { $0[object].map { [ObjectName($0)] } ?? [] } }
    func sendInput(_ bytes: [UInt8]) {}
    func closeInput() {}
    func takeOutput() -> [OutputChunk] {
        output.withLock { chunks in
            defer { chunks = [] }
            return chunks
        }
    }
    func terminate() {}
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

extension UInt64 {
    static func seconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
}
