import Glibc
import Kernel
import WasixABI

/// Reads what a call of exec or spawn says about the program: guest memory in, a request out. Bounded, whatever the guest
/// says (Linux: E2BIG of execve(2)).
struct ProgramReader {
    /// How a call passes its lists of strings.
    enum Form {
        /// One text with a line for each. An empty string cannot be passed so.
        case lines
        /// An array of addresses, each of a string with a NUL behind it.
        case pointers
    }

    /// A string with its NUL (MAX_ARG_STRLEN).
    private static let longest: UInt64 = 128 << 10
    /// All strings with their NULs and a host's pointer for each: a quarter of the usual limit of a stack.
    private static let mostBytes: UInt64 = 2 << 20
    private static let bytesBeside: UInt64 = 8 + 1

    private let call: Call
    private let thread: GuestThread
    private let form: Form
    private var room = Self.mostBytes

    init(_ call: Call, _ thread: GuestThread, _ form: Form) {
        self.call = call
        self.thread = thread
        self.form = form
    }

    /// The program that a call asks for, by the positions of its arguments; the name is always the first.
    /// - Parameter search: whether to search, and after that where.
    /// - Throws: FAULT, NAMETOOLONG, TOOBIG; INVAL for a line of the environment that is no assignment.
    mutating func request(arguments: Int, environment: Int? = nil, search: Int? = nil) throws(Errno) -> ProgramRequest {
        let name = try PathCalls.text(0, call, thread)
        var strings = try list(arguments)
        if strings.isEmpty { strings = [name] }
        return ProgramRequest(
            name: name, arguments: strings, environment: try settings(environment), searchPath: try searchPath(search))
    }

    private mutating func settings(_ index: Int?) throws(Errno) -> [[UInt8]] {
        guard let index, call.pointer(index) != .null else { return thread.image.environment }
        let strings = try list(index)
        guard form == .pointers || strings.allSatisfy({ $0.contains(UInt8(ascii: "=")) }) else { throw .inval }
        return strings
    }

    /// The older calls do not say whether to search: a plain name means a file of the working directory, else a command.
    private func searchPath(_ index: Int?) throws(Errno) -> [UInt8]? {
        guard let index else { return Array(":".utf8) + ProgramRequest.usualSearchPath }
        guard call.u8(index) != 0 else { return nil }
        guard call.pointer(index + 1) != .null else { return ProgramRequest.usualSearchPath }
        guard call.size(index + 2) < Self.longest else { throw .toobig }
        return try thread.memory.bytes(call.pointer(index + 1), call.size(index + 2))
    }

    // MARK: lists

    /// The list whose address is argument `index` and whose size is the next one.
    private mutating func list(_ index: Int) throws(Errno) -> [[UInt8]] {
        switch form {
        case .lines: try lines(index)
        case .pointers: try strings(index)
        }
    }

    /// Lines end with a line feed or a carriage return; empty ones do not count.
    mutating func lines(_ index: Int) throws(Errno) -> [[UInt8]] {
        guard call.size(index + 1) > 0 else { return [] }
        guard call.size(index + 1) <= Self.mostBytes else { throw .toobig }
        let text = try thread.memory.bytes(call.pointer(index), call.size(index + 1))
        let lines = text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        for line in lines { try take(UInt64(line.count)) }
        return lines.map { Array($0) }
    }

    private mutating func strings(_ index: Int) throws(Errno) -> [[UInt8]] {
        let count = call.size(index + 1)
        guard count <= Self.mostBytes / Self.bytesBeside else { throw .toobig }
        let width = call.isWide ? 8 : 4
        _ = try thread.memory.range(call.pointer(index), count * UInt64(width))
        var strings: [[UInt8]] = []
        for position in 0..<Int(count) {
            let address = try thread.memory.loadSize(call.pointer(index) + position * width, call)
            let string = try string(at: GuestPointer(rawValue: address))
            try take(UInt64(string.count))
            strings.append(string)
        }
        return strings
    }

    private func string(at pointer: GuestPointer) throws(Errno) -> [UInt8] {
        guard pointer != .null else { throw .fault }
        let reach = min(thread.memory.bytesLeft(from: pointer), Self.longest)
        let start = try thread.memory.range(pointer, reach)
        guard let end = memchr(start, 0, Int(reach)) else { throw reach == Self.longest ? .toobig : .fault }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: end - start))
    }

    private mutating func take(_ count: UInt64) throws(Errno) {
        guard count < Self.longest, count + Self.bytesBeside <= room else { throw .toobig }
        room -= count + Self.bytesBeside
    }
}
