import Kernel
import WasixABI

extension FileStatus {
    /// Writes a `filestat` of that form.
    func store<Form: FilestatForm>(at target: UnsafeMutableRawPointer, _ form: Form.Type) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: Form.size)
        target.storeBytes(of: device, toByteOffset: Form.device, as: UInt64.self)
        target.storeBytes(of: inode, toByteOffset: Form.inode, as: UInt64.self)
        target.storeBytes(of: type.rawValue, toByteOffset: Form.fileType, as: UInt8.self)
        target.storeBytes(of: Form.LinkCount(clamping: links), toByteOffset: Form.links, as: Form.LinkCount.self)
        target.storeBytes(of: size, toByteOffset: Form.fileSize, as: UInt64.self)
        target.storeBytes(of: accessTime, toByteOffset: Form.accessTime, as: UInt64.self)
        target.storeBytes(of: modifyTime, toByteOffset: Form.modifyTime, as: UInt64.self)
        target.storeBytes(of: changeTime, toByteOffset: Form.changeTime, as: UInt64.self)
    }
}
