import WasixABI

/// How what is behind one argument goes into a payload.
struct CaptureStep: Sendable {
    enum Source: Sendable {
        /// `element` bytes each; the count (for bytes: of bytes) is in `length`, what was written in `used`.
        case span(element: Int, length: Int, used: Int?)
        case vectors(count: Int, used: Int)
        /// Pointers to NUL-terminated strings.
        case texts(count: Int)
        case block(Int)
    }

    /// Elements kept of an array of structures, vectors kept of a vector list.
    static let mostElements = 16
    /// Bytes kept of one string, whatever is asked for: a record must fit the arena of its ring.
    static let mostString = 1_000_000
    /// Bytes kept of one name: PATH_MAX, as strace prints it.
    static let mostName = 4096
    /// Bytes kept of directory entries, which are structures and no string.
    static let mostEntries = 2048

    let argument: Int
    let source: Source
    let isOutput: Bool
    /// Its bytes are kept up to this many, whatever the limit of strings is; nil for a string.
    let ownLimit: Int?

    /// - Returns: nil for an argument that has nothing behind it.
    init?(_ index: Int, _ kind: ArgumentKind, _ width: PointerWidth) {
        argument = index
        var isOutput = true
        var ownLimit: Int?
        switch kind {
        case .text(let direction, let length, let used), .path(let direction, let length, let used),
            .bytes(let direction, let length, let used):
            source = .span(element: 1, length: length, used: used)
            isOutput = direction == .output
            ownLimit = kind.isName ? Self.mostName : nil
        case .dirents(let length, let used):
            source = .span(element: 1, length: length, used: used)
            ownLimit = Self.mostEntries
        case .iovecs(let direction, let count, let used):
            source = .vectors(count: count, used: used)
            isOutput = direction == .output
        case .structure(let kind, let direction):
            source = .block(kind.size(width))
            isOutput = direction == .output
        case .array(let kind, let direction, let count, let used):
            source = .span(element: kind.size(width), length: count, used: used)
            isOutput = direction == .output
            ownLimit = Self.mostElements
        case .texts(let count):
            source = .texts(count: count)
            isOutput = false
        case .out(let scalar), .update(let scalar):
            source = .block(scalar.size(width))
        case .u8, .u16, .u32, .i32, .u64, .i64, .size, .bool, .fd, .pid, .tid, .signal, .flags, .constant,
            .nanoseconds, .timestamp, .function, .pointer, .area:
            return nil
        }
        self.isOutput = isOutput
        self.ownLimit = ownLimit
    }

    /// What a failed call leaves to be seen: what it was given, and how large the buffers were that it did not fill.
    var survivesFailure: Bool {
        if case .vectors = source { return true }
        return !isOutput
    }

    /// Elements kept of a span.
    func mostElements(_ stringLimit: Int) -> Int { ownLimit ?? stringLimit }

    /// The bytes that it can have at most.
    func bound(_ stringLimit: Int) -> Int {
        switch source {
        case .block(let size): size
        case .span(let element, _, _): element * mostElements(stringLimit)
        case .vectors, .texts: Self.mostElements * (8 + stringLimit)
        }
    }
}
