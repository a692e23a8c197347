import Foundation
import Testing

extension EndToEnd {
    /// Why waits return what they do, and what can be tried, in a real terminal emulator.
    @Suite struct Explain {
        @Test(arguments: [(80, 24), (120, 40)])
        func aStallIsExplainedAndEndedByOneByte(columns: Int, rows: Int) throws {
            let tmux = try Tmux(
                Tmux.quote([Product.program, Product.guest("stall")]), columns: columns, rows: rows)
            try tmux.wait(for: "the stall") { $0[0].contains("STALLED") }
            try tmux.press("2", "e")
            try tmux.wait(forText: "It sleeps on: fd 3 has IN, but edge 5 was told at wait")
            try tmux.wait(for: "the item and its rule") { lines in
                lines.contains { $0.contains("3 IN") && $0.contains("5 / 5") && $0.contains("YES") }
                    && lines.contains { $0.contains("EAGAIN") }
            }
            try tmux.press("Left")
            try tmux.wait(for: "the wait before") { lines in
                lines.contains { $0.contains("Explain wait") && !$0.contains("under way") }
                    && lines.contains { $0.contains("returned: edge 5 is new") }
            }
            try tmux.press("Right", "1")
            try tmux.wait(forText: "Give fd 3 one more byte? This changes the guest. y/n")
            try tmux.press("y")
            try tmux.wait(for: "the guest was changed and hears of it") { lines in
                lines[0].contains("CHANGED BY YOU") && lines.contains { $0.contains("Explain wait") }
            }
            try tmux.press("Escape")
            try tmux.wait(forText: "1 Fds")
            try tmux.press("4", "z")
            try tmux.wait(for: "what was done, in the trace") { lines in
                lines.contains { $0.contains("by you: one more to read on fd 3") }
            }
            try tmux.press("Q")
        }

        /// The same pipe under two instances: what the edge-triggered one does not tell is put beside what the other does.
        @Test func aWaitInTheTraceIsExplained() throws {
            let tmux = try Tmux(
                Tmux.quote([Product.program, Product.guest("lt-vs-et"), "1000", "50"]), columns: 100, rows: 30)
            try tmux.wait(forText: "epoll_wait")
            try tmux.press("4", "p")
            try tmux.wait(for: "the pause") { $0[0].contains("PAUSED") }
            try tmux.press("e")
            try tmux.wait(for: "an explanation") { lines in
                lines.contains { $0.contains("Explain") && $0.contains("of epoll") }
                    && lines.contains { $0.contains("Rule for fd") }
            }
            try tmux.press("Q")
        }
    }
}
