import Decode
import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// A finished wait for events as a line: who waited, how long, what came.
struct WaitText {
    private let context: PaneContext
    private let entries: EntryText

    init(_ context: PaneContext) {
        self.context = context
        entries = EntryText(context)
    }

    func line(_ entry: TraceEntry) -> StyledLine {
        let record = entry.record
        let time = context.model.time
        var line = StyledLine(" ")
        line.add(entries.prefix(at: time.sinceStart(entry.end), thread: entry.thread))
        line.add(call(entry))
        let slept = context.duration(time.nanoseconds(record.duration))
        if context.width >= 100 {
            line.add(.faint, "  slept ")
            line.add(StyledLine(slept).fitted(6, .right, cut: context.glyphs.cut))
        }
        line.add("  -> ", Style(.faint))
        line.add(outcome(entry))
        if context.width < 100 { line.add(.faint, "  after \(slept)") }
        return line
    }

    /// `epoll_wait(4, 64, INF)`
    private func call(_ entry: TraceEntry) -> StyledLine {
        let isWide = entry.record.flags & TraceRecord.Flags.wide != 0
        let words = entry.record.words
        var line = StyledLine()
        guard entry.call == .epollWait else {
            line.add(.call, entry.call?.spec.name ?? "?")
            line.add("(\(isWide ? words.4 : words.2) subscriptions)")
            return line
        }
        let timeout =
            isWide ? UInt64(words.4) | UInt64(words.5) << 32 : UInt64(words.3) | UInt64(words.4) << 32
        line.add(.call, "epoll_wait")
        line.add("(\(words.0), \(Int32(bitPattern: isWide ? words.3 : words.2)), \(DurationFormat.exact(timeout)))")
        return line
    }

    private func outcome(_ entry: TraceEntry) -> StyledLine {
        let record = entry.record
        let errno = Errno(rawValue: record.errno)
        guard errno == .success else {
            return StyledLine(errno.name, Style(errno.isSoft ? .softError : .hardError))
        }
        var line = StyledLine(String(record.result), Style(record.result == 0 ? .faint : .good))
        if record.result == 0 { line.add(.faint, " timeout") }
        if entry.call == .epollWait { line.add(events(entry)) }
        return line
    }

    /// ` {9 OUT} {5 IN}`: the number is the registration's where its data tells which one it is, else the data.
    private func events(_ entry: TraceEntry) -> StyledLine {
        let instance = context.model.epolls.first { $0.id.rawValue == entry.record.objects.0 }
        var line = StyledLine()
        for event in DeliveredEvents.all(of: entry).prefix(12) {
            let item = instance?.items.first { $0.item.data == event.data }
            let name = item.map { String($0.item.fd.rawValue) } ?? "data 0x" + String(event.data, radix: 16)
            line.add(.faint, " {")
            line.add(name)
            line.add(.good, " " + EventText.long(event.events))
            line.add(.faint, "}")
        }
        return line
    }
}

/// What one `epoll_wait` wrote to the guest, as far as the record kept it.
enum DeliveredEvents {
    static func all(of entry: TraceEntry) -> [(events: EpollEvents, data: UInt64)] {
        entry.withPayload { payload in
            guard let chunk = chunk(ofArgument: 1, payload) else { return [] }
            return stride(from: 0, to: chunk.count - EpollEventLayout.size + 1, by: EpollEventLayout.size).map {
                let events = chunk.loadUnaligned(fromByteOffset: $0 + EpollEventLayout.events, as: UInt32.self)
                let data = chunk.loadUnaligned(fromByteOffset: $0 + EpollEventLayout.data2, as: UInt64.self)
                return (EpollEvents(rawValue: UInt32(littleEndian: events)), UInt64(littleEndian: data))
            }
        }
    }

    /// The last piece kept of an argument.
    private static func chunk(ofArgument argument: UInt8, _ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?
    {
        var found: UnsafeRawBufferPointer?
        var offset = 0
        while offset + PayloadChunk.headerSize <= payload.count {
            let captured = Int(UInt16(littleEndian: payload.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)))
            let start = offset + PayloadChunk.headerSize
            guard start + captured <= payload.count else { break }
            if payload[offset] == argument {
                found = UnsafeRawBufferPointer(rebasing: payload[start..<start + captured])
            }
            offset = start + captured
        }
        return found
    }
}
