import Trace

/// A descriptor as a table shows it, closed ones included until they are forgotten.
package struct DescriptorRow: Sendable {
    /// The identity of the row: a number that was closed and used again is another row.
    package struct ID: Hashable, Sendable {
        package var process: ProcessID
        package var fd: FdNumber
        package var object: ObjectID
    }

    package var descriptor: DescriptorSnapshot
    package var mark: RowMark
    /// Through its open file description, over the last second or so; for an eventfd operations instead of bytes.
    package var inPerSecond: Double
    package var outPerSecond: Double

    package init(descriptor: DescriptorSnapshot, mark: RowMark, inPerSecond: Double = 0, outPerSecond: Double = 0) {
        self.descriptor = descriptor
        self.mark = mark
        self.inPerSecond = inPerSecond
        self.outPerSecond = outPerSecond
    }

    package var id: ID { ID(descriptor) }
}

extension DescriptorRow.ID {
    init(_ descriptor: DescriptorSnapshot) {
        self.init(process: descriptor.process, fd: descriptor.fd, object: descriptor.object)
    }
}

/// An epoll instance with its registrations.
package struct EpollRow: Sendable {
    package var epoll: EpollSnapshot
    package var mark: RowMark
    /// The interest list in the order of addition; removed ones follow for a while.
    package var items: [ItemRow]
    /// Waits that began and events that were delivered, over the last second or so.
    package var waitsPerSecond: Double
    package var eventsPerSecond: Double

    package init(
        epoll: EpollSnapshot, mark: RowMark, items: [ItemRow], waitsPerSecond: Double = 0, eventsPerSecond: Double = 0
    ) {
        self.epoll = epoll
        self.mark = mark
        self.items = items
        self.waitsPerSecond = waitsPerSecond
        self.eventsPerSecond = eventsPerSecond
    }

    package var id: ObjectID { epoll.object }
}

/// One registration in an interest list.
package struct ItemRow: Sendable {
    package struct ID: Hashable, Sendable {
        package var epoll: ObjectID
        package var fd: FdNumber
        package var object: ObjectID

        package init(epoll: ObjectID, fd: FdNumber, object: ObjectID) {
            self.epoll = epoll
            self.fd = fd
            self.object = object
        }
    }

    package var id: ID
    package var item: ItemSnapshot
    package var mark: RowMark
    /// Since when its state has been the same and nothing was read through its description, as far as snapshots tell:
    /// CLOCK_MONOTONIC nanoseconds.
    package var unchangedSince: UInt64
    /// Bytes (or connections) that could be read; nil when that is not known.
    package var unread: UInt64?
    /// Whether the thread that got the last report seems to be done with it: a thread waits on the instance, a wait on
    /// it has begun since, or no thread runs that could be about to read.
    package var isLoopBack: Bool

    /// The defaults are for states made by hand: unchanged since the last report, and nobody about to read.
    package init(
        epoll: ObjectID, item: ItemSnapshot, mark: RowMark, unchangedSince: UInt64? = nil, unread: UInt64? = nil,
        isLoopBack: Bool = true
    ) {
        id = ID(epoll: epoll, fd: item.fd, object: item.object)
        self.item = item
        self.mark = mark
        self.unchangedSince = unchangedSince ?? item.lastReportedAt
        self.unread = unread
        self.isLoopBack = isLoopBack
    }
}

/// A guest thread, ended ones included until they are forgotten.
package struct ThreadRow: Sendable {
    package var thread: ThreadSnapshot
    package var mark: RowMark
    /// Records of this thread that reached the model, and those that its ring had no room for.
    package var received: UInt64
    package var dropped: UInt64

    package init(thread: ThreadSnapshot, mark: RowMark, received: UInt64 = 0, dropped: UInt64 = 0) {
        self.thread = thread
        self.mark = mark
        self.received = received
        self.dropped = dropped
    }

    package var id: ThreadID { thread.thread }
}
