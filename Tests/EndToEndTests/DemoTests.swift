import Foundation
import Testing

extension EndToEnd {
    /// The demo guests under `run` and `trace`.
    @Suite struct Demos {
        @Test func echoServesItsClients() throws {
            let outcome = try Product.call(["run", "--net", Product.guest("echo"), "2"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.first == "server: listening")
            #expect(lines.last == "server: all clients are done")
            for client in 0..<4 {
                #expect(lines.count { $0.hasPrefix("client \(client): got 'message ") } == 2)
            }
            #expect(lines.count { $0.hasPrefix("server: client from port ") } == 4)
            #expect(lines.count { $0 == "server: a client hung up" } == 4)
        }

        @Test func echoWithoutNetworkIsRefused() throws {
            let outcome = try Product.call(["run", Product.guest("echo"), "1"])
            #expect(outcome.status == 1)
            #expect(outcome.output.hasPrefix("echo: "))
        }

        @Test func levelAndEdgeDiffer() throws {
            let outcome = try Product.call(["run", Product.guest("lt-vs-et"), "2", "1"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let round = """
                the pipe is empty             level: -     edge: -
                six bytes written             level: IN    edge: IN
                nothing done since            level: IN    edge: -
                three of them read            level: IN    edge: -
                one more byte written         level: IN    edge: IN
                all read                      level: -     edge: -

                """
            expectSameTranscript(outcome.output, as: round + round, "lt-vs-et")
        }

        @Test func stallStalls() throws {
            let outcome = try Product.call(["run", Product.guest("stall"), "1500"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.split(separator: "\n").count { $0 == "client: answered" } == 4)
            #expect(
                outcome.output.hasSuffix(
                    "server: no event, though 32 bytes of a request are here and the rest is in the socket\n"))
        }

        @Test func leakKeepsMostOfWhatItOpens() throws {
            let scratch = try Scratch()
            let outcome = try Product.call(
                ["trace", "-o", scratch.file("trace.txt"), Product.guest("leak"), "0", "20"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "10 requests served\n20 requests served\n")
            let lines = (scratch.read("trace.txt") ?? "").split(separator: "\n")
            #expect(lines.count { $0.contains("sock_pair(") } == 20)
            #expect(lines.count { $0.contains("fd_close(") } == 22)
        }

        @Test func spinNeverRests() throws {
            let outcome = try Product.call(["run", Product.guest("spin"), "100"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let words = outcome.output.split(separator: " ")
            let waits = try #require(words.first.flatMap { Int($0) })
            #expect(waits > 100)
            #expect(outcome.output.hasSuffix(" waits for 1 lines\n"))
        }

        @Test func traceTellsOneLineACall() throws {
            let scratch = try Scratch()
            let outcome = try Product.call(
                ["trace", "-o", scratch.file("trace.txt"), Product.guest("lt-vs-et"), "1", "1"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("the pipe is empty"))
            let lines = (scratch.read("trace.txt") ?? "").split(separator: "\n")
            #expect(lines.count { $0.contains("fd_pipe(") } == 1)
            #expect(lines.count { $0.contains("epoll_create(") } == 2)
            #expect(lines.count { $0.contains("epoll_ctl(") } == 2)
            #expect(lines.count { $0.contains("epoll_wait(") } == 12)
            #expect(lines.contains { $0.contains("epoll_ctl(") && $0.contains("ET") })
        }

        @Test func traceKeepsTheGuestsStatus() throws {
            #expect(try Product.call(["trace", "-o", "/dev/null", Product.guest("exits"), "exit", "5"]).status == 5)
            #expect(
                try Product.call(["trace", "-o", "/dev/null", Product.guest("exits"), "unreachable"]).status == 134)
        }
    }
}
