import CWasmtime

/// One guest function on a guest stack, innermost first in every list. The engine reports at most 20.
public struct StackFrame: Sendable, Equatable {
    public let functionIndex: UInt32
    /// From the name section; nil without one. The guest's text: sanitise before drawing.
    public let functionName: String?
    /// Bytes from the start of the function's body; nil when unknown.
    public let functionOffset: Int?
    /// Bytes from the start of the module, what `wasm-objdump` and DWARF count from; nil when unknown.
    public let moduleOffset: Int?
    /// As the function's module calls itself; nil when it does not.
    public let moduleName: String?

    /// Copies the frames and frees the vector. Must run before the trap or error they came from is deleted.
    static func consume(_ vector: inout wasm_frame_vec_t) -> [StackFrame] {
        let frames = UnsafeBufferPointer(start: vector.data, count: vector.size).compactMap { frame in
            frame.map { StackFrame($0) }
        }
        wasm_frame_vec_delete(&vector)
        return frames
    }

    /// The name of modules that the host has made itself, whose code has no place in the guest's module.
    public static let hostModuleName = "wasix-top"

    private init(_ frame: UnsafeMutablePointer<wasm_frame_t>) {
        functionIndex = wasm_frame_func_index(frame)
        functionName = wasmtime_frame_func_name(frame).map(Self.text)
        moduleName = wasmtime_frame_module_name(frame).map(Self.text)
        let isHosts = moduleName == Self.hostModuleName
        functionOffset = isHosts ? nil : Self.known(wasm_frame_func_offset(frame))
        moduleOffset = isHosts ? nil : Self.known(wasm_frame_module_offset(frame))
    }

    private static func text(_ name: UnsafePointer<wasm_byte_vec_t>) -> String {
        String(decoding: UnsafeRawBufferPointer(start: name.pointee.data, count: name.pointee.size), as: UTF8.self)
    }

    /// What the engine does not know is all ones.
    private static func known(_ offset: Int) -> Int? { offset >= 0 ? offset : nil }
}
