import Kernel
import Syscalls
import Trace
import WasixABI
import WasmEngine

/// One imported function of the guest: what the engine's callback gets as its environment. Lives as long as the program:
/// guest threads may be inside when everything else ends.
final class CallSite: Sendable {
    let body: CallBody
    let id: UInt16
    let isWide: Bool
    let result: CallResult
    let argumentCount: Int
    let capture: PayloadCapture
    /// One of its arguments is the path of a file.
    let namesFile: Bool

    init(_ spec: CallSpec, width: PointerWidth) {
        if let binding = CallBodies.all[Int(spec.id.rawValue)] {
            body = binding.body
        } else {
            body = Self.missing(spec.id)
        }
        id = spec.id.rawValue
        isWide = width == .bits64
        result = spec.result
        argumentCount = spec.arguments.count
        capture = PayloadCapture(spec, width: width)
        namesFile = spec.arguments.contains { argument in
            if case .path = argument.kind { true } else { false }
        }
    }

    /// The body of a row nobody has written yet.
    private static func missing(_ id: CallID) -> CallBody {
        { (_: Call, thread: GuestThread) throws(Errno) in
            thread.missingCall = id
            throw .nosys
        }
    }
}

/// The instance of a guest thread: its `GuestThread.runnerState`. Owner thread only.
final class InstanceBox {
    let instance: Instance

    init(_ instance: Instance) { self.instance = instance }
}

/// Entered for every call of a guest. Runs on the guest's thread.
let hostEntry: HostCallback = { environment, caller, slots, _ in
    let site = Unmanaged<CallSite>.fromOpaque(environment!)
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!)
    let values = slots.assumingMemoryBound(to: UInt64.self)
    return thread._withUnsafeGuaranteedRef { thread in
        site._withUnsafeGuaranteedRef { site in
            guard let channel = thread.channelReference else { return plainCall(site, thread, values) }
            return channel._withUnsafeGuaranteedRef { tracedCall(site, thread, values, $0) }
        }
    }
}

/// As `hostEntry`, for modules whose start function may call before the instance can be asked for its memory.
let startEntry: HostCallback = { environment, caller, slots, count in
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!)
    thread._withUnsafeGuaranteedRef { thread in
        guard thread.runnerState == nil, let memory = hostMemory(of: caller), let base = memory.baseAddress else {
            return
        }
        thread.memory.attach(base: base) { UInt64(memory.count) }
    }
    return hostEntry(environment, caller, slots, count)
}

/// Nobody listens: the call and nothing else.
@inline(__always)
private func plainCall(
    _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>
) -> HostTrap? {
    let errno = run(site, thread, slots)
    return leave(site, thread, errno, slots)
}

@inline(__always)
private func run(
    _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>
) -> Errno {
    do throws(Errno) {
        try site.body(Call(slots: slots, isWide: site.isWide), thread)
        return .success
    } catch {
        return error
    }
}

/// Writes the result and decides whether the guest goes on.
@inline(__always)
private func leave(
    _ site: CallSite, _ thread: GuestThread, _ errno: Errno, _ slots: UnsafeMutablePointer<UInt64>
) -> HostTrap? {
    switch site.result {
    case .errno:
        slots[0] = UInt64(errno.rawValue)
    case .tidOrError:
        slots[0] = UInt64(errno == .success ? thread.spawned : UInt32(bitPattern: -Int32(errno.rawValue)))
    case .none, .never:
        break
    }
    if thread.isInterrupted || thread.wantsExit { return Trap.make() }
    return nil
}

/// Someone listens: the call, its record and its counters.
private func tracedCall(
    _ site: CallSite, _ thread: GuestThread, _ slots: UnsafeMutablePointer<UInt64>, _ channel: ThreadChannel
) -> HostTrap? {
    // Results overwrite the first slot.
    let firstArgument = slots[0]
    thread.touched = (0, 0)
    thread.usedLinuxDialect = false
    thread.forgetRefusal()
    thread.currentArguments = UnsafePointer(slots)
    thread.isCurrentWide = site.isWide
    thread.currentCall = site.id
    let start = TickClock.now()
    let errno = run(site, thread, slots)
    let end = TickClock.now()
    thread.currentCall = UInt16.max
    // The sandbox has one reason for this answer to a path; what has another says so itself.
    if errno == .notcapable, site.namesFile, thread.note.reason == .none { thread.note.reason = .outsideGrants }

    let isFailed = errno != .success
    let refusal = isFailed ? thread.refusal : nil
    channel.counters.add(call: Int(site.id), failed: isFailed, ticks: end &- start)
    if channel.options.isLossless {
        channel.ring.waitForRoom(payload: site.capture.most(channel.options.stringLimit, refusal))
    }
    if let record = channel.ring.begin(at: start) {
        record.pointee.start = start
        record.pointee.duration = end &- start
        record.pointee.call = site.id
        record.pointee.errno = errno.rawValue
        record.pointee.objects = thread.touched
        if thread.usedLinuxDialect { record.pointee.flags |= TraceRecord.Flags.linuxDialect }
        if site.isWide { record.pointee.flags |= TraceRecord.Flags.wide }
        slots[0] = firstArgument
        site.capture.fill(
            &record.pointee, slots: slots, memory: thread.memory.whole, ring: channel.ring,
            stringLimit: channel.options.stringLimit, note: refusal)
        if site.result == .tidOrError, !isFailed {
            record.pointee.result = thread.spawned
            record.pointee.flags |= TraceRecord.Flags.hasResult
        }
        channel.ring.publish()
    }
    return leave(site, thread, errno, slots)
}
