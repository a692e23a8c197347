import Foundation

/// A parsed JSON text.
package enum JsonValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case fraction(Double)
    case string(String)
    case array([JsonValue])
    case object([String: JsonValue])

    package init(parsing text: some StringProtocol) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
    }

    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let number as NSNumber:
            // The C type that it was made from tells true from 1.
            switch UInt8(bitPattern: number.objCType.pointee) {
            case UInt8(ascii: "c"): self = .bool(number.boolValue)
            case UInt8(ascii: "d"): self = .fraction(number.doubleValue)
            default: self = .integer(number.int64Value)
            }
        case let elements as [Any]: self = .array(elements.map { JsonValue($0) })
        case let members as [String: Any]: self = .object(members.mapValues { JsonValue($0) })
        default: self = .null
        }
    }

    /// A member; nil when there is none, or this is no object.
    package subscript(name: String) -> JsonValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// An element; nil when there is none, or this is no array.
    package subscript(index: Int) -> JsonValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    package var members: [String: JsonValue]? { if case .object(let members) = self { members } else { nil } }
    package var elements: [JsonValue]? { if case .array(let elements) = self { elements } else { nil } }
}

extension JsonValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JsonValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JsonValue)...) {
        self = .object(Dictionary(uniqueKeysWithValues: elements))
    }
}
