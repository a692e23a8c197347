import Trace
import WasixABI

extension CallFields {
    /// An argument as a value: what was passed, or for a pointer what it leads to. Of any index and any bytes.
    package func fieldValue(_ index: Int, options: DecodeOptions = DecodeOptions()) -> FieldValue {
        guard spec.arguments.indices.contains(index) else { return .unknown }
        return FieldReader(call: self, options: options).value(index, spec.arguments[index].kind)
    }

    /// `no rule allows tcp out 10.0.0.1:80`: why the sandbox refused the call; nil when it did not.
    package var refusal: String? {
        guard let bytes = chunks.note else { return nil }
        var out = TokenWriter(options: DecodeOptions())
        out.callNote(bytes)
        let text = out.tokens.text
        return text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
    }
}

/// Reads arguments of one call as values. What `ArgumentWriter` is for text.
private struct FieldReader {
    let call: CallFields
    let options: DecodeOptions

    func value(_ index: Int, _ kind: ArgumentKind) -> FieldValue {
        if let scalar = kind.scalarResult {
            return call.scalarResult(index, scalar).map { self.scalar($0, scalar) } ?? .unknown
        }
        guard let value = call.value(index) else { return .unknown }
        switch kind {
        case .u8: return .number(value & 0xff)
        case .u16: return .number(value & 0xffff)
        case .u32, .u64, .size, .pid, .tid, .function, .timestamp, .pointer, .area: return .number(value)
        case .i32: return .signed(Int64(Int32(truncatingIfNeeded: value)))
        case .i64: return .signed(Int64(bitPattern: value))
        case .bool: return bool(value)
        case .fd: return descriptor(value)
        case .signal: return signal(value)
        case .flags(let family): return flags(value, family)
        case .constant(.epollOp): return named(value) { $0.epollOp(value, isLinux: call.isLinuxDialect) }
        case .constant(let family): return constant(value, family)
        case .nanoseconds: return duration(value)
        case .text, .path, .bytes, .iovecs, .dirents, .texts, .structure, .array, .out, .update:
            return call.chunks.last(index).map { target($0, kind, address: value) } ?? .number(value)
        }
    }

    /// What an address leads to.
    private func target(_ chunk: PayloadChunks.Chunk, _ kind: ArgumentKind, address: UInt64) -> FieldValue {
        switch kind {
        case .text(let direction, let length, let used), .path(let direction, let length, let used),
            .bytes(let direction, let length, let used):
            if address == 0 && chunk.total == 0 { return .number(0) }
            let moved = direction == .output ? call.number(used ?? length) : nil
            let content = content(chunk.bytes, size: min(UInt64(chunk.total), moved ?? .max))
            return kind.isName ? .name(content) : .buffer(content)
        case .iovecs(let direction, _, let used):
            let moved = call.succeeded ? call.number(used) ?? .max : 0
            return vectors(chunk, moved: direction == .input ? nil : moved)
        case .texts: return strings(chunk)
        case .dirents(_, let used): return entries(chunk, length: call.number(used) ?? UInt64(chunk.total))
        case .array(let kind, _, _, let used):
            return array(kind, chunk, count: min(used.flatMap { call.number($0) } ?? .max, UInt64(chunk.total)))
        // A structure that is not given, whatever the memory at address 0 holds.
        case .structure where address == 0: return .number(0)
        case .structure(let kind, _): return structure(kind, chunk.bytes)
        default: return .number(address)
        }
    }

    // MARK: values

    private func scalar(_ value: UInt64, _ kind: ScalarKind) -> FieldValue {
        switch kind {
        case .u8, .u16, .u32, .u64, .size, .pid, .tid, .function, .timestamp, .pointer: .number(value)
        case .bool: bool(value)
        case .fd: descriptor(value)
        case .flags(let family): flags(value, family)
        case .constant(let family): constant(value, family)
        }
    }

    private func bool(_ value: UInt64) -> FieldValue { value < 2 ? .bool(value == 1) : .number(value) }

    /// -1 is what programs pass by mistake.
    private func descriptor(_ value: UInt64) -> FieldValue {
        value & 0xffff_ffff == 0xffff_ffff ? .signed(-1) : .number(value & 0xffff_ffff)
    }

    private func duration(_ nanoseconds: UInt64) -> FieldValue {
        nanoseconds < 1 << 63 ? .number(nanoseconds) : .constant("INF")
    }

    private func signal(_ value: UInt64) -> FieldValue {
        let signal = value & 0xff
        return signal == 0 ? .number(0) : named(signal) { $0.signal(signal) }
    }

    private func constant(_ value: UInt64, _ family: ConstantFamily) -> FieldValue {
        let value = masked(value, family.width)
        return named(value) { $0.constant(value, family) }
    }

    /// The name that `write` finds for a value; the number where there is none or numbers are asked for.
    private func named(_ value: UInt64, _ write: (inout TokenWriter) -> Void) -> FieldValue {
        var out = TokenWriter(options: options)
        write(&out)
        guard let token = out.tokens.first else { return .number(value) }
        return token.kind == .flag ? .constant(token.text) : .number(UInt64(token.text) ?? value)
    }

    private func flags(_ value: UInt64, _ family: FlagFamily) -> FieldValue {
        var rest = masked(value, family.width)
        guard options.constantStyle == .names else { return .number(rest) }
        var names: [String] = []
        for entry in family.names.entries where rest & entry.value != 0 {
            rest &= ~entry.value
            names.append(options.name(entry.value, family.names) ?? entry.name)
        }
        if rest != 0 { names.append("0x" + String(rest, radix: 16)) }
        return .flags(names)
    }

