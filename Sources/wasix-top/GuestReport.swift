import CLinux
import Diagnosis
import Export
import Glibc
import Model
import Runtime
import Trace

/// Says on standard error what the threads of a guest wait for that nobody inspects.
enum GuestReport {
    /// Microseconds between two looks: what holds that long is not just passing (`ItemVerdict.edgeHold`).
    private static let pause: UInt32 = 300_000

    /// Takes as long as the pause. Any thread.
    static func write(_ guest: Guest) { StandardError.write(lines: lines(guest)) }

    /// The report, of the guest as it is now. Takes as long as the pause. Any thread.
    static func lines(_ guest: Guest) -> [String] {
        var fold = ModelFold()
        var examiner = Examiner()
        if let first = fold.fold(input(guest)) { _ = examiner.examine(first) }
        usleep(pause)
        guard let state = fold.fold(input(guest)) else { return [] }
        return ReportText(ExaminedState(model: state, examination: examiner.examine(state))).lines
    }

    /// A look at the state, and the names that descriptions have now.
    private static func input(_ guest: Guest) -> InspectionInput {
        let snapshot = guest.snapshot()
        var input = InspectionInput(time: TraceTime())
        for descriptor in snapshot.descriptors {
            let name = descriptor.detail.label(descriptor.kind)
            input.names.append((descriptor.object, [ObjectName(name)]))
        }
        input.look = InspectionLook(
            snapshot: snapshot, calls: [], threads: [], received: 0, dropped: 0, hasEnded: snapshot.guest.hasEnded)
        return input
    }
}
