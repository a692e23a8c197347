import Kernel
import WasixABI

extension FileStatus {
    /// Writes a `filestat` (64 bytes).
    func store(at target: UnsafeMutableRawPointer) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: FilestatLayout.size)
        target.storeBytes(of: device, toByteOffset: FilestatLayout.device, as: UInt64.self)
        target.storeBytes(of: inode, toByteOffset: FilestatLayout.inode, as: UInt64.self)
        target.storeBytes(of: type.rawValue, toByteOffset: FilestatLayout.fileType, as: UInt8.self)
        target.storeBytes(of: links, toByteOffset: FilestatLayout.links, as: UInt64.self)
        target.storeBytes(of: size, toByteOffset: FilestatLayout.fileSize, as: UInt64.self)
        target.storeBytes(of: accessTime, toByteOffset: FilestatLayout.accessTime, as: UInt64.self)
        target.storeBytes(of: modifyTime, toByteOffset: FilestatLayout.modifyTime, as: UInt64.self)
        target.storeBytes(of: changeTime, toByteOffset: FilestatLayout.changeTime, as: UInt64.self)
    }
}
