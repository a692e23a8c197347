/// What a seek offset is relative to.
public struct Whence: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let set = Whence(rawValue: 0)
    public static let current = Whence(rawValue: 1)
    public static let end = Whence(rawValue: 2)

    /// From snapshot 0's numbering: 0 current, 1 end, 2 set. Nil for other numbers.
    public init?(unstable rawValue: UInt8) {
        switch rawValue {
        case 0: self = .current
        case 1: self = .end
        case 2: self = .set
        default: return nil
        }
    }
}

/// How a file is going to be read.
public struct Advice: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let normal = Advice(rawValue: 0)
    public static let sequential = Advice(rawValue: 1)
    public static let random = Advice(rawValue: 2)
    public static let willNeed = Advice(rawValue: 3)
    public static let dontNeed = Advice(rawValue: 4)
    public static let noReuse = Advice(rawValue: 5)
}
