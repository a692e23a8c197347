/// How to load a module; libc passes its `RTLD_*` unchanged.
public struct DlFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let lazy = DlFlags(rawValue: 1)
    public static let now = DlFlags(rawValue: 2)
    public static let global = DlFlags(rawValue: 4)
    public static let noLoad = DlFlags(rawValue: 8)
    public static let noDelete = DlFlags(rawValue: 16)
    public static let deepBind = DlFlags(rawValue: 32)
}

/// A wasm value type as `reflect_signature` and `closure_prepare` number it.
public struct ValueType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let i32 = ValueType(rawValue: 0)
    public static let i64 = ValueType(rawValue: 1)
    public static let f32 = ValueType(rawValue: 2)
    public static let f64 = ValueType(rawValue: 3)
    public static let v128 = ValueType(rawValue: 4)

    /// Bytes of a value in the packed form of `call_dynamic`; nil for numbers that are no type.
    public var size: Int? {
        switch self {
        case .i32, .f32: 4
        case .i64, .f64: 8
        case .v128: 16
        default: nil
        }
    }
}
