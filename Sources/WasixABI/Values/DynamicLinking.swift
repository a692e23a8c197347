/// How to load a module; libc passes its `RTLD_*` unchanged.
package struct DlFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let lazy = DlFlags(rawValue: 1)
    package static let now = DlFlags(rawValue: 2)
    package static let global = DlFlags(rawValue: 4)
    package static let noLoad = DlFlags(rawValue: 8)
    package static let noDelete = DlFlags(rawValue: 16)
    package static let deepBind = DlFlags(rawValue: 32)
}

/// A wasm value type as `reflect_signature` and `closure_prepare` number it.
package struct ValueType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let i32 = ValueType(rawValue: 0)
    package static let i64 = ValueType(rawValue: 1)
    package static let f32 = ValueType(rawValue: 2)
    package static let f64 = ValueType(rawValue: 3)
    package static let v128 = ValueType(rawValue: 4)

    /// Bytes of a value in the packed form of `call_dynamic`; nil for numbers that are no type.
    package var size: Int? {
        switch self {
        case .i32, .f32: 4
        case .i64, .f64: 8
        case .v128: 16
        default: nil
        }
    }
}
