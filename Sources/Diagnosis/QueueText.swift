import Trace

/// What stands in an object's queue, in words: bytes, or the connections of a listener.
package enum QueueText {
    /// `27 bytes unread`, `4 connections to accept`, `counter is 3`
    package static func there(_ amount: UInt64, _ kind: ObjectKind) -> String {
        switch kind {
        case .eventCounter: "counter is \(amount)"
        case .tcpListener, .unixListener: "\(noun(amount, kind)) to accept"
        default: "\(amount) \(amount == 1 ? "byte" : "bytes") unread"
        }
    }

    /// `27 unread bytes`, `4 connections`
    static func noun(_ amount: UInt64, _ kind: ObjectKind) -> String {
        LintChecks.count(amount, kind.isListener ? "connection" : "unread byte")
    }
}
