/// What a descriptor or a directory entry is. Pipes, eventfds and epoll instances have no value: `unknown`.
public struct FileType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let unknown = FileType(rawValue: 0)
    public static let blockDevice = FileType(rawValue: 1)
    public static let characterDevice = FileType(rawValue: 2)
    public static let directory = FileType(rawValue: 3)
    public static let regularFile = FileType(rawValue: 4)
    public static let socketDatagram = FileType(rawValue: 5)
    public static let socketStream = FileType(rawValue: 6)
    public static let symbolicLink = FileType(rawValue: 7)
    /// WASIX
    public static let socketRaw = FileType(rawValue: 8)
    /// WASIX
    public static let socketSeqpacket = FileType(rawValue: 9)
}

/// The tag of a `prestat`.
public struct PreopenType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let directory = PreopenType(rawValue: 0)
}
