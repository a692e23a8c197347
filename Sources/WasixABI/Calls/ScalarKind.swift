/// A single value behind an `.out` or `.update` pointer.
public enum ScalarKind: Hashable, Sendable {
    case u8
    case u16
    case u32
    case u64
    case size
    case bool
    case fd
    case pid
    case tid
    /// u64, nanoseconds.
    case timestamp
    /// A guest address or function table index, as wide as a pointer.
    case pointer
    /// u32, an index into the guest's function table.
    case function
    case flags(FlagFamily)
    case constant(ConstantFamily)

    /// Bytes in guest memory; also its alignment.
    public func size(_ width: PointerWidth) -> Int {
        switch self {
        case .u8, .bool: 1
        case .u16: 2
        case .u32, .fd, .pid, .tid, .function: 4
        case .u64, .timestamp: 8
        case .size, .pointer: width.rawValue
        case .flags(let family): family.width
        case .constant(let family): family.width
        }
    }

    /// Whether a trace record itself has room for it: values of at most 32 bits, and sizes, which are never larger than
    /// that in fact.
    public func fitsRecord(_ width: PointerWidth) -> Bool { self == .size || size(width) <= 4 }
}
