import ArgumentParser
import Kernel

extension CommandMapping {
    /// `NAME=MODULE`; the name is a single word of a path.
    static func parse(_ text: String) throws -> CommandMapping {
        let bytes = ArgumentText.decode(text).bytes
        guard let separator = bytes.firstIndex(of: UInt8(ascii: "=")), separator > 0, separator + 1 < bytes.count else {
            throw ValidationError("expected NAME=MODULE")
        }
        let name = Array(bytes[..<separator])
        guard !name.contains(UInt8(ascii: "/")) else { throw ValidationError("a command's name has no slash") }
        return CommandMapping(name: name, file: ByteString(Array(bytes[(separator + 1)...])))
    }
}
