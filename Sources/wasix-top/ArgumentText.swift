import ArgumentParser
import Kernel

/// The words of the command line on their way through the parser, which takes texts and compares them as Unicode does:
/// what is no UTF-8 would be replaced, and an accent would join the `=` before it. So every byte from 0x80 on travels
/// as a character of its own, from plane 16, which is private.
enum ArgumentText {
    private static let plane: UInt32 = 0x10_0000

    /// The program's arguments without its name.
    static var arguments: [String] {
        let words = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        return words.dropFirst().compactMap { word in word.map { encode(ByteString(cString: $0)) } }
    }

    static func encode(_ word: ByteString) -> String {
        var text = String.UnicodeScalarView()
        for byte in word.bytes {
            text.append(byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(plane + UInt32(byte))!)
        }
        return String(text)
    }

    static func decode(_ text: some StringProtocol) -> ByteString {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.value >= plane {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes += UTF8.encode(scalar)!
            }
        }
        return ByteString(bytes)
    }

    /// A message of the parser, which quotes what it was given.
    static func readable(_ message: String) -> String { decode(message).description }
}

extension ByteString: ExpressibleByArgument {
    public init?(argument: String) { self = ArgumentText.decode(argument) }

    public var defaultValueDescription: String { description }
}