    private func structure(_ kind: StructKind, _ bytes: GuestBytes) -> FieldValue {
        switch kind {
        case .epollEvent: epollEvent(bytes)
        case .optionTimestamp: optionTimestamp(bytes)
        case .optionPid: optionPid(bytes)
        default: .structure(text { $0.structure(kind, bytes) })
        }
    }

    /// With the user data's four members as they are: which of them programs fill differs.
    private func epollEvent(_ bytes: GuestBytes) -> FieldValue {
        typealias Narrow = EpollEventLayout
        typealias Wide = EpollEventLayout64
        let isWide = call.width == .bits64
        let members = [
            ("data", bytes.u64(Narrow.data2)), ("ptr", bytes.number(Narrow.pointer, size: call.width.rawValue)),
            ("fd", bytes.number(isWide ? Wide.fd : Narrow.fd, size: 4)),
            ("data1", bytes.number(isWide ? Wide.data1 : Narrow.data1, size: 4)),
        ]
        let events = bytes.u32(Narrow.events).map { flags(UInt64($0), .epollEvents) } ?? .unknown
        return .fields(
            [FieldValue.Field(name: "events", value: events)]
                + members.map { FieldValue.Field(name: $0, value: $1.map { .number($0) } ?? .unknown) })
    }

    private func optionTimestamp(_ bytes: GuestBytes) -> FieldValue {
        switch (bytes.u8(OptionTimestampLayout.tag), bytes.u64(OptionTimestampLayout.value)) {
        case (0, _): .constant(call.spec.family == .futex ? "INF" : "NONE")
        case (1, let value?): duration(value)
        default: .structure(text { $0.optionTimestamp(bytes, none: "NONE") })
        }
    }

    private func optionPid(_ bytes: GuestBytes) -> FieldValue {
        switch (bytes.u8(OptionPidLayout.tag), bytes.u32(OptionPidLayout.pid)) {
        case (0, _): .constant("NONE")
        case (1, let pid?): .number(UInt64(pid))
        case (let tag, let pid): .structure(text { $0.option(tag, pid) })
        }
    }

    private func masked(_ value: UInt64, _ width: Int) -> UInt64 {
        width >= 8 ? value : value & (1 << (UInt64(width) * 8) - 1)
    }

    private func text(_ write: (inout TokenWriter) -> Void) -> String {
        var out = TokenWriter(options: options, width: call.width)
        write(&out)
        return out.tokens.text
    }

    // MARK: what lies in memory

    private func content(_ bytes: GuestBytes, size: UInt64, capacity: UInt64? = nil) -> GuestContent {
        let shown = min(size, UInt64(bytes.count))
        return GuestContent(bytes: bytes.prefix(Int(shown)).array, size: size, capacity: capacity)
    }

    /// - Parameter moved: bytes that the call put into output buffers; nil for input.
    private func vectors(_ chunk: PayloadChunks.Chunk, moved: UInt64?) -> FieldValue {
        var rest = moved ?? .max
        return pieces(chunk) { length, kept in
            let filled = min(UInt64(length), rest)
            rest -= filled
            return .buffer(content(kept, size: filled, capacity: moved == nil ? nil : UInt64(length)))
        }
    }

    private func strings(_ chunk: PayloadChunks.Chunk) -> FieldValue {
        pieces(chunk) { length, kept in
            // Nothing tells the length of a string that was cut: it is longer than what was kept.
            let size = length == .max ? UInt64(kept.count) + 1 : UInt64(length)
            return .name(content(kept, size: size))
        }
    }

    /// Entries of (length, captured, captured bytes).
    private func pieces(_ chunk: PayloadChunks.Chunk, _ element: (UInt32, GuestBytes) -> FieldValue) -> FieldValue {
        let bytes = chunk.bytes
        var elements: [FieldValue] = []
        var offset = 0
        while elements.count < min(Int(chunk.total), options.elementLimit), let length = bytes.u32(offset),
            let captured = bytes.u32(offset + 4)
        {
            elements.append(element(length, bytes.slice(offset + 8, Int(captured))))
            offset += 8 + Int(captured)
        }
        return .list(elements, isCut: elements.count < Int(chunk.total))
    }

    private func array(_ kind: StructKind, _ chunk: PayloadChunks.Chunk, count: UInt64) -> FieldValue {
        let stride = kind.size(call.width)
        let kept = (chunk.bytes.count + stride - 1) / stride
        let shown = Int(min(count, UInt64(min(kept, options.elementLimit))))
        let elements = (0..<shown).map { position in
            structure(kind, chunk.bytes.slice(position * stride, stride))
        }
        return .list(elements, isCut: UInt64(shown) < count)
    }

    /// The packed entries of `fd_readdir`, by their names alone.
    private func entries(_ chunk: PayloadChunks.Chunk, length: UInt64) -> FieldValue {
        typealias Layout = DirentLayout
        let bytes = chunk.bytes
        var elements: [FieldValue] = []
        var offset = 0
        while offset < bytes.count, let size = bytes.u32(offset + Layout.nameLength) {
            let name = bytes.slice(offset + Layout.size, Int(size))
            guard offset + Layout.size <= bytes.count else { break }
            elements.append(.name(content(name, size: UInt64(size))))
            offset += Layout.size + Int(size)
        }
        return .list(elements, isCut: UInt64(bytes.count) < length || offset != bytes.count)
    }
}
