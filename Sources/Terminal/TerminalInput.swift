import CLinux
import CNcurses
import Glibc

/// Keys and everything else that ends the UI thread's wait.
package struct TerminalInput {
    package enum Event: Equatable, Sendable {
        case key(Key)
        /// The terminal has another size.
        case resized
        /// Somebody asks to stop the job (SIGTSTP from outside).
        case suspend
        /// The job runs again after being stopped from outside.
        case continued
        /// The bell rang: something new to show.
        case rung
        case deadline
        /// The terminal is gone.
        case hangup
    }

    private let descriptor: Int32
    private let bell: WakeBell
    private var decoder: KeyDecoder
    private var ready: [Event] = []
    /// When the keys that may be incomplete were read, CLOCK_MONOTONIC nanoseconds.
    private var lastRead: UInt64 = 0

    package init(descriptor: Int32, bell: WakeBell, sequences: KeySequences) {
        self.descriptor = descriptor
        self.bell = bell
        decoder = KeyDecoder(sequences: sequences)
    }

    /// The keys of an open screen.
    package init(_ screen: NcursesScreen) {
        let known = KeySequences.capabilities.compactMap { name, key in
            cn_capability(name).map { (bytes: Array(String(cString: $0).utf8), key: key) }
        }
        self.init(descriptor: screen.device.input, bell: screen.bell, sequences: KeySequences(known))
        lastRead = Self.now()
        ready = decoder.feed(screen.typedAhead).map { .key($0) }
    }

    /// The next event, waiting for it until `deadline` (CLOCK_MONOTONIC nanoseconds; nil waits for ever). Keys come
    /// before everything else that is there.
    package mutating func next(deadline: UInt64?) -> Event {
        while ready.isEmpty { wait(deadline: deadline) }
        return ready.removeFirst()
    }

    private mutating func wait(deadline: UInt64?) {
        let patience = decoder.isWaiting ? lastRead + KeyDecoder.patience : UInt64.max
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let until = min(deadline ?? .max, patience)
        let count = poll(&descriptors, 2, Self.milliseconds(until: until))
        if count < 0 {
            if errno == EINTR { return }
            ready.append(.hangup)
            return
        }
        if descriptors[0].revents & Int16(POLLIN) != 0 {
            readKeys()
        } else if descriptors[0].revents != 0 {
            ready.append(.hangup)
        }
        if descriptors[1].revents != 0 { readBell() }
        guard count == 0 else { return }
        let now = Self.now()
        if decoder.isWaiting && now >= patience { ready += decoder.giveUp().map { .key($0) } }
        if let deadline, now >= deadline { ready.append(.deadline) }
    }

    private mutating func readKeys() {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(descriptor, &bytes, bytes.count)
        if count > 0 {
            lastRead = Self.now()
            ready += decoder.feed(bytes[..<count]).map { .key($0) }
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            ready.append(.hangup)
        }
    }

    private mutating func readBell() {
        bell.silence()
        let noticed = Int(cl_screen_terminal_take())
        if noticed & CL_SCREEN_CONTINUED != 0 { ready.append(.continued) }
        if noticed & CL_SCREEN_RESIZED != 0 { ready.append(.resized) }
        if noticed & CL_SCREEN_SUSPEND != 0 { ready.append(.suspend) }
        if noticed == 0 { ready.append(.rung) }
    }

    /// Rounded up, so that a deadline is over when poll says so.
    private static func milliseconds(until deadline: UInt64) -> Int32 {
        if deadline == .max { return -1 }
        let now = now()
        return deadline <= now ? 0 : Int32(min((deadline - now + 999_999) / 1_000_000, 3_600_000))
    }

    /// CLOCK_MONOTONIC nanoseconds.
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
