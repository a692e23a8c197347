/// What an argument of a call was, for those who write values and no text: simple things as they are, most structures as
/// `StructFormatter` words them.
package indirect enum FieldValue: Sendable, Equatable {
    /// Not kept; or a result that the call did not leave, or has not left yet.
    case unknown
    /// A number, or an address whose target was not kept or is of no interest.
    case number(UInt64)
    case signed(Int64)
    case bool(Bool)
    /// A constant by its name, a time that never comes as `INF`, an option without a value as `NONE`.
    case constant(String)
    /// The flags that are set; bits without a name together as one hexadecimal number.
    case flags([String])
    /// The name of a file, a host or a symbol.
    case name(GuestContent)
    case buffer(GuestContent)
    /// - Parameter isCut: there are more elements than these.
    case list([FieldValue], isCut: Bool)
    /// A structure by its fields.
    case fields([Field])
    /// A structure or a network address as text: `{EPOLLIN, data=0x7}`, `127.0.0.1:80`.
    case structure(String)

    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: FieldValue
    }

    /// Whether the guest had more than is here.
    package var isCut: Bool {
        switch self {
        case .name(let content), .buffer(let content): content.isCut
        case .list(let elements, let isCut): isCut || elements.contains(where: \.isCut)
        case .unknown, .number, .signed, .bool, .constant, .flags, .fields, .structure: false
        }
    }
}

/// Bytes of the guest, as many as are shown, and how many there are.
package struct GuestContent: Sendable, Equatable {
    package var bytes: [UInt8]
    package var size: UInt64
    /// Of a buffer that a call fills: how much there is room for.
    package var capacity: UInt64?

    package init(bytes: [UInt8], size: UInt64, capacity: UInt64? = nil) {
        self.bytes = bytes
        self.size = size
        self.capacity = capacity
    }

    package var isCut: Bool { UInt64(bytes.count) < size }
}
