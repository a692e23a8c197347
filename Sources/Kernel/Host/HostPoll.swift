import CLinux
import Glibc
import WasixABI

/// poll(2) with a zero timeout, and translation between the host's readiness bits and the wire's.
public enum HostPoll {
    /// What the host descriptor is ready for now.
    public static func now(_ fd: Int32) -> EpollEvents {
        var entry = pollfd(fd: fd, events: Int16(POLLIN | POLLOUT | POLLPRI) | Int16(bitPattern: 0x2000), revents: 0)
        guard poll(&entry, 1, 0) > 0 else { return [] }
        return wireEvents(entry.revents)
    }

    /// The bits of poll(2); 0x2000 is POLLRDHUP.
    static func hostEvents(_ events: EpollEvents) -> Int16 {
        var bits: Int32 = 0
        if events.contains(.in) { bits |= Int32(POLLIN) }
        if events.contains(.out) { bits |= Int32(POLLOUT) }
        if events.contains(.rdhup) { bits |= 0x2000 }
        if events.contains(.pri) { bits |= Int32(POLLPRI) }
        return Int16(truncatingIfNeeded: bits)
    }

    /// Linux gives poll and epoll the same bit values.
    static func wireEvents(_ revents: Int16) -> EpollEvents { wireEvents(UInt32(UInt16(bitPattern: revents))) }

    static func wireEvents(_ bits: UInt32) -> EpollEvents {
        var events: EpollEvents = []
        if bits & 0x1 != 0 { events.insert(.in) }
        if bits & 0x2 != 0 { events.insert(.pri) }
        if bits & 0x4 != 0 { events.insert(.out) }
        if bits & 0x8 != 0 { events.insert(.err) }
        if bits & 0x10 != 0 { events.insert(.hup) }
        if bits & 0x2000 != 0 { events.insert(.rdhup) }
        return events
    }

    /// The bits of epoll_ctl(2), without mode bits. ERR and HUP need not be asked for.
    static func hostMask(_ events: EpollEvents) -> UInt32 {
        var bits: UInt32 = 0
        if events.contains(.in) { bits |= 0x1 }
        if events.contains(.pri) { bits |= 0x2 }
        if events.contains(.out) { bits |= 0x4 }
        if events.contains(.rdhup) { bits |= 0x2000 }
        return bits
    }
}
