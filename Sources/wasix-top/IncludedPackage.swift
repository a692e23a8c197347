import ArgumentParser
import Kernel
import Runtime

extension IncludedPackage {
    /// `FILE`, or `NAME=FILE`. What stands before the first `=` is a name when it looks like one, `namespace/name`; a file
    /// whose path looks so is written with `./` before it.
    static func parse(_ text: String) throws -> IncludedPackage {
        let bytes = ArgumentText.decode(text).bytes
        guard !bytes.isEmpty else { throw ValidationError("expected [NAME=]FILE") }
        guard let separator = bytes.firstIndex(of: UInt8(ascii: "=")), isName(bytes[..<separator]) else {
            return IncludedPackage(file: ByteString(bytes))
        }
        let file = bytes[(separator + 1)...]
        guard !file.isEmpty else { throw ValidationError("expected [NAME=]FILE") }
        return IncludedPackage(name: ByteString(bytes[..<separator]), file: ByteString(file))
    }

    private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        let character = Character(Unicode.Scalar(byte))
                        return character.isASCII
                            && (character.isLetter || character.isNumber || "_-".contains(character))
                    }
            }
    }
}
