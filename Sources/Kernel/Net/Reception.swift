/// The result of a receive, and whether a datagram was cut off.
public struct Reception {
    public let result: IoResult
    public let isTruncated: Bool

    @inline(__always)
    public init(_ result: IoResult, isTruncated: Bool = false) {
        self.result = result
        self.isTruncated = isTruncated
    }
}
