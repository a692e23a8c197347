import Trace

/// What whoever inspects the guest has done to it, in words.
package enum WhatIfText {
    /// `one more byte for fd 3`
    package static func brief(_ action: WhatIf) -> String {
        switch action {
        case .oneMore(let target): "one more to read on fd \(target.fd.rawValue)"
        case .trigger(let target, let isEdge):
            "fd \(target.fd.rawValue) made \(isEdge ? "edge" : "level")-triggered (MOD)"
        case .rearm(let target): "fd \(target.fd.rawValue) armed anew (MOD)"
        case .shortRead(let target, let most):
            "the next read of fd \(target.fd.rawValue) gets \(most) \(most == 1 ? "byte" : "bytes") at most"
        case .interrupt(let thread): "the wait of T\(thread.rawValue) ended with EINTR"
        }
    }

    /// As `brief`, of a record; what cannot be read says so.
    package static func brief(_ record: TraceRecord) -> String { WhatIf(record).map { brief($0) } ?? "something" }
}
