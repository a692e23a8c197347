/// What the events of notifiers are about, by the id they carry. Ids are never reused: a stale event finds nothing. Lock
/// held: `Kernel.notifierTargets` asserts it.
final class NotifierTargets {
    private var items: [UInt64: ItemPointer] = [:]
    private var epolls: [UInt64: Unmanaged<Epoll>] = [:]
    private var lastID: UInt64 = 0

    func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// Gives a registration of a host-backed object its id.
    func add(_ item: ItemPointer) -> UInt64 {
        let id = nextID()
        items[id] = item
        return id
    }

    func remove(item id: UInt64) { items[id] = nil }
    func item(_ id: UInt64) -> ItemPointer? { items[id] }

    func add(_ epoll: Epoll) { epolls[epoll.notifierID] = .passUnretained(epoll) }
    func remove(_ epoll: Epoll) { epolls[epoll.notifierID] = nil }
    func epoll(_ id: UInt64) -> Unmanaged<Epoll>? { epolls[id] }
}
