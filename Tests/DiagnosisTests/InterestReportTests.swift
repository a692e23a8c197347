import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@Suite struct InterestReportTests {
    @Test func aListSaysWhatAWaitReportsAndWhatLevelsWould() {
        let row = Fixture.instance([
            Fixture.row(6, .reportedLevel, ready: .in, mask: .in), Fixture.row(7, .edgeSpent, ready: .in),
        ])
        let report = InterestReport(row, at: Fixture.now)
        #expect(report.reported.map(\.rawValue) == [6])
        #expect(report.underLevel.map(\.rawValue) == [6, 7])
        #expect(report.silenced.map(\.rawValue) == [7])
        #expect(report.unreported.map(\.fd.rawValue) == [7])
        #expect(report.tone == .attention)
    }

    @Test func aHealthyEdgeTriggeredLoopRaisesNoAlarm() {
        let row = Fixture.instance([
            // Room to write for ever, a connection that is just being read, a client that has gone.
            Fixture.row(6, .edgeSpent, ready: .out, mask: [.in, .out, .et]),
            Fixture.row(7, .edgeSpent, ready: [.in, .out], mask: [.in, .out, .et], held: 3),
            Fixture.row(8, .edgeSpent, ready: [.in, .out, .rdhup], mask: [.in, .out, .rdhup, .et], unread: 0),
        ])
        let report = InterestReport(row, at: Fixture.now)
        #expect(report.underLevel.count > report.reported.count)
        #expect(report.silenced.isEmpty)
        #expect(report.tone == .faint)
    }

    @Test func closedRegistrationsHaveNoSay() {
        var gone = Fixture.row(7, .edgeSpent, ready: .in)
        gone.mark.closedAt = Fixture.now
        let report = InterestReport(Fixture.instance([gone]), at: Fixture.now)
        #expect(report.silenced.isEmpty && report.underLevel.isEmpty && report.unreported.isEmpty)
    }
}
