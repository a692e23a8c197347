/// What one argument of a call means. The table's one vocabulary: the wasm type, the trace text, what the tracer
/// captures and what the hostile-argument tests try are all derived from it.
///
/// An index (`length`, `count`, `used`) is the position of another argument in the same call. Where that argument
/// is an `.out` or `.update` the number is found in guest memory behind it, otherwise it is the argument itself.
public enum ArgumentKind: Hashable, Sendable {
    // Plain numbers. `u8` and `u16` travel zero-extended in an `i32` and are masked before use.
    case u8
    case u16
    case u32
    case i32
    case u64
    case i64
    /// A count or length as wide as a pointer.
    case size
    case bool
    case fd
    case pid
    case tid
    case signal
    case flags(FlagFamily)
    case constant(ConstantFamily)
    /// A duration in nanoseconds; with the top bit set: forever.
    case nanoseconds
    /// Nanoseconds since the epoch (or of whatever clock the call names).
    case timestamp
    /// An index into the guest's function table.
    case function

    /// A guest address the host hands on or uses as a key, never as a buffer of known size.
    case pointer
    /// Where the host writes as much as an earlier call announced (`args_get`, `proc_signals_get`).
    case area
    /// A name as text, not NUL-terminated when it comes from the guest. `used` is the written length, where the call tells
    /// it.
    case text(Direction, length: Int, used: Int? = nil)
    /// As `text`, and names a file.
    case path(Direction, length: Int, used: Int? = nil)
    /// Content, as much as the call moves.
    case bytes(Direction, length: Int, used: Int? = nil)
    /// A vector of buffers. `used` is the number of bytes moved in all.
    case iovecs(Direction, count: Int, used: Int)
    /// Directory entries, packed without alignment.
    case dirents(length: Int, used: Int)
    /// An array of pointers to NUL-terminated strings.
    case texts(count: Int)
    case structure(StructKind, Direction)
    /// `used` is the number of elements written, where the call tells it.
    case array(StructKind, Direction, count: Int, used: Int? = nil)
    /// A pointer to one scalar result.
    case out(ScalarKind)
    /// A pointer to a scalar that is read first and replaced.
    case update(ScalarKind)
}

/// Which way the bytes behind a pointer travel, seen from the guest.
public enum Direction: Sendable {
    /// The host reads them.
    case input
    /// The host writes them.
    case output
    /// The host reads them, then writes.
    case both

    public var isRead: Bool { self != .output }
}

extension ArgumentKind {
    /// The wasm type of this argument. Every argument is exactly one wasm value.
    public func wasmType(_ width: PointerWidth) -> WasmType {
        switch self {
        case .u8, .u16, .u32, .i32, .bool, .fd, .pid, .tid, .signal, .function:
            .i32
        case .u64, .i64, .nanoseconds, .timestamp:
            .i64
        case .flags(let family):
            family.width > 4 ? .i64 : .i32
        case .constant:
            .i32
        case .size, .pointer, .area, .text, .path, .bytes, .iovecs, .dirents, .texts, .structure, .array, .out,
            .update:
            width == .bits64 ? .i64 : .i32
        }
    }

    /// Whether the value is an address in guest memory.
    public var isAddress: Bool {
        switch self {
        case .pointer, .area, .text, .path, .bytes, .iovecs, .dirents, .texts, .structure, .array, .out, .update:
            true
        case .u8, .u16, .u32, .i32, .u64, .i64, .size, .bool, .fd, .pid, .tid, .signal, .flags, .constant,
            .nanoseconds, .timestamp, .function:
            false
        }
    }
}
