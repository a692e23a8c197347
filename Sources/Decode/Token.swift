/// A piece of decoded text with the role it plays, so that screens colour what text files print plainly.
package struct Token: Hashable, Sendable {
    package enum Kind: Sendable, CaseIterable {
        /// The name of a call.
        case call
        /// The name of an argument or a field.
        case argument
        case number
        /// Quoted guest bytes, and network addresses.
        case string
        /// A named flag or constant.
        case flag
        case fd
        /// What a descriptor stands for: `<tcp 127.0.0.1:41822>`.
        case object
        /// A guest address.
        case pointer
        case duration
        /// An error that is part of normal operation: try again, interrupted, in progress.
        case softError
        case hardError
        case punctuation
        /// What is not part of the guest's data: `/* ??? */`, `...`, lines about threads and losses.
        case note
    }

    package var kind: Kind
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

extension [Token] {
    /// The plain line.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 8)
        for token in self { bytes += token.text.utf8 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
