import Diagnosis
import Testing
import WasixABI

@Suite struct CallJudgementTests {
    @Test func aCallThatIsMadeToWaitIsNeverSlow() {
        for call in [CallID.epollWait, .pollOneoff, .futexWait, .fdRead, .sockAcceptV2, .sockRecv, .threadJoin] {
            #expect(!CallJudgement.isSlow(call, nanoseconds: 60_000_000_000))
        }
    }

    @Test func aCallThatHasNothingToWaitForIsSlowAfterATenthOfASecond() {
        #expect(CallJudgement.isSlow(.pathOpen, nanoseconds: 100_000_000))
        #expect(!CallJudgement.isSlow(.pathOpen, nanoseconds: 99_999_999))
    }
}
