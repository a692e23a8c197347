import DequeModule
import Glibc

/// What the host calls the Unix-domain sockets that the guest has bound, and what the guest calls them. Lock held.
final class UnixNames {
    /// Closed sockets whose datagrams may still be waiting to be read: so many stay known.
    private static let retiredLimit = 256
    private var guestNames: [[UInt8]: [UInt8]] = [:]
    private var retired: Deque<[UInt8]> = []

    func add(host: [UInt8], guest: [UInt8]) { guestNames[host] = guest }

    /// The socket is closed.
    func retire(host: [UInt8]) {
        if retired.count == Self.retiredLimit, let oldest = retired.popFirst() { guestNames[oldest] = nil }
        retired.append(host)
    }

    /// Empty for no name, and for one that only means something outside the guest's tree.
    func guestName(of host: [UInt8]) -> [UInt8] { guestNames[host] ?? [] }
}

/// The name a socket is bound to, for as long as the socket is open.
struct BoundName: ~Copyable {
    private let names: UnixNames
    private let file: UnixSocketFile

    /// Lock held.
    init(_ names: UnixNames, _ file: consuming UnixSocketFile, guest: [UInt8]) {
        names.add(host: file.host.unixPath, guest: guest)
        self.names = names
        self.file = file
    }

    deinit { names.retire(host: file.host.unixPath) }
}
