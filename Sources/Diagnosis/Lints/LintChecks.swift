import Model
import Trace
import WasixABI

/// All checks. Each is a pure function of the facts; what it answers is a suspicion, which the examiner makes a finding of
/// when it has held as long as its lint says.
enum LintChecks {
    static func all(_ facts: LintFacts, _ memory: LintMemory) -> [Finding] {
        registrations(facts) + storms(facts, memory) + waits(facts) + wakeUps(facts) + loops(facts)
            + transfers(facts) + descriptors(facts, memory) + calls(facts)
    }

    /// `1 byte`, `16 bytes`.
    static func count(_ number: UInt64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
