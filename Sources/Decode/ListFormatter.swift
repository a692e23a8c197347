import WasixABI

extension TokenWriter {
    /// `[{"hello\n", 6}, {4096 B}]`: each buffer's bytes and size, or its size alone where it holds nothing new.
    /// - Parameters:
    ///   - bytes: entries of (length, captured, captured bytes).
    ///   - total: how many buffers there are.
    ///   - moved: bytes the call transferred, which is how much of an output buffer counts.
    mutating func vectors(_ bytes: GuestBytes, total: Int, isInput: Bool, moved: UInt64?) {
        var offset = 0
        var shown = 0
        var rest = moved ?? .max
        open("[")
        while shown < options.elementLimit, let length = bytes.u32(offset), let captured = bytes.u32(offset + 4) {
            let kept = bytes.slice(offset + 8, Int(captured))
            let valid = isInput ? UInt64(length) : min(UInt64(length), rest)
            let content = kept.prefix(Int(truncatingIfNeeded: valid))
            item()
            vector(content, length: length, isCut: UInt64(content.count) < valid)
            rest -= min(rest, UInt64(length))
            offset += 8 + Int(captured)
            shown += 1
        }
        if shown < total {
            item()
            add(.note, "...")
        }
        close("]")
    }

    private mutating func vector(_ content: GuestBytes, length: UInt32, isCut: Bool) {
        guard content.count > 0 else {
            number(length)
            add(.punctuation, " B")
            return
        }
        open("{")
        item()
        string(content, isCut: isCut)
        item()
        number(length)
        close("}")
    }

    /// `["sh", "-c", "ls"]` from entries of (length or `UInt32.max`, captured, captured bytes).
    mutating func strings(_ bytes: GuestBytes, total: Int) {
        var offset = 0
        var shown = 0
        open("[")
        while shown < min(total, options.elementLimit), let length = bytes.u32(offset),
            let captured = bytes.u32(offset + 4)
        {
            let text = bytes.slice(offset + 8, Int(captured))
            item()
            string(text, isCut: text.count < Int(length))
            offset += 8 + Int(captured)
            shown += 1
        }
        if shown < total {
            item()
            add(.note, "...")
        }
        close("]")
    }

    /// `[{...}, {...}]`, elements of one kind side by side.
    mutating func array(_ kind: StructKind, _ bytes: GuestBytes, total: UInt64) {
        let stride = kind.size(width)
        let kept = (bytes.count + stride - 1) / stride
        let shown = Int(min(total, UInt64(min(kept, options.elementLimit))))
        open("[")
        for index in 0..<shown {
            item()
            structure(kind, bytes.slice(index * stride, stride))
        }
        if UInt64(shown) < total {
            item()
            add(.note, "...")
        }
        close("]")
    }

    /// A single value the call left behind a pointer.
    mutating func scalar(_ value: UInt64, _ kind: ScalarKind) {
        switch kind {
        case .u8, .u16, .u32, .u64, .size, .pid, .tid, .function: number(value)
        case .bool: bool(value)
        case .fd: add(.fd, String(value))
        case .timestamp: timestamp(value)
        case .pointer: pointer(value)
        case .flags(let family): flags(value, family)
        case .constant(let family): constant(value, family)
        }
    }
}
