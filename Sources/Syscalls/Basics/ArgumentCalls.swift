import Kernel
import WasixABI

/// The program's arguments and environment.
enum ArgumentCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.argsSizesGet) { call, thread throws(Errno) in
            try storeSizes(thread.image.arguments, call, thread)
        },
        CallBinding(.argsGet) { call, thread throws(Errno) in try store(thread.image.arguments, call, thread) },
        CallBinding(.environSizesGet) { call, thread throws(Errno) in
            try storeSizes(thread.image.environment, call, thread)
        },
        CallBinding(.environGet) { call, thread throws(Errno) in try store(thread.image.environment, call, thread) },
    ]

    private static func storeSizes(_ texts: [[UInt8]], _ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let bytes = texts.reduce(0) { $0 + $1.count + 1 }
        try memory.storeSize(UInt64(texts.count), at: call.pointer(0), call)
        try memory.storeSize(UInt64(bytes), at: call.pointer(1), call)
    }

    /// Argument 0 takes a pointer to each text, argument 1 the texts, each with a NUL behind it.
    private static func store(_ texts: [[UInt8]], _ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let pointerSize = call.isWide ? 8 : 4
        _ = try memory.range(call.pointer(0), UInt64(texts.count * pointerSize))
        var place = call.pointer(1)
        for (index, text) in texts.enumerated() {
            let target = try memory.range(place, UInt64(text.count + 1))
            text.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress { target.copyMemory(from: base, byteCount: bytes.count) }
            }
            target.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
            try memory.storeSize(place.rawValue, at: call.pointer(0) + index * pointerSize, call)
            place = place + (text.count + 1)
        }
    }
}
