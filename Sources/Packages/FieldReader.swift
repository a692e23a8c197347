/// Reads fields one after the other out of a part of a file.
struct FieldReader {
    /// The whole file: places in it stay places in the file.
    let all: [UInt8]
    private var position: Int
    private let end: Int

    init(_ all: [UInt8], _ part: Range<Int>) {
        self.all = all
        position = part.lowerBound
        end = part.upperBound
    }

    private static let cut = PackageFailure("the package is cut short, or a length in it is wrong")

    var isAtEnd: Bool { position == end }

    /// Goes over `count` bytes and answers where they are.
    mutating func range(_ count: Int) throws(PackageFailure) -> Range<Int> {
        guard count <= end - position else { throw Self.cut }
        defer { position += count }
        return position..<position + count
    }

    mutating func bytes(_ count: Int) throws(PackageFailure) -> [UInt8] { Array(all[try range(count)]) }

    mutating func byte() throws(PackageFailure) -> UInt8 { all[try range(1).lowerBound] }

    /// 64 bits, the lowest first.
    mutating func number() throws(PackageFailure) -> UInt64 {
        all[try range(8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number that counts bytes of the file.
    mutating func length() throws(PackageFailure) -> Int {
        guard let length = Int(exactly: try number()) else { throw Self.cut }
        return length
    }
}
