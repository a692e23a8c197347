import Trace
import WasixABI

/// Writes the arguments of one call in order. Numbers, flags and results are named; what explains itself (the
/// descriptor, the path, the buffers) is not. A length that can be seen from what it measures is left out.
struct ArgumentWriter {
    private let call: CallFields
    private let objectName: (ObjectID) -> String?
    private var out: TokenWriter

    init(call: CallFields, options: DecodeOptions, objectName: @escaping (ObjectID) -> String?) {
        self.call = call
        self.objectName = objectName
        out = TokenWriter(options: options, width: call.width)
    }

    mutating func write() -> [Token] {
        out.add(.call, call.spec.name)
        out.open("(")
        for (index, argument) in call.spec.arguments.enumerated() where !isImplied(index) {
            if case .out(let scalar) = argument.kind {
                // This result stands behind the call's `=`, where C programs look for it.
                if index == call.spec.returned, call.returned != nil { continue }
                writeResult(index, argument.name, scalar)
                continue
            }
            if isNamed(argument) { out.field(argument.name) } else { out.item() }
            write(index, argument.kind)
        }
        out.close(")")
        return out.tokens
    }

    private mutating func write(_ index: Int, _ kind: ArgumentKind) {
        guard let value = call.value(index) else { return out.unknown() }
        switch kind {
        case .u8: out.number(UInt8(truncatingIfNeeded: value))
        case .u16: out.number(UInt16(truncatingIfNeeded: value))
        case .u32, .u64, .size, .pid, .tid, .function: out.number(value)
        case .i32: out.number(Int32(truncatingIfNeeded: value))
        case .i64: out.number(Int64(bitPattern: value))
        case .bool: out.bool(value)
        case .fd: writeDescriptor(index, value)
        case .signal: out.signal(value)
        case .flags(let family): out.flags(value & mask(family.width), family)
        case .constant(.epollOp): out.epollOp(value, isLinux: call.isLinuxDialect)
        case .constant(let family): out.constant(value & mask(family.width), family)
        case .nanoseconds: out.duration(value)
        case .timestamp: out.timestamp(value)
        case .pointer, .area: out.pointer(value)
        case .text, .path, .bytes, .iovecs, .dirents, .texts, .structure, .array, .out, .update:
            writeBehind(index, kind, address: value)
        }
    }

    /// What an address leads to, or the address where that was not kept.
    private mutating func writeBehind(_ index: Int, _ kind: ArgumentKind, address: UInt64) {
        guard let chunk = call.chunks.last(index) else {
            return writeEmpty(index, kind, address: address)
        }
        if address == 0 && kind.meansNoneAtZero(total: chunk.total) { return out.pointer(0) }
        switch kind {
        case .text(let direction, let length, let used), .path(let direction, let length, let used),
            .bytes(let direction, let length, let used):
            writeText(chunk, direction: direction, length: used ?? length, isName: kind.isName)
        case .iovecs(let direction, _, let used):
            if let count = eventCount(chunk, isInput: direction == .input) {
                out.open("[")
                out.number(count)
                return out.close("]")
            }
            out.vectors(
                chunk.bytes, total: Int(chunk.total), isInput: direction == .input,
                moved: call.succeeded ? call.number(used) : 0)
        case .dirents(_, let used):
            let length = call.number(used) ?? UInt64(chunk.total)
            out.dirents(chunk.bytes, isCut: UInt64(chunk.bytes.count) < length)
        case .texts:
            out.strings(chunk.bytes, total: Int(chunk.total))
        case .structure(let structKind, _):
            if let before = call.chunks.before(index) {
                out.structure(structKind, before.bytes)
                out.add(.punctuation, " => ")
            }
            writeStructure(structKind, chunk.bytes)
        case .array(let structKind, _, _, let used):
            let written = used.flatMap { call.number($0) }
            out.array(structKind, chunk.bytes, total: min(written ?? .max, UInt64(chunk.total)))
        case .update(let scalar):
            if let before = call.chunks.before(index)?.bytes.number(0, size: scalar.size(call.width)) {
                out.scalar(before, scalar)
                out.add(.punctuation, " => ")
            }
            writeScalar(index, scalar)
        default:
            out.pointer(address)
        }
    }

    private mutating func writeText(_ chunk: PayloadChunks.Chunk, direction: Direction, length: Int, isName: Bool) {
        var size = UInt64(chunk.total)
        if direction == .output, let used = call.number(length) { size = min(size, used) }
        let bytes = chunk.bytes.prefix(Int(truncatingIfNeeded: size))
        out.string(bytes, isCut: UInt64(bytes.count) < size, isName: isName)
    }

