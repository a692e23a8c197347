/// The first line of a script: `#!`, an interpreter and at most one argument, read as Linux does (execve(2), "Interpreter
/// scripts"; fs/binfmt_script.c).
struct ScriptLine: Equatable {
    /// How much of a file Linux looks at.
    static let headSize = 256

    let interpreter: [UInt8]
    /// The rest of the line, blanks in it included.
    let argument: [UInt8]?

    /// From the first `headSize` bytes of a file, or from all of a shorter one. Nil for what is no script: without an
    /// interpreter, or with one that is cut off, a file is taken for a module, which it is not either.
    init?(_ head: [UInt8]) {
        guard head.starts(with: "#!".utf8) else { return nil }
        let end = head.firstIndex(of: UInt8(ascii: "\n"))
        // The last byte can only end a line.
        let line = head[2..<(end ?? min(head.count, Self.headSize - 1))].prefix { $0 != 0 }
        let name = line.drop(while: Self.isBlank).prefix { !Self.isBlank($0) }
        guard !name.isEmpty else { return nil }
        if end == nil, head.count >= Self.headSize {
            let next = head[name.endIndex]
            guard next == 0 || Self.isBlank(next) else { return nil }
        }
        var rest = line[name.endIndex...].drop(while: Self.isBlank)
        while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
        interpreter = Array(name)
        argument = rest.isEmpty ? nil : Array(rest)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
