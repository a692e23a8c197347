import Foundation
import Testing

extension EndToEnd {
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
            var command = Command(Product.program, ["run", try Product.guest("hang")], timeLimit: 20)
            command.signal = SIGQUIT
            let outcome = try command.run()
            #expect(outcome.status == 128 + SIGQUIT)
            expectStandstill(outcome)
        }

        @Test(arguments: ["run", "trace"]) func soDoesTheTimeLimit(_ word: String) throws {
            let outcome = try Product.call([word, "--timeout", "2", Product.guest("hang")], timeLimit: 20)
            #expect(outcome.status == 124)
            expectStandstill(outcome)
        }

        @Test func theLostEdgeOfTheDemoIsNamed() throws {
            let outcome = try Product.call(
                ["run", "--timeout", "6", Product.guest("stall")], timeLimit: 30)
            #expect(outcome.status == 124)
            let lines = lines(outcome)
            #expect(
                lines.contains {
                    $0.hasPrefix("+++   5<epoll> 3<pair#1> IN ET: 16 bytes unread, edge 5 was reported")
                }, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("+++ T1 epoll_wait(5<epoll>, ") }, "\(lines)")
        }
    }
}