    /// The number that a read or write of eight bytes takes from an event counter or adds to it.
    private func eventCount(_ chunk: PayloadChunks.Chunk, isInput: Bool) -> UInt64? {
        guard chunk.total == 1, isInput || call.succeeded, chunk.bytes.u32(0) == 8, chunk.bytes.u32(4) == 8,
            let object = call.object(0), objectName(object) == ObjectKind.eventCounter.name
        else { return nil }
        return chunk.bytes.u64(8)
    }

    /// Nothing was kept: that is exact for an empty object, otherwise the address must do.
    private mutating func writeEmpty(_ index: Int, _ kind: ArgumentKind, address: UInt64) {
        switch kind {
        case .update(let scalar) where call.scalarResult(index, scalar) != nil:
            writeScalar(index, scalar)
        case .text, .path, .bytes:
            if address != 0 && isEmpty(kind) { out.add(.string, "\"\"") } else { out.pointer(address) }
        case .iovecs, .array, .texts, .dirents:
            if address != 0 && isEmpty(kind) { out.add(.punctuation, "[]") } else { out.pointer(address) }
        default:
            out.pointer(address)
        }
    }

    private mutating func writeStructure(_ kind: StructKind, _ bytes: GuestBytes) {
        if kind == .optionTimestamp && call.spec.family == .futex {
            out.optionTimestamp(bytes, none: "INF")
        } else {
            out.structure(kind, bytes)
        }
    }

    /// A result is named, and left out where the call failed or has not ended.
    private mutating func writeResult(_ index: Int, _ name: String, _ scalar: ScalarKind) {
        if call.scalarResult(index, scalar) == nil && !call.succeeded { return }
        out.field(name)
        writeScalar(index, scalar)
    }

    private mutating func writeScalar(_ index: Int, _ scalar: ScalarKind) {
        if let value = call.scalarResult(index, scalar) {
            out.scalar(value, scalar)
        } else {
            out.unknown()
        }
    }

    private mutating func writeDescriptor(_ index: Int, _ value: UInt64) {
        // -1 is what programs pass by mistake; as a number it would hide that.
        let fd = UInt32(truncatingIfNeeded: value)
        out.add(.fd, fd == .max ? "-1" : String(fd))
        guard out.options.namesObjects, let object = call.object(index), let name = objectName(object) else { return }
        out.add(.object, "<" + StringEscaper.plain(name) + ">")
    }

    private func isNamed(_ argument: Argument) -> Bool {
        switch argument.kind {
        case .fd, .constant, .signal, .pointer, .area, .text, .path, .bytes, .iovecs, .dirents, .texts, .array:
            false
        case .structure(let kind, let direction):
            kind == .optionTimestamp || kind == .optionPid || kind == .joinStatus
                || (kind == .addrPort && direction == .output)
        case .u8, .u16, .u32, .i32, .u64, .i64, .size, .bool, .pid, .tid, .flags, .nanoseconds, .timestamp, .function,
            .out, .update:
            true
        }
    }

    /// Whether a length only repeats what another argument shows.
    private func isImplied(_ index: Int) -> Bool {
        call.spec.arguments.enumerated().contains { position, argument in
            guard argument.kind.impliesCount(at: index) else { return false }
            return call.chunks.last(position) != nil || (call.value(position) ?? 0) != 0 && isEmpty(argument.kind)
        }
    }

    private func isEmpty(_ kind: ArgumentKind) -> Bool {
        guard let index = kind.countArgument(afterCall: call.succeeded) else { return false }
        return call.number(index) == 0
    }

    private func mask(_ width: Int) -> UInt64 {
        width >= 8 ? .max : (1 << (UInt64(width) * 8)) - 1
    }
}

extension ArgumentKind {
    /// Whether address 0 stands for "not given", whatever the memory there holds. A program that passes a length
    /// with it made a mistake, and is shown what was read.
    fileprivate func meansNoneAtZero(total: UInt32) -> Bool {
        switch self {
        case .structure: true
        default: total == 0
        }
    }

    /// Whether the argument at `index` is a length of the guest's own data, which can be seen from the data.
    fileprivate func impliesCount(at index: Int) -> Bool {
        switch self {
        case .text(.input, let length, _), .path(.input, let length, _), .bytes(.input, let length, _): length == index
        case .iovecs(_, let count, _), .texts(let count), .array(_, .input, let count, _): count == index
        default: false
        }
    }

    /// The argument that says how much there is to show.
    fileprivate func countArgument(afterCall succeeded: Bool) -> Int? {
        switch self {
        case .text(_, let length, let used), .path(_, let length, let used), .bytes(_, let length, let used):
            succeeded ? used ?? length : length
        case .array(_, let direction, let count, let used):
            direction == .input ? count : succeeded ? used ?? count : nil
        case .iovecs(_, let count, _), .texts(let count): count
        case .dirents(_, let used): succeeded ? used : nil
        default: nil
        }
    }
}
