/// A guest stack as the bytes of a `PayloadChunk.stack`, the innermost frame first. Of each frame: the offset in the module,
/// the offset in the function and the line, as UInt32, `absent` where they are not known; the lengths of the function's
/// and the file's name, as UInt16; the names.
public enum StackBytes {
    /// Frames that are kept, and bytes of a name.
    public static let mostFrames = 64
    private static let mostName = 400
    public static let absent = UInt32.max
    /// Bytes before the names.
    public static let headSize = 16

    public static func of(_ frames: [GuestFrame]) -> [UInt8] {
        var bytes: [UInt8] = []
        for frame in frames.prefix(mostFrames) {
            let function = Array(frame.function.utf8.prefix(mostName))
            // Of a long path the end tells more.
            let file = Array((frame.file ?? "").utf8.suffix(mostName))
            for number in [frame.moduleOffset, frame.functionOffset, frame.line] {
                let word = number.flatMap { UInt32(exactly: $0) } ?? absent
                withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
            }
            for count in [function.count, file.count] {
                withUnsafeBytes(of: UInt16(count).littleEndian) { bytes += $0 }
            }
            bytes += function + file
        }
        return bytes
    }
}
