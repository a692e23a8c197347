import Testing
import Trace
import WasixABI

@testable import Diagnosis

@Suite struct EffectTextTests {
    private static func edge(_ fd: UInt32, _ edge: UInt32, instance: UInt32 = 9) -> ReadinessChange {
        var change = ReadinessChange()
        change.instance = instance
        change.object = 40 + fd
        change.fd = fd
        change.edge = edge
        change.events = EpollEvents.in.rawValue
        return change
    }

    private static func passedOver(_ reason: ReasonCode, isUncertain: Bool = false) -> ReadinessChange {
        var change = edge(7, 18)
        change.reason = reason
        if isUncertain { change.events |= ReadinessChange.hostBit }
        return change
    }

    @Test func aLineSaysWhatACallLedTo() {
        #expect(EffectText.brief([Self.edge(3, 5), .woke(2)]) == "3 ready: edge 5  woke T2")
        #expect(EffectText.brief([.wokenBy(1)]) == "by T1")
        #expect(EffectText.brief([Self.edge(3, 5), Self.edge(4, 6)]) == "3 ready: edge 5  4 ready: edge 6")
        #expect(EffectText.brief([Self.edge(3, 5), Self.edge(3, 5, instance: 10)]) == "3 ready: edge 5")
        #expect(EffectText.brief((0..<3).map { Self.edge($0, 1) }) == "3 ready")
        #expect(EffectText.brief([Self.passedOver(.edgeSpent)]).isEmpty)
    }

    @Test(arguments: [
        (ReasonCode.edgeSpent, "edge 18 was reported before", "edge 18 told"),
        (.oneShotSpent, "one-shot, its report was given, no MOD since", "one-shot off"),
        (.notInMask, "its mask does not ask for that", "not asked"),
        (.reportedLevel, "no room left in the array", "no room"),
        (.reportedEdge, "no room left in the array", "no room"),
    ])
    func whatWasPassedOverIsSaidWithItsReason(reason: ReasonCode, long: String, short: String) {
        let certain = Self.passedOver(reason)
        #expect(certain.reason == reason && certain.kind == .passedOver)
        #expect(EffectText.whole(certain, instance: nil) == "fd 7 IN: \(long)")
        #expect(EffectText.short(certain) == "7 IN (\(short))")
        let uncertain = EffectText.whole(Self.passedOver(reason, isUncertain: true), instance: nil)
        #expect(uncertain == "fd 7 IN: \(long) (if it is still there)")
    }
}
