import WasixABI

extension TokenWriter {
    /// `EPOLLIN|EPOLLET`; `0` for none; bits without a name as `0x100 /* ??? */`.
    mutating func flags(_ value: UInt64, _ family: FlagFamily) {
        styled(value, isHex: true) { writer in
            if family == .rights { return writer.rights(value) }
            writer.names(value, family)
        }
    }

    /// The name of a constant; a number without one as `9 /* ??? */`.
    mutating func constant(_ value: UInt64, _ family: ConstantFamily) {
        if let name = options.name(value, family.names) {
            styled(value) { $0.add(.flag, name) }
        } else {
            number(value)
            if options.constantStyle != .numbers { add(.note, " /* ??? */") }
        }
    }

    /// A value in the chosen style: what `name` writes, the number, or the number with the name as a comment.
    private mutating func styled(_ value: UInt64, isHex: Bool = false, _ name: (inout TokenWriter) -> Void) {
        if options.constantStyle == .names { return name(&self) }
        if isHex && value != 0 { hex(value) } else { number(value) }
        guard options.constantStyle == .both, !isHex || value != 0 else { return }
        add(.note, " /* ")
        name(&self)
        add(.note, " */")
    }

    /// The operation of `epoll_ctl`. 3 exists in Linux's numbering only.
    mutating func epollOp(_ value: UInt64, isLinux: Bool) {
        let linuxToWire: [UInt64: UInt64] = [1: 0, 2: 2, 3: 1]
        let wire = isLinux || value == 3 ? linuxToWire[value] : value
        if let wire {
            constant(wire, .epollOp)
        } else {
            number(value)
            add(.note, " /* ??? */")
        }
    }

    mutating func errno(_ value: UInt64) {
        let errno = Errno(rawValue: UInt16(truncatingIfNeeded: value))
        styled(value) { $0.add(errno.tokenKind, errno.name) }
    }

    mutating func signal(_ value: UInt64) {
        styled(value) { $0.add(.flag, Signal(rawValue: UInt8(truncatingIfNeeded: value)).name) }
    }

    private mutating func names(_ value: UInt64, _ family: FlagFamily) {
        var rest = value
        var isFirst = true
        for entry in family.names.entries where rest & entry.value != 0 {
            rest &= ~entry.value
            if !isFirst { add(.punctuation, "|") }
            isFirst = false
            add(.flag, options.name(entry.value, family.names) ?? entry.name)
        }
        if rest != 0 {
            if !isFirst { add(.punctuation, "|") }
            hex(rest)
            add(.note, " /* ??? */")
        } else if isFirst {
            number(0)
        }
    }

    /// Rights come as nearly all or a few: guests ask for "all but" by inverting a mask, so unknown high bits say
    /// nothing and are left out when most known ones are set.
    private mutating func rights(_ value: UInt64) {
        let known = Rights.known.rawValue
        let missing = known & ~value
        if missing == 0 {
            add(.flag, "ALL")
        } else if missing.nonzeroBitCount <= 12 {
            add(.punctuation, "~(")
            names(missing, .rights)
            add(.punctuation, ")")
        } else {
            names(value, .rights)
        }
    }
}

extension DecodeOptions {
    /// A name in the chosen style.
    func name(_ value: UInt64, _ table: NameTable) -> String? {
        nameStyle == .full ? table.name(of: value) : table.shortName(of: value)
    }
}
