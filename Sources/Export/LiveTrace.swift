import Model
import Trace

/// Writes the text of a run while it goes on, on a thread of its own.
package final class LiveTrace: @unchecked Sendable {
    // Safe to share: everything but `thread` is used by that thread until `finish` has joined it, then by `finish`.
    private let clock: TickClock
    private var merger: ChannelMerger
    private var lines: LineWriter
    private var pace = DrainPace()
    private var thread: PollingThread?

    package init(tracer: Tracer, text: StraceText, sink: sending TextSink) {
        clock = tracer.clock
        merger = ChannelMerger(tracer: tracer)
        lines = LineWriter(text: text, time: TraceTime(measuring: tracer.clock), sink: sink)
    }

    package func start() {
        let thread = PollingThread { [unowned self] in round() }
        self.thread = thread
        thread.start()
    }

    /// Writes what is left once no guest thread records any more, and how the guest ended.
    /// - Returns: the host's errno when the text could not be written, else 0.
    package func finish(_ ending: GuestState) -> Int32 {
        thread?.stop()
        merger.finish(into: &lines)
        lines.sink.write(StraceText.ending(ending))
        lines.sink.flush()
        return lines.sink.failure
    }

    private func round() -> Int32 {
        lines.time = lines.time.refined(by: clock)
        let count = merger.drain(into: &lines)
        lines.sink.flush()
        return pace.next(count: count, fill: merger.fill)
    }
}

/// Turns records into lines.
private struct LineWriter: RecordSink {
    var text: StraceText
    var time: TraceTime
    let sink: TextSink

    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        let line = text.text(record, payload: payload, process: origin.process, thread: origin.thread, time: time)
        if let line { sink.write(line) }
    }
}
