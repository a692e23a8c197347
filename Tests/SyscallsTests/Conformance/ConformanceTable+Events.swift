import WasixABI

/// Waiting for descriptors and clocks (WasixABI.docc/EpollCalls, WasixABI.docc/PollOneoff).
extension ConformanceTable {
    /// An `epoll_event` with the token in `data2`.
    private static func event(_ guest: FileGuest, _ events: EpollEvents, _ token: UInt64 = 9) -> UInt64 {
        guest.put(FileGuest.bytes(events.rawValue, UInt32(0), UInt32(0), UInt32(0), UInt64(0), token))
    }

    /// An instance that watches `fd`, by the wire's numbers.
    private static func watching(_ guest: FileGuest, _ fd: UInt64, _ events: EpollEvents = .in) -> UInt64 {
        let instance = guest.epoll()
        precondition(guest.call(.epollCtl, instance, 0, fd, event(guest, events)) == .success)
        return instance
    }

    /// One subscription to a clock.
    private static func clock(_ guest: FileGuest, _ id: UInt32, _ timeout: UInt64, tag: UInt64 = 0) -> UInt64 {
        guest.put(FileGuest.bytes(UInt64(7), tag, UInt64(id), timeout, UInt64(0), UInt64(0)))
    }

    static let events: [ConformanceRow] = [
        ConformanceRow(
            .pollOneoff, [.inval],
            [
                .ok(
                    "a clock that is due",
                    "poll_oneoff([{userdata=0x7, type=CLOCK, id=CLOCK_MONOTONIC, timeout=0, flags=0}], "
                        + "[{userdata=0x7, type=CLOCK}]) = 1"
                ) { [clock($0, 1, 0), $0.room(32), 1, $0.out] },
                .ok("an unused number is an event", "poll_oneoff(*error=EBADF*FD_READ*nevents=1) = 0") {
                    [
                        $0.put(FileGuest.bytes(UInt64(7), UInt64(1), $0.unused, UInt64(0), UInt64(0), UInt64(0))),
                        $0.room(32), 1, $0.out,
                    ]
                },
                .fails(.inval, "no subscription") { [$0.room(48), $0.room(32), 0, $0.out] },
                .fails(.inval, "an unknown kind") { [clock($0, 1, 0, tag: 3), $0.room(32), 1, $0.out] },
            ]),
        ConformanceRow(
            .epollCreate,
            [
                .ok("an instance", "epoll_create() = 0") { [$0.out] }
            ]),
        ConformanceRow(
            .epollCtl, [.badf, .perm, .inval, .loop, .exist, .noent],
            [
                .ok(
                    "added", "epoll_ctl(1<epoll>, EPOLL_CTL_ADD, 0<eventfd>, {EPOLLIN|EPOLLET, data=0x9}) = 0"
                ) {
                    let counter = $0.counter(0)
                    return [$0.epoll(), 0, counter, event($0, [.in, .et])]
                },
                .fails(.badf, "an instance that is not open") { [$0.unused, 0, $0.counter(0), event($0, .in)] },
                .fails(.badf, "a descriptor that is not open") { [$0.epoll(), 0, $0.unused, event($0, .in)] },
                .fails(.perm, "a file") { [$0.epoll(), 0, $0.create("a"), event($0, .in)] },
                .fails(.perm, "a directory") { [$0.epoll(), 0, $0.directory, event($0, .in)] },
                .fails(.inval, "what is no instance") { [$0.counter(0), 0, $0.counter(0), event($0, .in)] },
                .fails(.inval, "itself") {
                    let instance = $0.epoll()
                    return [instance, 0, instance, event($0, .in)]
                },
                .fails(.inval, "an unknown operation") { [$0.epoll(), 9, $0.counter(0), event($0, .in)] },
                .fails(.loop, "an instance that watches it") {
                    let inner = $0.epoll()
                    return [inner, 0, watching($0, inner), event($0, .in)]
                },
                .fails(.exist, "twice") {
                    let counter = $0.counter(0)
                    return [watching($0, counter), 0, counter, event($0, .in)]
                },
                .fails(.noent, "changed without being there") {
                    let counter = $0.counter(0)
                    // Another descriptor's registration settles whose numbers these are.
                    return [watching($0, $0.counter(0)), 1, counter, event($0, .in)]
                },
                .fails(.noent, "removed without being there") { [$0.epoll(), 2, $0.counter(0), 0] },
                .fails(.fault, "no event") { [$0.epoll(), 0, $0.counter(0), 0] },
            ]),
        ConformanceRow(
            .epollWait, [.badf, .inval],
            [
                .ok(
                    "one event",
                    "epoll_wait(1<epoll>, [{EPOLLIN, data=0x9}], maxevents=4, timeout=INF) = 1"
                ) {
                    let counter = $0.counter(1)
                    return [watching($0, counter), $0.room(128), 4, .max, $0.out]
                },
                .ok("nothing in time", "epoll_wait(0<epoll>, [], maxevents=1, timeout=0) = 0") {
                    [$0.epoll(), $0.room(32), 1, 0, $0.out]
                },
                .fails(.badf, "an unused number") { [$0.unused, $0.room(32), 1, 0, $0.out] },
                .fails(.inval, "what is no instance") { [$0.counter(0), $0.room(32), 1, 0, $0.out] },
                .fails(.inval, "room for none") { [$0.epoll(), $0.room(32), 0, 0, $0.out] },
                .fails(.inval, "room for fewer than none") {
                    [$0.epoll(), $0.room(32), UInt64(UInt32.max), 0, $0.out]
                },
            ]),
    ]
}
