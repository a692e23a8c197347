extension CallTable {
    /// Waiting for descriptors and clocks.
    static let polling: [CallSpec] = [
        CallSpec(
            .pollOneoff, "poll_oneoff", Namespace.sincePreview1, .poll,
            [
                "in": .array(.subscription, .input, count: 2), "out": .array(.event, .output, count: 2, used: 3),
                "nsubscriptions": .size, "nevents": .out(.size),
            ]),
        CallSpec(
            .pollOneoffUnstable, "poll_oneoff", [.wasiUnstable], .poll,
            [
                "in": .array(.subscriptionUnstable, .input, count: 2),
                "out": .array(.event, .output, count: 2, used: 3), "nsubscriptions": .size, "nevents": .out(.size),
            ]),
        CallSpec(.epollCreate, "epoll_create", Namespace.wasixOnly, .epoll, ["ret_fd": .out(.fd)]),
        CallSpec(
            .epollCtl, "epoll_ctl", Namespace.wasixOnly, .epoll,
            ["epfd": .fd, "op": .constant(.epollOp), "fd": .fd, "event": .structure(.epollEvent, .input)]),
        CallSpec(
            .epollWait, "epoll_wait", Namespace.wasixOnly, .epoll,
            [
                "epfd": .fd, "events": .array(.epollEvent, .output, count: 2, used: 4), "maxevents": .i32,
                "timeout": .nanoseconds, "ret_nevents": .out(.size),
            ]),
    ]
}

extension CallID {
    /// It waits for events of several descriptors.
    public var isEventWait: Bool { self == .epollWait || self == .pollOneoff || self == .pollOneoffUnstable }
}
