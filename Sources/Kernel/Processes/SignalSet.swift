import WasixABI

/// Signals 1...64, one bit each.
struct SignalSet: Equatable {
    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }
    /// The lowest number first.
    var ascending: [Signal] {
        (1...64).map(Signal.init(rawValue:)).filter(contains)
    }

    mutating func insert(_ signal: Signal) { bits |= Self.bit(signal) }
    mutating func remove(_ signal: Signal) { bits &= ~Self.bit(signal) }
    func contains(_ signal: Signal) -> Bool { bits & Self.bit(signal) != 0 }
    func union(_ other: SignalSet) -> SignalSet { with(bits | other.bits) }
    func subtracting(_ other: SignalSet) -> SignalSet { with(bits & ~other.bits) }

    private func with(_ bits: UInt64) -> SignalSet {
        var set = SignalSet()
        set.bits = bits
        return set
    }

    private static func bit(_ signal: Signal) -> UInt64 { 1 << UInt64((signal.rawValue &- 1) & 63) }
}
