import WasixABI

extension TokenWriter {
    mutating func subscription(_ bytes: GuestBytes, isUnstable: Bool) {
        typealias Layout = SubscriptionLayout
        typealias Old = SubscriptionUnstableLayout
        open("{")
        field("userdata", bytes.u64(Layout.userData)) { $0.hex($1) }
        let type = bytes.u8(Layout.tag)
        field("type", type) { $0.constant(UInt64($1), .eventType) }
        if type.map(EventType.init(rawValue:)) == .clock {
            field("id", bytes.u32(isUnstable ? Old.clock : Layout.clock)) { $0.constant(UInt64($1), .clock) }
            field("timeout", bytes.u64(isUnstable ? Old.timeout : Layout.timeout)) { $0.duration($1) }
            field("flags", bytes.u16(isUnstable ? Old.flags : Layout.flags)) { $0.flags(UInt64($1), .subclockFlags) }
        } else {
            field("fd", bytes.u32(Layout.fd)) { $0.add(.fd, String($1)) }
        }
        closeStructure(bytes, size: isUnstable ? Old.size : Layout.size)
    }

    mutating func event(_ bytes: GuestBytes) {
        typealias Layout = EventLayout
        open("{")
        field("userdata", bytes.u64(Layout.userData)) { $0.hex($1) }
        if let error = bytes.u16(Layout.error), error != Errno.success.rawValue {
            field("error")
            errno(UInt64(error))
        }
        let type = bytes.u8(Layout.type)
        field("type", type) { $0.constant(UInt64($1), .eventType) }
        if let type, EventType(rawValue: type) != .clock {
            field("nbytes", number: bytes.u64(Layout.byteCount))
            field("flags", bytes.u16(Layout.flags)) { $0.flags(UInt64($1), .eventRwFlags) }
        }
        closeStructure(bytes, size: Layout.size)
    }

    /// `{EPOLLIN|EPOLLET, data=0x7}`. The user data has four members, of which programs and libc fill some: one is
    /// shown where all that are filled agree, else each, since it is uncertain what the program will find.
    mutating func epollEvent(_ bytes: GuestBytes) {
        typealias Narrow = EpollEventLayout
        typealias Wide = EpollEventLayout64
        let isWide = width == .bits64
        open("{")
        if let events = bytes.u32(Narrow.events) {
            item()
            flags(UInt64(events), .epollEvents)
        }
        guard let pointer = bytes.number(Narrow.pointer, size: width.rawValue),
            let fd = bytes.u32(isWide ? Wide.fd : Narrow.fd), let data1 = bytes.u32(isWide ? Wide.data1 : Narrow.data1),
            let data = bytes.u64(Narrow.data2)
        else { return closeStructure(bytes, size: Narrow.size) }
        let filled = [pointer, UInt64(fd), UInt64(data1), data].filter { $0 != 0 }
        let widest = filled.max() ?? 0
        // `fd` may hold the descriptor's number while the other members agree on something else.
        let others = [pointer, UInt64(data1), data].filter { $0 != 0 }
        let agrees = { (values: [UInt64]) in
            let most = values.max() ?? 0
            return values.allSatisfy { $0 == most || $0 == most & 0xffff_ffff }
        }
        if agrees(filled) || (data != 0 && others.count > 1 && agrees(others)) {
            field("data")
            hex(data != 0 ? data : widest)
        } else {
            field("data", data) { $0.hex($1) }
            field("ptr", pointer) { $0.hex($1) }
            field("fd", number: fd)
            field("data1", UInt64(data1)) { $0.hex($1) }
        }
        closeStructure(bytes, size: Narrow.size)
    }
}
