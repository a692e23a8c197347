/// What a descriptor or a directory entry is. Pipes, eventfds and epoll instances have no value: `unknown`.
package struct FileType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let unknown = FileType(rawValue: 0)
    package static let blockDevice = FileType(rawValue: 1)
    package static let characterDevice = FileType(rawValue: 2)
    package static let directory = FileType(rawValue: 3)
    package static let regularFile = FileType(rawValue: 4)
    package static let socketDatagram = FileType(rawValue: 5)
    package static let socketStream = FileType(rawValue: 6)
    package static let symbolicLink = FileType(rawValue: 7)
    /// WASIX
    package static let socketRaw = FileType(rawValue: 8)
    /// WASIX
    package static let socketSeqpacket = FileType(rawValue: 9)
}

/// The tag of a `prestat`.
package struct PreopenType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let directory = PreopenType(rawValue: 0)
}
