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

    /// The short form leaves most fields out and says so.
    mutating func filestat<Form: FilestatForm>(_ bytes: GuestBytes, _ form: Form.Type) {
        open("{")
        if options.isVerbose {
            field("dev", number: bytes.u64(Form.device))
            field("ino", number: bytes.u64(Form.inode))
        }
        field("filetype", bytes.u8(Form.fileType)) { $0.constant(UInt64($1), .fileType) }
        if options.isVerbose {
            field("nlink", number: bytes.number(Form.links, size: MemoryLayout<Form.LinkCount>.size))
        }
        field("size", number: bytes.u64(Form.fileSize))
        if options.isVerbose {
            field("atim", bytes.u64(Form.accessTime)) { $0.timestamp($1) }
            field("mtim", bytes.u64(Form.modifyTime)) { $0.timestamp($1) }
            field("ctim", bytes.u64(Form.changeTime)) { $0.timestamp($1) }
        }
        closeStructure(bytes, size: options.isVerbose ? Form.size : bytes.count + 1)
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
}
