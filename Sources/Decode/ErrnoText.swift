import WasixABI

extension Errno {
    /// Whether programs meet it in normal operation: would block, interrupted, under way.
    package var isSoft: Bool {
        self == .again || self == .intr || self == .inprogress || self == .already
    }

    var tokenKind: Token.Kind {
        if self == .success { return .success }
        return isSoft ? .softError : .hardError
    }
}

extension TokenWriter {
    /// `= OK`, `= EAGAIN`, `= 5` for a thread id, `= ?` when the guest did not go on.
    mutating func result(_ result: CallResult, errno: Errno, value: UInt32?) {
        add(.punctuation, "= ")
        switch result {
        case .never:
            add(.note, "?")
            return
        case .tidOrError where errno == .success:
            if let value { number(value) } else { unknown() }
            return
        case .errno, .none, .tidOrError:
            add(errno.tokenKind, errno.name)
        }
        if options.explainsErrors && errno != .success { add(.note, " (\(errno.text))") }
    }
}
