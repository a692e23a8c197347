/// A signal in WASIX numbering, which is Linux's on x86.
package struct Signal: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let none = Signal(rawValue: 0)
    package static let hup = Signal(rawValue: 1)
    package static let int = Signal(rawValue: 2)
    package static let quit = Signal(rawValue: 3)
    package static let ill = Signal(rawValue: 4)
    package static let trap = Signal(rawValue: 5)
    package static let abrt = Signal(rawValue: 6)
    package static let bus = Signal(rawValue: 7)
    package static let fpe = Signal(rawValue: 8)
    package static let kill = Signal(rawValue: 9)
    package static let usr1 = Signal(rawValue: 10)
    package static let segv = Signal(rawValue: 11)
    package static let usr2 = Signal(rawValue: 12)
    package static let pipe = Signal(rawValue: 13)
    package static let alrm = Signal(rawValue: 14)
    package static let term = Signal(rawValue: 15)
    package static let stkflt = Signal(rawValue: 16)
    package static let chld = Signal(rawValue: 17)
    package static let cont = Signal(rawValue: 18)
    package static let stop = Signal(rawValue: 19)
    package static let tstp = Signal(rawValue: 20)
    package static let ttin = Signal(rawValue: 21)
    package static let ttou = Signal(rawValue: 22)
    package static let urg = Signal(rawValue: 23)
    package static let xcpu = Signal(rawValue: 24)
    package static let xfsz = Signal(rawValue: 25)
    package static let vtalrm = Signal(rawValue: 26)
    package static let prof = Signal(rawValue: 27)
    package static let winch = Signal(rawValue: 28)
    package static let poll = Signal(rawValue: 29)
    package static let pwr = Signal(rawValue: 30)
    package static let sys = Signal(rawValue: 31)

    /// Every signal, 1...31; `none` only asks whether a target exists.
    package static var all: [Signal] {
        (1...Signal.sys.rawValue).map { Signal(rawValue: $0) }
    }

    /// From the numbering of a preview1 module that is not a WASIX module: it has no STKFLT, so all from CHLD on
    /// are one lower. Nil beyond its end.
    package init?(preview1 rawValue: UInt8) {
        switch rawValue {
        case 0..<Signal.stkflt.rawValue: self.init(rawValue: rawValue)
        case Signal.stkflt.rawValue...30: self.init(rawValue: rawValue + 1)
        default: return nil
        }
    }

    /// What happens when nobody handles it.
    package enum DefaultAction: Sendable {
        case terminate
        /// Ends the process as a crash.
        case abort
        case ignore
        case stop
        case resume
    }

    /// Nil for `none` and for numbers that are no signal.
    package var defaultAction: DefaultAction? {
        switch self {
        case .hup, .int, .kill, .usr1, .usr2, .pipe, .alrm, .term, .stkflt, .vtalrm, .prof, .poll, .pwr: .terminate
        case .quit, .ill, .trap, .abrt, .bus, .fpe, .segv, .xcpu, .xfsz, .sys: .abort
        case .chld, .urg, .winch: .ignore
        case .stop, .tstp, .ttin, .ttou: .stop
        case .cont: .resume
        default: nil
        }
    }

    /// Kill and stop are never offered to a handler.
    package var canBeHandled: Bool {
        self != .kill && self != .stop
    }
}

/// What a guest asked to happen with a signal before it installed handlers.
package struct SignalDisposition: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let byDefault = SignalDisposition(rawValue: 0)
    package static let ignore = SignalDisposition(rawValue: 1)
}
