import Foundation
import Testing

extension Explained {
    /// What is said of a guest that hangs and has no screen.
    @Suite struct Reports {
        private func lines(_ outcome: Outcome) -> [String] {
            outcome.errors.split(separator: "\n").map(String.init)
        }

        private func expectStandstill(_ outcome: Outcome) {
            let lines = lines(outcome)
            for (thread, call) in [("T1", "epoll_wait(5<epoll>, "), ("T2", "fd_read(3<pipe#1 r>, ")] {
                let said = lines.filter { $0.hasPrefix("+++ \(thread) \(call)") }
                #expect(said.count == 1 && said.allSatisfy { $0.hasSuffix("s, no timeout") }, "\(lines)")
            }
            #expect(lines.contains("+++   5<epoll>: 1 watched, none ready"), "\(lines)")
            #expect(lines.contains { $0.hasPrefix("+++ STALLED for ") }, "\(lines)")
        }

        @Test func ctrlBackslashSaysWhatEachThreadWaitsFor() throws {
            let command = Command(Product.program, ["run", try Product.guest("hang")])
            let outcome = try command.run(sending: SIGQUIT, after: "begin")
            #expect(outcome.status == 128 + SIGQUIT)
            expectStandstill(outcome)
        }

        @Test(arguments: ["run", "trace"]) func soDoesTheTimeLimit(_ word: String) throws {
            let outcome = try Product.call([word, "--timeout", "5", Product.guest("hang")])
            #expect(outcome.status == 124)
            expectStandstill(outcome)
        }

        @Test func theLostEdgeOfTheDemoIsNamedWithItsPlaceInTheCode() throws {
            let command = Command(Product.program, ["run", try Product.guest("stall")])
            let outcome = try command.run(sending: SIGQUIT, after: "server: read 32 bytes")
            #expect(outcome.status == 128 + SIGQUIT)
            let lines = lines(outcome)
            #expect(
                lines.contains {
                    $0.hasPrefix("+++   5<epoll> 3<pair#1> IN ET: 16 bytes unread, edge 5 was reported")
                }, "\(lines)")
            let waits = [
                ("+++ T1 epoll_wait(5<epoll>, ", #/^\+\+\+     in guest_main stall\.c:\d+ < /#),
                ("+++ T2 fd_read(4<pair#1>, ", #/^\+\+\+     in client_body stall\.c:\d+ < /#),
            ]
            for (wait, place) in waits {
                let index = try #require(lines.firstIndex { $0.hasPrefix(wait) }, "\(lines)")
                try #require(index + 1 < lines.count)
                #expect(lines[index + 1].firstMatch(of: place) != nil, "\(lines)")
            }
            let finding = try #require(lines.firstIndex { $0.hasPrefix("+++ E01 et-not-drained: ") }, "\(lines)")
            #expect(lines[finding].contains("16 unread bytes"))
            // Who left the rest is known of a guest that is traced; here it is where the loop waits.
            #expect(lines[finding...].contains { $0.contains("in T1 guest_main stall.c:") }, "\(lines)")
            #expect(lines.last?.hasPrefix("+++ STALLED for ") == true, "\(lines)")
        }
    }
}
