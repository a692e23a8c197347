import Kernel
import WasixABI

/// Random bytes.
enum RandomCalls {
    static let bindings: [CallBinding] = [CallBinding(.randomGet, randomGet)]

    private static func randomGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let length = call.size(1)
        guard length > 0 else { return }
        let target = try thread.memory.range(call.pointer(0), length)
        try HostRandom.fill(UnsafeMutableRawBufferPointer(start: target, count: Int(length)), thread)
    }
}
