import Foundation
import Testing

extension Explained {
    /// A stall is explained in three keys at most, on the smallest screen that all panes fit: what is wrong, and which
    /// line of the guest's source did it.
    @Suite struct WhyInThreeKeys {
        struct Stall: Sendable, CustomTestStringConvertible {
            let guest: String
            var mode: [String] = []
            let code: String
            /// A function and its file, as the screen after `keys` shows them.
            let place: [String]

            var testDescription: String { guest }
        }

        static let stalls = [
            Stall(guest: "stall", code: "E01", place: ["serve_once", "stall.c:"]),
            Stall(guest: "deadlock", code: "E07", place: ["submit_job", "deadlock.c:"]),
            Stall(guest: "leak", mode: ["20"], code: "W11", place: ["serve", "leak.c:"]),
            Stall(guest: "lints/busy-poll", mode: ["fire"], code: "W06", place: ["busy-poll.c:"]),
            Stall(guest: "spin", code: "W05", place: ["guest_main", "spin.c:"]),
            Stall(guest: "lints/lost-wakeup", mode: ["fire"], code: "E09", place: ["lost-wakeup.c:"]),
            Stall(
                guest: "lints/oneshot-not-rearmed", mode: ["fire"], code: "E02",
                place: ["server", "oneshot-not-rearmed.c:"]),
        ]

        @Test(arguments: stalls)
        func whatIsWrongAndWhere(_ stall: Stall) throws {
            let tmux = try Tmux(
                Tmux.quote([Product.program, Product.guest(stall.guest)] + stall.mode), columns: 80, rows: 24)
            try tmux.wait(for: "the finding below the state") { lines in
                lines.prefix(2).contains { $0.contains(stall.code) }
            }
            try tmux.press("!")
            try tmux.wait(for: "why") { lines in
                lines.contains { $0.contains("Why") && $0.contains(stall.code) }
                    && lines.contains { $0.contains("What to do") }
            }
            // The place stands there already, or on the stack of the thread.
            if !hasPlace(try tmux.screen(), stall) { try tmux.press("b") }
            try tmux.wait(for: "the place in the source") { hasPlace($0, stall) }
            try tmux.press("Q")
        }

        /// A pipeline that waits for an end that it keeps away itself; the tree says which process waits for which.
        @Test(.enabled(if: Product.has("processes/pipeline.wasm"), "binaryen is missing"))
        func aPipelineThatHoldsItsOwnEndOpen() throws {
            let guest = try Product.processGuest("pipeline")
            let tmux = try Tmux(Tmux.quote([Product.program, guest]), columns: 80, rows: 24)
            try tmux.wait(for: "the finding below the state") { lines in
                lines.prefix(2).contains { $0.contains("E14") }
            }
            try tmux.press("9")
            try tmux.wait(for: "the processes") { lines in
                ["the end of P2", "fd 3 pipe#1 r"].allSatisfy { what in
                    lines.contains { $0.contains("pipeline.wasm") && $0.contains(what) }
                }
            }
            try tmux.press("!")
            try tmux.wait(for: "why, and where") { lines in
                let text = lines.joined(separator: " ")
                return ["write-end-still-open", "but its own", "ends it: nobody", "pipeline.c:"]
                    .allSatisfy(text.contains)
            }
            try tmux.press("Q")
            let whole = try Product.call(["check", "--deny", "all", guest, "closes"])
            #expect(whole.status == 0 && whole.output.contains("19 bytes"), "\(whole.errors)")
        }

        private func hasPlace(_ lines: [String], _ stall: Stall) -> Bool {
            stall.place.allSatisfy { word in lines.contains { $0.contains(word) } }
        }
    }
}
