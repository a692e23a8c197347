import Terminal
import Trace
import WasixABI

/// A descriptor in few words; safe to draw.
enum DescriptorText {
    /// `tcp 10.0.0.2:41822`, `pair <> 4`, `file /data/log`, `eventfd 3`: what it is, and which one.
    static func what(_ descriptor: DescriptorSnapshot, _ context: PaneContext) -> String {
        let which = name(descriptor, context)
        return which.isEmpty ? descriptor.kind.name : "\(descriptor.kind.name) \(which)"
    }

    /// Which one of its kind it is. Narrow panes have room for an address's port only.
    static func name(_ descriptor: DescriptorSnapshot, _ context: PaneContext) -> String {
        switch descriptor.detail {
        case .none: return ""
        case .path(let path): return Sanitizer.clean(path)
        case .channel(let number, let peer): return channel(descriptor.kind, number, peer, context)
        case .counter(let value): return NumberText.grouped(value)
        case .epoll(let items, let ready): return "\(NumberText.counted(items, "item")), \(ready) ready"
        case .socket(let local, let peer, _):
            let address = Sanitizer.clean(peer.isEmpty ? local : peer)
            guard context.width < FdsPane.wide, let port = address.lastIndex(of: ":"), !address.hasPrefix("/") else {
                return address
            }
            return String(address[port...])
        }
    }

    /// By the descriptor of its other end, where this process has one.
    private static func channel(
        _ kind: ObjectKind, _ number: UInt32, _ peer: ObjectID, _ context: PaneContext
    ) -> String {
        guard peer != .none else { return "other end closed" }
        guard let other = context.number(of: peer) else { return "#\(number)" }
        let sign =
            switch kind {
            case .pipeRead: context.glyphs.from
            case .pipeWrite: context.glyphs.to
            default: context.glyphs.both
            }
        return "\(sign) \(other.rawValue)"
    }

    /// O_NONBLOCK, FD_CLOEXEC and O_APPEND, each in its place.
    static func flags(_ descriptor: DescriptorSnapshot) -> String {
        (descriptor.flags.contains(.nonblock) ? "N" : "-") + (descriptor.isCloseOnExec ? "C" : "-")
            + (descriptor.flags.contains(.append) ? "A" : "-")
    }

    /// `NONBLOCK CLOEXEC APPEND`, and that it blocks where it does: that explains many a wait.
    static func longFlags(_ descriptor: DescriptorSnapshot) -> String {
        let names: [(FdFlags, String)] = [
            (.append, "APPEND"), (.sync, "SYNC"), (.dsync, "DSYNC"), (.rsync, "RSYNC"),
        ]
        return
            ([descriptor.flags.contains(.nonblock) ? "NONBLOCK" : "blocking"]
            + (descriptor.isCloseOnExec ? ["CLOEXEC"] : [])
            + names.filter { descriptor.flags.contains($0.0) }.map(\.1)).joined(separator: " ")
    }
}
