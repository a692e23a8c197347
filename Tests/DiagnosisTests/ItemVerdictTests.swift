import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@Suite struct ItemVerdictTests {
    private func verdict(_ row: ItemRow) -> ItemVerdict { ItemVerdict(row, at: Fixture.now) }

    @Test func bytesLeftUnreadByALoopThatWaitsAgainAreALoss() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: [.in, .out]))
        #expect(verdict.kind == .edgeSpent)
        #expect(verdict.isSilenced)
        #expect(verdict.tone == .attention)
        #expect(verdict.shortText == "SPENT")
        #expect(verdict.longText == "EDGE 5 SPENT")
    }

    @Test func anEdgeThatWasReportedAMomentAgoIsNone() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: .in, held: 249))
        #expect(verdict.kind == .edgeReported)
        #expect(!verdict.isSilenced)
        #expect(verdict.tone == .faint)
        #expect(verdict.whyUnreported == nil)
    }

    @Test func anEdgeWhoseReceiverStillRunsIsNone() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: .in, isLoopBack: false))
        #expect(!verdict.isSilenced)
        #expect(verdict.tone == .faint)
    }

    @Test func roomToWriteAloneIsNone() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: .out, mask: [.in, .out, .et]))
        #expect(verdict.kind == .edgeReported)
        #expect(verdict.tone == .faint)
    }

    @Test(arguments: [EpollEvents([.in, .rdhup]), [.in, .rdhup, .hup], .hup, [.in, .out, .rdhup, .hup]])
    func aPeerThatHasGoneLeavesNothingUnread(ready: EpollEvents) {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: ready, mask: [.in, .rdhup, .et], unread: 0))
        #expect(verdict.kind == .peerClosed)
        #expect(!verdict.isSilenced)
        #expect(verdict.longText == "peer closed, still open")
        #expect(verdict.tone == .faint)
    }

    @Test func bytesThatAPeerLeftBehindAreALoss() {
        #expect(verdict(Fixture.row(7, .edgeSpent, ready: [.in, .rdhup], unread: 3)).isSilenced)
    }

    @Test func anErrorThatWasReportedIsNotUnreadData() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: [.err, .out], unread: 0))
        #expect(verdict.kind == .failed)
        #expect(verdict.tone == .faint)
    }

    @Test func aOneShotThatAWorkerTookHasASecond() {
        let mask: EpollEvents = [.in, .oneshot]
        let young = verdict(Fixture.row(7, .oneShotSpent, ready: .in, mask: mask, held: 999))
        #expect(young.kind == .oneShotOff)
        #expect(young.tone == .faint)
        #expect(young.shortText == "off")
        let old = verdict(Fixture.row(7, .oneShotSpent, ready: .in, mask: mask, held: 1000))
        #expect(old.kind == .oneShotSpent)
        #expect(old.isSilenced)
        #expect(verdict(Fixture.row(7, .oneShotSpent, ready: [], mask: mask, unread: 0)).kind == .oneShotOff)
    }

    @Test func whatWasReadIsDrained() {
        let verdict = verdict(Fixture.row(7, .edgeSpent, ready: .out))
        #expect(verdict.kind == .drained)
        #expect(verdict.shortText == "-")
    }

    @Test func whatTheNextWaitReportsIsGood() {
        for reason in [ReasonCode.reportedLevel, .reportedEdge] {
            let verdict = verdict(Fixture.row(7, reason, ready: .in))
            #expect(verdict.isReported)
            #expect(verdict.tone == .good)
            #expect(verdict.whyUnreported == nil)
        }
    }

    @Test func whyIsSaidWithTheEdgeAndItsReport() throws {
        let row = Fixture.row(7, .edgeSpent, ready: [.in, .out])
        let why = try #require(verdict(row).whyUnreported)
        #expect(why.fd == row.item.fd && why.events == .in)
        #expect(why.cause == "edge 5 was reported" && why.reportedAt == row.item.lastReportedAt)
        #expect(verdict(Fixture.row(7, .notInMask, ready: .in, mask: [.out])).whyUnreported?.cause == "not asked for")
    }

    @Test func aGhostNeedsALookWhateverItsState() {
        let verdict = verdict(Fixture.row(7, .notReady, ready: [], isGhost: true))
        #expect(verdict.tone == .attention)
        #expect(verdict.shortText == "ghost")
        #expect(verdict.longText == "ghost: not ready")
    }

    @Test func everyShortWordIsExplained() {
        let reasons: [ReasonCode] = [
            .reportedLevel, .reportedEdge, .notReady, .edgeSpent, .notInMask, .oneShotSpent,
        ]
        let words = reasons.flatMap { reason in
            [EpollEvents.in, .hup, [.in, .out], .err].flatMap { ready in
                [UInt64(0), 5000].map { verdict(Fixture.row(7, reason, ready: ready, held: $0, unread: 0)).shortText }
            }
        }
        let explained = Set(ItemVerdict.legend.map(\.word))
        #expect(Set(words).subtracting(["-"]).isSubset(of: explained))
        #expect(words.allSatisfy { $0.count <= 5 })
    }
}
