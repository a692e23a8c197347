import Trace
import WasixABI

/// A guest's memory, and what the tracer keeps of a call in it.
struct TracedMemory {
    var stringLimit = 64
    private var memory = [UInt8](repeating: 0, count: 4096)

    mutating func put(_ address: Int, _ bytes: [UInt8]) {
        memory.replaceSubrange(address..<address + bytes.count, with: bytes)
    }

    mutating func put(_ address: Int, words: [UInt32]) {
        put(address, words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } })
    }

    func record(_ call: CallID, _ arguments: [UInt64], errno: Errno) -> (TraceRecord, payload: [UInt8]) {
        let ring = TraceRing(capacity: 16, payloadCapacity: 1 << 16)
        var record = TraceRecord()
        record.call = call.rawValue
        record.errno = errno.rawValue
        var options = TraceOptions()
        options.stringLimit = stringLimit
        let slots: [UInt64] = arguments.flatMap { [$0, UInt64(0)] } + [0, 0]
        memory.withUnsafeBytes { memory in
            slots.withUnsafeBufferPointer { slots in
                PayloadCapture(call.spec, width: .bits32).fill(
                    &record, slots: slots.baseAddress!, memory: memory, ring: ring, options: options)
            }
        }
        ring.push(record)
        var kept: (TraceRecord, [UInt8]) = (record, [])
        ring.drain { kept = ($0, Array($1)) }
        return kept
    }
}
