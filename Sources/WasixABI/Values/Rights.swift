/// What may be done with a descriptor. Guests ask for "all but" by inverting a mask, so unknown high bits are accepted;
/// `known` is what we grant and report.
package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let fdDatasync = Rights(rawValue: 1 << 0)
    package static let fdRead = Rights(rawValue: 1 << 1)
    package static let fdSeek = Rights(rawValue: 1 << 2)
    package static let fdFdstatSetFlags = Rights(rawValue: 1 << 3)
    package static let fdSync = Rights(rawValue: 1 << 4)
    package static let fdTell = Rights(rawValue: 1 << 5)
    package static let fdWrite = Rights(rawValue: 1 << 6)
    package static let fdAdvise = Rights(rawValue: 1 << 7)
    package static let fdAllocate = Rights(rawValue: 1 << 8)
    package static let pathCreateDirectory = Rights(rawValue: 1 << 9)
    package static let pathCreateFile = Rights(rawValue: 1 << 10)
    package static let pathLinkSource = Rights(rawValue: 1 << 11)
    package static let pathLinkTarget = Rights(rawValue: 1 << 12)
    package static let pathOpen = Rights(rawValue: 1 << 13)
    package static let fdReaddir = Rights(rawValue: 1 << 14)
    package static let pathReadlink = Rights(rawValue: 1 << 15)
    package static let pathRenameSource = Rights(rawValue: 1 << 16)
    package static let pathRenameTarget = Rights(rawValue: 1 << 17)
    package static let pathFilestatGet = Rights(rawValue: 1 << 18)
    package static let pathFilestatSetSize = Rights(rawValue: 1 << 19)
    package static let pathFilestatSetTimes = Rights(rawValue: 1 << 20)
    package static let fdFilestatGet = Rights(rawValue: 1 << 21)
    package static let fdFilestatSetSize = Rights(rawValue: 1 << 22)
    package static let fdFilestatSetTimes = Rights(rawValue: 1 << 23)
    package static let pathSymlink = Rights(rawValue: 1 << 24)
    package static let pathRemoveDirectory = Rights(rawValue: 1 << 25)
    package static let pathUnlinkFile = Rights(rawValue: 1 << 26)
    package static let pollFdReadwrite = Rights(rawValue: 1 << 27)
    package static let sockShutdown = Rights(rawValue: 1 << 28)
    package static let sockAccept = Rights(rawValue: 1 << 29)
    package static let sockConnect = Rights(rawValue: 1 << 30)
    package static let sockListen = Rights(rawValue: 1 << 31)
    package static let sockBind = Rights(rawValue: 1 << 32)
    package static let sockRecv = Rights(rawValue: 1 << 33)
    package static let sockSend = Rights(rawValue: 1 << 34)
    package static let sockAddrLocal = Rights(rawValue: 1 << 35)
    package static let sockAddrRemote = Rights(rawValue: 1 << 36)
    package static let sockRecvFrom = Rights(rawValue: 1 << 37)
    package static let sockSendTo = Rights(rawValue: 1 << 38)

    /// Every right that has a name: bits 0-38.
    package static let known = Rights(rawValue: (1 << 39) - 1)
}
