/// What a seek offset is relative to.
package struct Whence: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let set = Whence(rawValue: 0)
    package static let current = Whence(rawValue: 1)
    package static let end = Whence(rawValue: 2)

    /// From snapshot 0's numbering: 0 current, 1 end, 2 set. Nil for other numbers.
    package init?(unstable rawValue: UInt8) {
        switch rawValue {
        case 0: self = .current
        case 1: self = .end
        case 2: self = .set
        default: return nil
        }
    }
}

/// How a file is going to be read.
package struct Advice: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let normal = Advice(rawValue: 0)
    package static let sequential = Advice(rawValue: 1)
    package static let random = Advice(rawValue: 2)
    package static let willNeed = Advice(rawValue: 3)
    package static let dontNeed = Advice(rawValue: 4)
    package static let noReuse = Advice(rawValue: 5)
}
