/// An import module whose functions we provide.
public enum Namespace: String, CaseIterable, Sendable {
    /// Snapshot 0: some layouts and the numbering of `whence` differ.
    case wasiUnstable = "wasi_unstable"
    case preview1 = "wasi_snapshot_preview1"
    /// wasi-threads: `thread-spawn` alone.
    case wasi = "wasi"
    case wasix32 = "wasix_32v1"
    case wasix64 = "wasix_64v1"

    public var pointerWidth: PointerWidth {
        self == .wasix64 ? .bits64 : .bits32
    }

    /// An import from here makes the module a WASIX module, which changes what some preview1 calls mean
    /// (`fd_renumber`, `fd_close` on a preopened directory).
    public var isWasix: Bool {
        self == .wasix32 || self == .wasix64
    }

    /// Where a preview1 function is found that snapshot 0 has with the same meaning and type.
    public static let everywhere: [Namespace] = [.wasiUnstable, .preview1, .wasix32, .wasix64]
    /// Where a preview1 function is found whose snapshot 0 form is a row of its own.
    public static let sincePreview1: [Namespace] = [.preview1, .wasix32, .wasix64]
    public static let wasixOnly: [Namespace] = [.wasix32, .wasix64]
}

/// The width of a guest pointer and of `usize`; the raw value is its size in bytes.
public enum PointerWidth: Int, CaseIterable, Sendable {
    case bits32 = 4
    case bits64 = 8
}

/// The value types that occur in signatures of host functions.
public enum WasmType: Sendable {
    case i32
    case i64
}
