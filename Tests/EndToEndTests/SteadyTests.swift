import Foundation
import Testing

/// A correct edge-triggered loop for a minute, picture by picture: nothing is found for a moment either. It mostly waits, so
/// it goes on beside all other tests.
@Suite struct Steady {
    /// What stands on the screen only when something is wrong.
    private static let alarms = ["! = why", "SPENT", "STALLED", "STUCK", "SILENT", "E01", "W0"]

    /// A machine that is busy makes threads late, and that looks like a guest that is.
    private static let timing = ["W18", "W19"]

    @Test func nothingFlickersWhileNothingIsWrong() throws {
        let seconds = 60.0
        let tmux = try Tmux(
            Tmux.quote([Product.program, Product.guest("steady"), "\(Int(seconds) + 600)"]), columns: 120, rows: 40)
        try tmux.wait(forText: "IN  ET")
        let end = ContinuousClock.now + .seconds(seconds)
        var pictures = 0
        var waits: Set<String> = []
        while ContinuousClock.now < end {
            let lines = try tmux.screen()
            pictures += 1
            for line in lines where line.contains("waits ") && line.contains("events/wait") { waits.insert(line) }
            let telling = lines.filter { line in !Self.timing.contains { line.contains($0) } }
            guard let alarm = Self.alarms.first(where: { word in telling.contains { $0.contains(word) } }) else {
                continue
            }
            Issue.record("picture \(pictures) says \(alarm):\n\(lines.joined(separator: "\n"))")
            return
        }
        // A screen that stands still would show no alarm either.
        #expect(pictures > 100 && waits.count > 3, "\(pictures) pictures, \(waits)")
    }
}
