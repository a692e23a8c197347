import Trace
import WasixABI

/// An event as `epoll_wait` handed it to the guest.
package struct ReportedEvent: Sendable, Equatable {
    package var events: EpollEvents
    /// The 64-bit user data.
    package var data: UInt64
    /// The number that the registration had then, where it was kept.
    package var fd: FdNumber?
    /// How many edges the registration had then (the low half), if one had not been reported before; 0 where it was only
    /// still ready, and where that was not kept.
    package var edge: UInt32 = 0
}

extension CallFields {
    /// What an `epoll_wait` reported, as far as it was kept.
    package var reportedEvents: [ReportedEvent] {
        guard spec.id == .epollWait, succeeded, let bytes = chunks.last(1)?.bytes else { return [] }
        let count = min(Int(clamping: number(4) ?? 0), bytes.count / EpollEventLayout.size)
        let items = chunks.reported
        return (0..<count).compactMap { position in
            let start = position * EpollEventLayout.size
            guard let events = bytes.u32(start + EpollEventLayout.events),
                let data = bytes.u64(start + EpollEventLayout.data2)
            else { return nil }
            let item = items.indices.contains(position) ? items[position] : nil
            return ReportedEvent(
                events: EpollEvents(rawValue: events), data: data, fd: item.map { FdNumber(rawValue: $0.fd) },
                edge: item?.edge ?? 0)
        }
    }
}

/// A descriptor that a `poll_oneoff` asks about.
package struct PolledDescriptor: Sendable, Equatable {
    package var fd: FdNumber
    /// Asked for room to write, else for something to read.
    package var isWrite: Bool
}

extension CallFields {
    /// The descriptors that a `poll_oneoff` asks about, clocks left out; nil for another call, and where not all
    /// subscriptions were kept.
    package var polled: [PolledDescriptor]? {
        guard spec.id == .pollOneoff || spec.id == .pollOneoffUnstable, let chunk = chunks.before(0) ?? chunks.last(0)
        else { return nil }
        let size = spec.id == .pollOneoff ? SubscriptionLayout.size : SubscriptionUnstableLayout.size
        guard Int(chunk.total) * size <= chunk.bytes.count else { return nil }
        return (0..<Int(chunk.total)).compactMap { index in
            let one = chunk.bytes.slice(index * size, size)
            guard let tag = one.u8(SubscriptionLayout.tag), EventType(rawValue: tag) != .clock,
                let fd = one.u32(SubscriptionLayout.fd)
            else { return nil }
            return PolledDescriptor(fd: FdNumber(rawValue: fd), isWrite: EventType(rawValue: tag) == .fdWrite)
        }
    }

    /// How many subscriptions a `poll_oneoff` has.
    package var polledCount: Int? {
        guard spec.id == .pollOneoff || spec.id == .pollOneoffUnstable else { return nil }
        return number("nsubscriptions").map { Int(clamping: $0) }
    }

    /// The registration that an `epoll_ctl` asks for: its members as the guest stored them.
    package var registration: EpollRegistration? {
        guard spec.id == .epollCtl, let bytes = chunks.last(3)?.bytes, let events = bytes.u32(EpollEventLayout.events),
            let data = bytes.u64(EpollEventLayout.data2),
            let pointer = bytes.number(EpollEventLayout.pointer, size: width.rawValue)
        else { return nil }
        let isWide = width == .bits64
        guard let fd = bytes.u32(isWide ? EpollEventLayout64.fd : EpollEventLayout.fd),
            let data1 = bytes.u32(isWide ? EpollEventLayout64.data1 : EpollEventLayout.data1)
        else { return nil }
        return EpollRegistration(
            events: EpollEvents(rawValue: events), pointer: pointer, fd: fd, data1: data1, data: data)
    }
}

/// What an `epoll_ctl` was given.
package struct EpollRegistration: Sendable, Equatable {
    package var events: EpollEvents
    package var pointer: UInt64
    package var fd: UInt32
    package var data1: UInt32
    package var data: UInt64

    /// Whether it is filled as wasix-libc fills it (WasixABI.docc/Registrations).
    package func isLibcShaped(for target: FdNumber) -> Bool {
        let low = UInt32(truncatingIfNeeded: data)
        return (pointer == UInt64(low) || pointer == data) && data1 == low && fd == target.rawValue
    }
}
