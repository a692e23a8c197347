import Model
import Trace

/// Writes the text of a run while it goes on, on a thread of its own.
package final class LiveTrace: @unchecked Sendable {
    // Safe to share: everything but `thread` is used by that thread until `finish` has joined it, then by `finish`.
    private let clock: TickClock
    private let merger: ChannelMerger
    private let sink: TextSink
    private var text: StraceText
    private var time: TraceTime
    private var pace = DrainPace()
    private var thread: PollingThread?

    package init(tracer: Tracer, text: StraceText, sink: sending TextSink) {
        clock = tracer.clock
        merger = ChannelMerger(tracer: tracer)
        time = TraceTime(measuring: tracer.clock)
        self.text = text
        self.sink = sink
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
        merger.finish(write)
        sink.write(StraceText.ending(ending))
        sink.flush()
        return sink.failure
    }

    private func round() -> Int32 {
        time = time.refined(by: clock)
        let count = merger.drain(write)
        sink.flush()
        return pace.next(count: count, fill: merger.fill)
    }

    private func write(_ record: TraceRecord, _ payload: UnsafeRawBufferPointer, _ origin: ChannelMerger.Origin) {
        let line = text.text(record, payload: payload, process: origin.process, thread: origin.thread, time: time)
        if let line { sink.write(line) }
    }
}
