import Kernel
@_exported import TestSupport
import Trace
import WasixABI

@testable import Syscalls

/// A guest without code: one process, one thread, its memory, and calls made as the engine makes them.
class CallGuest {
    final let kernel: Kernel
    final let process: GuestProcess
    final let thread: GuestThread
    private let memory: UnsafeMutableRawPointer
    private let memorySize: Int
    private var next = 1024

    init(_ kernel: Kernel, memorySize: Int, arguments: [String] = [], environment: [String] = []) {
        self.kernel = kernel
        self.memorySize = memorySize
        process = GuestProcess(
            kernel: kernel, arguments: arguments.map { Array($0.utf8) },
            environment: environment.map { Array($0.utf8) }, workingDirectory: Array("/".utf8))
        memory = .allocate(byteCount: memorySize, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0xAA, count: memorySize)
        process.image.memory.attach(base: memory) { UInt64(memorySize) }
        thread = process.makeThread(isMain: true)!
    }

    deinit {
        process.end(.exited(code: 0))
        memory.deallocate()
    }

    // MARK: memory

    /// Fresh room for `count` bytes, at an odd address: nothing may rely on alignment.
    final func room(_ count: Int) -> UInt64 {
        let place = next | 1
        next = place + count + 8
        precondition(next < memorySize - 64)
        return UInt64(place)
    }

    final func put(_ bytes: [UInt8]) -> UInt64 {
        let place = room(bytes.count)
        store(bytes, at: place)
        return place
    }

    final func put(_ text: String) -> UInt64 { put(Array(text.utf8)) }

    final func store(_ bytes: [UInt8], at place: UInt64) {
        bytes.withUnsafeBytes {
            if let base = $0.baseAddress { (memory + Int(place)).copyMemory(from: base, byteCount: $0.count) }
        }
    }

    final func store<Value: FixedWidthInteger>(_ value: Value, at place: UInt64) {
        memory.storeBytes(of: value, toByteOffset: Int(place), as: Value.self)
    }

    final func load<Value: FixedWidthInteger>(_ place: UInt64, as type: Value.Type = Value.self) -> Value {
        (memory + Int(place)).loadUnaligned(as: Value.self)
    }

    final func bytes(_ place: UInt64, _ count: Int) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: memory + Int(place), count: count))
    }

    final func text(_ place: UInt64, _ count: Int) -> String {
        String(decoding: bytes(place, count), as: UTF8.self)
    }

    static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
    }

    /// An array of buffers, each given by address and length.
    final func vectors(_ buffers: [(place: UInt64, count: Int)]) -> UInt64 {
        put(buffers.flatMap { Self.little(UInt32($0.place)) + Self.little(UInt32($0.count)) })
    }

    // MARK: calls

    /// What the last call noted on its way.
    final private(set) var lastFrame: CallFrame?

    /// Why the sandbox refused the last call.
    final var lastNote: CallNote { lastFrame.flatMap { thread.refusalNote(of: $0)?.pointee } ?? CallNote() }

    final func call(_ id: CallID, _ arguments: UInt64...) -> Errno { call(id, arguments) }

    final func call(_ id: CallID, _ arguments: [UInt64]) -> Errno {
        precondition(arguments.count == CallTable[id].arguments.count, "arguments of \(id)")
        let (errno, frame) = thread.framed(id, arguments)
        lastFrame = frame
        return errno
    }
}
