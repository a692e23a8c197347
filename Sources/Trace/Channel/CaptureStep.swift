import WasixABI

/// How the guest memory behind one argument is copied into a payload.
struct CaptureStep: Sendable {
    enum Source: Sendable {
        /// Elements of `element` bytes each (1 for bytes and strings). Argument `length` gives how many there are,
        /// argument `used` how many the call wrote.
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
    /// How many elements of a span are kept, whatever the limit of strings is; nil where that limit applies.
    let ownLimit: Int?

    /// - Returns: nil for an argument that is a value, or a pointer whose target is not kept.
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

    /// Whether it is kept of a failed call: inputs are, and vectors for the sizes of the buffers that the call did not
    /// fill.
    var survivesFailure: Bool {
        if case .vectors = source { return true }
        return !isOutput
    }

    /// Elements kept of a span.
    func mostElements(_ stringLimit: Int) -> Int { ownLimit ?? stringLimit }

    /// The most bytes that it can add to a payload, the chunk's header left out.
    func bound(_ stringLimit: Int) -> Int {
        switch source {
        case .block(let size): size
        case .span(let element, _, _): element * mostElements(stringLimit)
        case .vectors, .texts: Self.mostElements * (8 + stringLimit)
        }
    }
}
