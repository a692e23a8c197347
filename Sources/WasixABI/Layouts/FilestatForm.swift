/// Where a `filestat` has its fields: snapshot 0 has them elsewhere (WasixABI.docc/SnapshotZero).
public protocol FilestatForm {
    associatedtype LinkCount: FixedWidthInteger
    static var size: Int { get }
    static var device: Int { get }
    static var inode: Int { get }
    static var fileType: Int { get }
    static var links: Int { get }
    static var fileSize: Int { get }
    static var accessTime: Int { get }
    static var modifyTime: Int { get }
    static var changeTime: Int { get }
}

extension FilestatLayout: FilestatForm { public typealias LinkCount = UInt64 }
extension FilestatUnstableLayout: FilestatForm { public typealias LinkCount = UInt32 }
