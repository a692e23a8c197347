import Testing
import Trace

@testable import Export
@testable import Model

@Suite struct SummaryTextTests {
    @Test func theTableIsStraces() {
        let text = SummaryText(rows: [
            SummaryText.Row(name: "fd_read", calls: 4, errors: 1, nanoseconds: 1_000_000),
            SummaryText.Row(name: "epoll_wait", calls: 3, errors: 0, nanoseconds: 3_000_000),
        ]).text
        #expect(
            text == """
                % time       seconds    usecs/call     calls    errors syscall
                ------ ------------- ------------- --------- --------- ----------------
                 75.00   0.003000000      1000.000         3           epoll_wait
                 25.00   0.001000000       250.000         4         1 fd_read
                ------ ------------- ------------- --------- --------- ----------------
                100.00   0.004000000       571.428         7         1 total

                """)
    }

    @Test func anEmptyTableHasATotal() {
        #expect(SummaryText(rows: []).text.hasSuffix("100.00   0.000000000         0.000         0           total\n"))
    }

    @Test func countersOfAllThreadsAddUpAndTheSetChooses() throws {
        let tracer = Tracer()
        for number: UInt32 in 1...2 {
            let channel = tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: number))
            channel.counters.add(call: 40, failed: true, ticks: 5)
            channel.counters.add(call: 41, failed: false, ticks: 5)
        }
        let all = SummaryText(tracer: tracer, calls: .all, time: TraceTime()).text
        #expect(all.hasSuffix("         4         2 total\n"))
        let none = SummaryText(tracer: tracer, calls: try CallSet(parsing: "none"), time: TraceTime()).text
        #expect(none == SummaryText(rows: []).text)
    }
}
