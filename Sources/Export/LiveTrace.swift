import Model
import Synchronization
import Trace

/// Writes the lines of a run while it goes on, on a thread of its own.
package final class LiveTrace: @unchecked Sendable {
    /// Why a trace stops before the guest has ended.
    package enum Stop: Sendable, Equatable {
        /// The text cannot be written: the host's errno.
        case failed(Int32)
        /// As many lines as were asked for.
        case full
    }

    // Safe to share: everything but `thread` is used by that thread until `finish` has joined it, then by `finish`.
    private let clock: TickClock
    private var merger: ChannelMerger
    private var lines: LineWriter
    private var pace = DrainPace()
    private var thread: PollingThread?
    /// Called once, on the trace's thread.
    private var onStop: ((Stop) -> Void)?

    /// - Parameters:
    ///   - limit: lines of records to write; nil for all.
    ///   - onStop: called on the trace's thread when it stops early. What comes later is thrown away, so that guest
    ///     threads never wait for a reader that is gone.
    package init(
        tracer: Tracer, format: any TraceFormat, sink: sending TextSink, limit: Int? = nil,
        onStop: @escaping @Sendable (Stop) -> Void = { _ in }
    ) {
        clock = tracer.clock
        merger = ChannelMerger(tracer: tracer)
        lines = LineWriter(format: format, time: TraceTime(measuring: tracer.clock), sink: sink, linesLeft: limit)
        self.onStop = onStop
    }

    package func start() {
        let thread = PollingThread { [unowned self] _ in round() }
        self.thread = thread
        thread.start()
    }

    /// Writes what is left once no guest thread records any more, and how the guest ended.
    /// - Returns: the host's errno when the text could not be written, else 0.
    package func finish(_ ending: GuestState) -> Int32 {
        thread?.stop()
        merger.finish(into: &lines)
        lines.end(ending)
        lines.sink.flush()
        return lines.sink.failure
    }

    private func round() -> Int32 {
        lines.time = lines.time.refined(by: clock)
        let count = merger.drain(into: &lines)
        lines.sink.flush()
        if lines.sink.failure != 0 { stop(.failed(lines.sink.failure)) } else if lines.isFull { stop(.full) }
        return pace.next(count: count, fill: merger.fill)
    }

    private func stop(_ reason: Stop) {
        onStop?(reason)
        onStop = nil
    }
}

/// Turns records into lines.
private struct LineWriter: RecordSink {
    var format: any TraceFormat
    var time: TraceTime
    let sink: TextSink
    /// Lines that may still be written; nil for any number.
    var linesLeft: Int?
    private var isOpened = false

    init(format: any TraceFormat, time: TraceTime, sink: sending TextSink, linesLeft: Int?) {
        self.format = format
        self.time = time
        self.sink = sink
        self.linesLeft = linesLeft
    }

    var isFull: Bool { linesLeft == 0 }

    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        guard !isFull, sink.failure == 0 else { return }
        guard let line = format.line(record, payload: payload, from: origin, time: time) else { return }
        open()
        sink.write(line)
        if let left = linesLeft { linesLeft = left - 1 }
    }

    mutating func end(_ state: GuestState) {
        open()
        sink.write(format.ending(state, isFull: isFull))
    }

    /// Only now: a guest that does not start leaves nothing.
    private mutating func open() {
        if !isOpened { sink.write(format.opening(time)) }
        isOpened = true
    }
}
