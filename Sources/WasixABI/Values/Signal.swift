/// A signal in WASIX numbering, which is Linux's on x86.
public struct Signal: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let none = Signal(rawValue: 0)
    public static let hup = Signal(rawValue: 1)
    public static let int = Signal(rawValue: 2)
    public static let quit = Signal(rawValue: 3)
    public static let ill = Signal(rawValue: 4)
    public static let trap = Signal(rawValue: 5)
    public static let abrt = Signal(rawValue: 6)
    public static let bus = Signal(rawValue: 7)
    public static let fpe = Signal(rawValue: 8)
    public static let kill = Signal(rawValue: 9)
    public static let usr1 = Signal(rawValue: 10)
    public static let segv = Signal(rawValue: 11)
    public static let usr2 = Signal(rawValue: 12)
    public static let pipe = Signal(rawValue: 13)
    public static let alrm = Signal(rawValue: 14)
    public static let term = Signal(rawValue: 15)
    public static let stkflt = Signal(rawValue: 16)
    public static let chld = Signal(rawValue: 17)
    public static let cont = Signal(rawValue: 18)
    public static let stop = Signal(rawValue: 19)
    public static let tstp = Signal(rawValue: 20)
    public static let ttin = Signal(rawValue: 21)
    public static let ttou = Signal(rawValue: 22)
    public static let urg = Signal(rawValue: 23)
    public static let xcpu = Signal(rawValue: 24)
    public static let xfsz = Signal(rawValue: 25)
    public static let vtalrm = Signal(rawValue: 26)
    public static let prof = Signal(rawValue: 27)
    public static let winch = Signal(rawValue: 28)
    public static let poll = Signal(rawValue: 29)
    public static let pwr = Signal(rawValue: 30)
    public static let sys = Signal(rawValue: 31)

    /// The numbers of the real-time signals, which follow the named ones. libc cancels threads with one of them.
    public static let realTime: ClosedRange<UInt8> = 32...64

    /// Nil for a number that is no signal; 0 is `none`.
    public init?(number: UInt32) {
        guard number <= UInt32(Self.realTime.upperBound) else { return nil }
        self.init(rawValue: UInt8(number))
    }

    /// Every signal with a name, 1...31; `none` only asks whether a target exists.
    public static var all: [Signal] {
        (1...Signal.sys.rawValue).map { Signal(rawValue: $0) }
    }

    /// From the numbering of a preview1 module that is not a WASIX module: it has no STKFLT, so all from CHLD on
    /// are one lower. Nil beyond its end.
    public init?(preview1 rawValue: UInt8) {
        switch rawValue {
        case 0..<Signal.stkflt.rawValue: self.init(rawValue: rawValue)
        case Signal.stkflt.rawValue...30: self.init(rawValue: rawValue + 1)
        default: return nil
        }
    }

    /// What happens when nobody handles it.
    public enum DefaultAction: Sendable {
        case terminate
        /// Ends the process as a crash.
        case abort
        case ignore
        case stop
        case resume
    }

    /// Nil for `none` and for numbers that are no signal. Those behind the named ones, up to 64, are real-time signals,
    /// which terminate as all of them do on Linux (signal(7)).
    public var defaultAction: DefaultAction? {
        switch self {
        case .hup, .int, .kill, .usr1, .usr2, .pipe, .alrm, .term, .stkflt, .vtalrm, .prof, .poll, .pwr: .terminate
        case .quit, .ill, .trap, .abrt, .bus, .fpe, .segv, .xcpu, .xfsz, .sys: .abort
        case .chld, .urg, .winch: .ignore
        case .stop, .tstp, .ttin, .ttou: .stop
        case .cont: .resume
        case _ where Self.realTime.contains(rawValue): .terminate
        default: nil
        }
    }

    /// Kill and stop are never offered to a handler.
    public var canBeHandled: Bool {
        self != .kill && self != .stop
    }
}

/// What a guest asked to happen with a signal before it installed handlers.
public struct SignalDisposition: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let byDefault = SignalDisposition(rawValue: 0)
    public static let ignore = SignalDisposition(rawValue: 1)
}
