/// Writes chunks into payload memory. What does not fit is cut so that the rest can still be read, and `isCut` is set.
/// Without memory it only counts bytes.
struct PayloadWriter {
    private let start: UnsafeMutableRawPointer?
    private let capacity: Int
    private(set) var used = 0
    private(set) var isCut = false

    init(start: UnsafeMutableRawPointer, capacity: Int) {
        self.start = start
        self.capacity = capacity
    }

    /// Counts the bytes that would be written.
    static var measuring: PayloadWriter { PayloadWriter(capacity: .max) }

    private init(capacity: Int) {
        start = nil
        self.capacity = capacity
    }

    var room: Int { capacity - used }

    @inline(__always)
    mutating func chunk(argument: UInt8, total: UInt32, _ body: (inout PayloadWriter) -> Void) {
        guard room >= PayloadChunk.headerSize else {
            isCut = true
            return
        }
        let head = used
        used += PayloadChunk.headerSize
        body(&self)
        let captured = used - head - PayloadChunk.headerSize
        store(PayloadChunk.head(argument: argument, captured: captured), at: head)
        store(total, at: head + 4)
    }

    mutating func chunk(_ note: CallNote) {
        let rule = UnsafeRawBufferPointer(rebasing: note.rule.prefix(CallNoteLayout.mostRule))
        chunk(argument: PayloadChunk.note, total: UInt32(CallNoteLayout.rule + rule.count)) { writer in
            guard writer.room >= CallNoteLayout.rule else {
                writer.isCut = true
                return
            }
            let at = writer.used
            writer.store(note.reason.rawValue, at: at + CallNoteLayout.reason)
            writer.store(note.transport.rawValue, at: at + CallNoteLayout.transport)
            writer.store(note.direction.rawValue, at: at + CallNoteLayout.direction)
            writer.store(note.addressVersion, at: at + CallNoteLayout.addressVersion)
            writer.store(note.port, at: at + CallNoteLayout.port)
            writer.store(note.address.0, at: at + CallNoteLayout.address)
            writer.store(note.address.1, at: at + CallNoteLayout.address + 8)
            writer.used += CallNoteLayout.rule
            writer.append(rule)
        }
    }

    /// As many of the bytes as there is room for.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let count = min(bytes.count, room)
        if count < bytes.count { isCut = true }
        if let start, let base = bytes.baseAddress { (start + used).copyMemory(from: base, byteCount: count) }
        used += count
    }

    /// A number whole or not at all.
    /// - Returns: whether it fitted.
    @discardableResult @inline(__always)
    mutating func append(word: UInt32) -> Bool {
        guard room >= 4 else {
            isCut = true
            return false
        }
        store(word, at: used)
        used += 4
        return true
    }

    /// One buffer of a vector: its length, how much of it follows, and that much of it. Nothing when there is no room
    /// for the numbers, so that a list always ends with a whole entry.
    /// - Returns: whether there was room for it.
    @inline(__always)
    mutating func vector(length: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard room >= 8 else {
            isCut = true
            return false
        }
        append(word: length)
        append(word: UInt32(min(bytes.count, room - 4)))
        append(bytes)
        return true
    }

    @inline(__always)
    private func store<Value>(_ value: Value, at offset: Int) {
        start?.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }
}
