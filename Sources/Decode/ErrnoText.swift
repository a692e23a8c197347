import WasixABI

extension Errno {
    /// Whether programs meet it in normal operation: would block, interrupted, under way.
    package var isSoft: Bool {
        self == .again || self == .intr || self == .inprogress || self == .already
    }

    var tokenKind: Token.Kind {
        if self == .success { return .number }
        return isSoft ? .softError : .hardError
    }
}

extension TokenWriter {
    /// `= 24` as the C function of that purpose returns it, `= 0` where there is nothing to return, `= EAGAIN`, `= ?`
    /// for a call that has not returned or never does.
    mutating func result(_ call: CallFields) {
        add(.punctuation, "= ")
        guard let errno = call.errno, call.spec.result != .never else { return add(.note, "?") }
        guard errno == .success else {
            self.errno(UInt64(errno.rawValue))
            if options.explainsErrors { add(.note, " (\(errno.text))") }
            return
        }
        guard let value = call.returned else {
            return call.spec.result == .numberOrError ? unknown() : number(0)
        }
        if let index = call.spec.returned, let scalar = call.spec.arguments[index].kind.scalarResult {
            self.scalar(value, scalar)
        } else {
            number(value)
        }
    }
}
