import DequeModule
import Glibc

/// What the host calls the Unix-domain sockets that the guest has bound, and what the guest calls them. Lock held:
/// `Kernel.unixNames` asserts it.
///
/// The host's name begins with the number of an open descriptor, which is used again when the socket is closed: a name may
/// be taken anew while datagrams of its last owner still wait to be read.
final class UnixNames {
    /// How many closed sockets stay known: their datagrams may still be waiting to be read.
    private static let retiredLimit = 256

    private struct Entry {
        let guest: [UInt8]
        /// Tells one owner of the name from the next.
        let owner: UInt64
    }

    private var entries: [[UInt8]: Entry] = [:]
    private var retired: Deque<(host: [UInt8], owner: UInt64)> = []
    private var lastOwner: UInt64 = 0

    /// A socket got the name.
    /// - Returns: what `retire` takes back.
    func add(host: [UInt8], guest: [UInt8]) -> UInt64 {
        lastOwner &+= 1
        entries[host] = Entry(guest: guest, owner: lastOwner)
        return lastOwner
    }

    /// The socket is closed.
    func retire(host: [UInt8], _ owner: UInt64) {
        if retired.count == Self.retiredLimit, let oldest = retired.popFirst(),
            entries[oldest.host]?.owner == oldest.owner
        {
            entries[oldest.host] = nil
        }
        retired.append((host, owner))
    }

    /// What the guest calls the socket; empty for a name that is not one of the guest's.
    func guestName(of host: [UInt8]) -> [UInt8] { entries[host]?.guest ?? [] }

    /// Whether the name stands for a socket that the guest calls something else than `guest`.
    func isTaken(_ host: [UInt8], otherThan guest: [UInt8]) -> Bool { entries[host].map { $0.guest != guest } ?? false }
}

/// The name a socket is bound to, for as long as the socket is open.
struct BoundName: ~Copyable {
    private let names: UnixNames
    private let file: UnixSocketFile
    private let owner: UInt64

    /// Lock held.
    init(_ names: UnixNames, _ file: consuming UnixSocketFile, guest: [UInt8]) {
        owner = names.add(host: file.host.unixPath, guest: guest)
        self.names = names
        self.file = file
    }

    deinit { names.retire(host: file.host.unixPath, owner) }
}
