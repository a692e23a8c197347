import Foundation
import Synchronization
import Testing

extension CommandForms {
    /// Servers on a listening socket that was handed in, by programs of other toolchains: natively as descriptor 3, as
    /// guests by `--listenfd` and `--tcplisten`.
    @Suite struct Listeners {
        /// A server to run, and what it is run with.
        enum Way: String, CaseIterable, CustomTestStringConvertible {
            case native, listenfd, tcplisten
            var testDescription: String { rawValue }
        }

        /// Starts the program, runs `clients` against it meanwhile, and answers what the program printed.
        private func serve(
            _ name: String, _ arguments: [String], _ way: Way, _ clients: (UInt16) throws -> Void
        ) throws -> Outcome {
            let path = try Product.toolchain(name)
            var listener: HostSocket? = try HostSocket.listener()
            let port = try #require(listener).port
            var command: Command
            switch way {
            case .native:
                command = Command(path, ["3"] + arguments)
                command.handedIn = listener?.descriptor
            case .listenfd:
                // Only a shell knows its own number before the program has it.
                command = Command(
                    "/bin/sh",
                    [
                        "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"", Product.program, "run", "--listenfd",
                        path + ".wasm", "3",
                    ] + arguments)
                command.handedIn = listener?.descriptor
            case .tcplisten:
                // The port is free again, and nobody else's for as long as the host counts upwards.
                listener = nil
                command = Command(
                    Product.program,
                    ["run", "--dir", "/tmp", "--tcplisten", "127.0.0.1:\(port)", path + ".wasm", "4"] + arguments)
            }
            let running = command
            let outcome = Mutex<Result<Outcome, any Error>?>(nil)
            let ended = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let result = Result { try running.run() }
                outcome.withLock { $0 = result }
                ended.signal()
            }
            defer { withExtendedLifetime(listener) {} }
            try clients(port)
            ended.wait()
            return try #require(outcome.withLock { $0 }).get()
        }

        /// What the servers answer to "big" and that number.
        private static func big(_ count: Int) -> Data {
            Data((0..<count).map { UInt8(ascii: "a") + UInt8((count - $0) % 26) })
        }

        @Test(arguments: Way.allCases)
        private func pollServesManyConnectionsAtOnce(way: Way) throws {
            let count = 20
            let size = 3_000_000
            let outcome = try serve("handed", ["\(count + 1)"], way) { port in
                // Owed more than any buffer holds, this one makes nobody else wait.
                let slow = try HostSocket.connection(to: port)
                try slow.send("big \(size)\nquit\n")
                let clients = try (0..<count).map { _ in try HostSocket.connection(to: port) }
                for (number, client) in clients.enumerated() { try client.send("line of \(number)\nsecond") }
                for (number, client) in clients.enumerated().reversed() {
                    let wanted = "LINE OF \(number)\n"
                    #expect(try client.receive(wanted.utf8.count) == Data(wanted.utf8))
                    try client.send(" line\nquit\n")
                    #expect(try client.receive(.max) == Data("SECOND LINE\n".utf8))
                }
                #expect(try slow.receive(.max) == Self.big(size))
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
            let bytes = size + (0..<count).reduce(0) { $0 + "LINE OF \($1)\nSECOND LINE\n".utf8.count }
            #expect(outcome.output == "\(count + 1) connections, \(3 * count + 2) lines, \(bytes) bytes\n")
        }

        @Test(.enabled(if: Product.has("toolchains/handed_rust.wasm"), "Rust is left out"), arguments: Way.allCases)
        private func rustWaitsInEveryCall(way: Way) throws {
            let outcome = try serve("handed_rust", ["3"], way) { port in
                for _ in 0..<3 {
                    let client = try HostSocket.connection(to: port)
                    try client.send("one\nbig 1000000\ntwo")
                    #expect(try client.receive(1_000_004) == Data("ONE\n".utf8) + Self.big(1_000_000))
                    try client.send("\nquit\n")
                    #expect(try client.receive(.max) == Data("TWO\n".utf8))
                }
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "3 connections, 12 lines, 3000024 bytes\n")
        }

        /// Its event loop accepts until nobody is there: that accept must not wait.
        @Test(
            .enabled(if: Product.has("toolchains/tokio_server.wasm"), "tokio is left out"),
            arguments: [Way.listenfd, .tcplisten])
        private func tokioAnswersEveryClient(way: Way) throws {
            let bursts = 3
            let count = 8
            let outcome = try serve("tokio_server", ["\(bursts * count)"], way) { port in
                for burst in 0..<bursts {
                    let clients = try (0..<count).map { _ in try HostSocket.connection(to: port) }
                    for (number, client) in clients.enumerated() { try client.send("line \(burst) of \(number)\nsec") }
                    for (number, client) in clients.enumerated().reversed() {
                        let wanted = "LINE \(burst) OF \(number)\n"
                        #expect(try client.receive(wanted.utf8.count) == Data(wanted.utf8))
                        try client.send("ond\nquit\n")
                        #expect(try client.receive(.max) == Data("SECOND\n".utf8))
                    }
                }
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.output == "\(bursts * count) connections, \(bursts * count * 3) lines, ticked: true\n")
        }

        @Test(.enabled(if: Product.has("toolchains/gohttp.wasm"), "Go is left out"), arguments: Way.allCases)
        private func goServesHypertext(way: Way) throws {
            let rounds = 10
            let outcome = try serve("gohttp", [], way) { port in
                // HTTP/1.0: an answer is not cut into chunks, and ends with the connection.
                func ask(_ client: HostSocket, _ path: String, _ body: String = "") throws {
                    let request = body.isEmpty ? "GET \(path)" : "POST \(path)"
                    try client.send("\(request) HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                }
                func answer(_ client: HostSocket, _ body: String) throws {
                    let text = String(decoding: try client.receive(.max), as: UTF8.self)
                    #expect(text.hasPrefix("HTTP/1.0 200 OK\r\n"), "\(text.prefix(500))")
                    #expect(text.hasSuffix("\r\n\r\n" + body), "\(text.prefix(500))")
                }
                for round in 0..<rounds {
                    let clients = try (0..<4).map { _ in try HostSocket.connection(to: port) }
                    try ask(clients[0], "/slow")
                    try ask(clients[1], "/big")
                    try ask(clients[2], "/hello?name=round+\(round)")
                    try ask(clients[3], "/upper", String(repeating: "text ", count: 20_000))
                    try answer(clients[3], String(repeating: "TEXT ", count: 20_000))
                    try answer(clients[2], "hello, round \(round)\n")
                    try answer(clients[1], String(repeating: "0123456789abcde\n", count: 4096 * 64))
                    try answer(clients[0], "part 0\npart 1\npart 2\n")
                }
                let last = try HostSocket.connection(to: port)
                try ask(last, "/stop")
                try answer(last, "stopping\n")
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "shutdown: <nil>\nserve: http: Server closed\nserved: \(4 * rounds)\n")
        }
    }
}
