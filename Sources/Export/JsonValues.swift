import Decode

extension JsonWriter {
    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: UInt64) {
        key(name)
        number(value)
    }

    /// An argument of a call.
    mutating func value(_ value: FieldValue) {
        switch value {
        case .unknown: null()
        case .number(let number): self.number(number)
        case .signed(let number): self.number(number)
        case .bool(let value): bool(value)
        case .constant(let text), .structure(let text): string(text)
        case .flags(let names): array { for name in names { $0.string(name) } }
        case .name(let content): text(content.bytes)
        case .buffer(let content): buffer(content)
        case .fields(let fields):
            object { out in
                for field in fields {
                    out.key(field.name)
                    out.value(field.value)
                }
            }
        case .list(let elements, _): array { for element in elements { $0.value(element) } }
        }
    }

    /// A name: a string, or an object with the bytes of one that is not UTF-8.
    mutating func text(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) { return string(text) }
        object { out in
            out.key("base64")
            out.base64(bytes)
        }
    }

    private mutating func buffer(_ content: GuestContent) {
        object { out in
            if let text = Self.text(content) {
                out.member("text", text)
            } else {
                out.key("base64")
                out.base64(content.bytes)
            }
            out.member("size", content.size)
            if let capacity = content.capacity { out.member("capacity", capacity) }
        }
    }

    /// The bytes as text, without the beginning of a character whose end was cut off; nil when they are not UTF-8.
    private static func text(_ content: GuestContent) -> String? {
        if let text = String(validating: content.bytes, as: UTF8.self) { return text }
        guard content.isCut else { return nil }
        // A character has at most four bytes, of which the first says how many, and only the others begin with 10.
        let tail = content.bytes.suffix(3).reversed().prefix { $0 & 0xc0 == 0x80 }.count + 1
        guard tail <= 3, let first = content.bytes.dropLast(tail - 1).last else { return nil }
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
        return length > tail ? String(validating: content.bytes.dropLast(tail), as: UTF8.self) : nil
    }
}
