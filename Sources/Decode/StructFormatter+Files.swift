import WasixABI

extension TokenWriter {
    mutating func fdstat(_ bytes: GuestBytes) {
        typealias Layout = FdstatLayout
        open("{")
        field("filetype", bytes.u8(Layout.fileType)) { $0.constant(UInt64($1), .fileType) }
        field("flags", bytes.u16(Layout.flags)) { $0.flags(UInt64($1), .fdFlags) }
        field("rights_base", bytes.u64(Layout.rightsBase)) { $0.flags($1, .rights) }
        field("rights_inheriting", bytes.u64(Layout.rightsInheriting)) { $0.flags($1, .rights) }
        closeStructure(bytes, size: Layout.size)
    }

    mutating func filestat(_ bytes: GuestBytes) {
        typealias Layout = FilestatLayout
        open("{")
        if options.isVerbose {
            field("dev", number: bytes.u64(Layout.device))
            field("ino", number: bytes.u64(Layout.inode))
        }
        field("filetype", bytes.u8(Layout.fileType)) { $0.constant(UInt64($1), .fileType) }
        if options.isVerbose { field("nlink", number: bytes.u64(Layout.links)) }
        field("size", number: bytes.u64(Layout.fileSize))
        times(bytes, access: Layout.accessTime, modify: Layout.modifyTime, change: Layout.changeTime)
        closeFilestat(bytes, size: Layout.size)
    }

    mutating func filestatUnstable(_ bytes: GuestBytes) {
        typealias Layout = FilestatUnstableLayout
        open("{")
        if options.isVerbose {
            field("dev", number: bytes.u64(Layout.device))
            field("ino", number: bytes.u64(Layout.inode))
        }
        field("filetype", bytes.u8(Layout.fileType)) { $0.constant(UInt64($1), .fileType) }
        if options.isVerbose { field("nlink", number: bytes.u32(Layout.links)) }
        field("size", number: bytes.u64(Layout.fileSize))
        times(bytes, access: Layout.accessTime, modify: Layout.modifyTime, change: Layout.changeTime)
        closeFilestat(bytes, size: Layout.size)
    }

    mutating func prestat(_ bytes: GuestBytes) {
        typealias Layout = PrestatLayout
        open("{")
        field("tag", bytes.u8(Layout.tag)) { $0.constant(UInt64($1), .preopenType) }
        field("pr_name_len", number: bytes.u32(Layout.nameLength))
        closeStructure(bytes, size: Layout.size)
    }

    /// The packed entries of `fd_readdir`; the last may be cut by the guest's buffer or by the tracer.
    mutating func dirents(_ bytes: GuestBytes, isCut: Bool) {
        typealias Layout = DirentLayout
        var offset = 0
        var shown = 0
        open("[")
        while shown < options.elementLimit, let length = bytes.u32(offset + Layout.nameLength),
            let type = bytes.u8(offset + Layout.fileType), let inode = bytes.u64(offset + Layout.inode)
        {
            let name = bytes.slice(offset + Layout.size, Int(length))
            item()
            open("{")
            field("d_ino", number: inode)
            field("d_type", type) { $0.constant(UInt64($1), .fileType) }
            field("d_name", name) { $0.string($1, isCut: $1.count < Int(length)) }
            close("}")
            offset += Layout.size + Int(length)
            shown += 1
        }
        if isCut || offset < bytes.count {
            item()
            add(.note, "...")
        }
        close("]")
    }

    private mutating func times(_ bytes: GuestBytes, access: Int, modify: Int, change: Int) {
        guard options.isVerbose else { return }
        field("atim", bytes.u64(access)) { $0.timestamp($1) }
        field("mtim", bytes.u64(modify)) { $0.timestamp($1) }
        field("ctim", bytes.u64(change)) { $0.timestamp($1) }
    }

    /// The short form leaves most fields out and says so.
    private mutating func closeFilestat(_ bytes: GuestBytes, size: Int) {
        closeStructure(bytes, size: options.isVerbose ? size : bytes.count + 1)
    }
}
