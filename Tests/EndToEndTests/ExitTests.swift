import Foundation
import Testing

extension EndToEnd {
    /// What the program's own exit status says about the guest's end.
    @Suite struct Exits {
        @Test(arguments: [("return", 0), ("return", 3), ("exit", 0), ("exit", 3), ("exit", 255), ("exit", 256 + 7)])
        func statusIsTheGuests(mode: String, status: Int32) throws {
            let outcome = try Product.call(["run", Product.guest("exits"), mode, "\(status)"])
            #expect(outcome.status == status & 0xff)
            #expect(outcome.output == "mode \(mode)\n")
            #expect(outcome.errors == "")
        }

        @Test(arguments: ["unreachable", "divide", "outside", "overflow", "recurse"])
        func trapEndsWith134AndSaysWhere(mode: String) throws {
            let outcome = try Product.call(["run", Product.guest("exits"), mode])
            #expect(outcome.status == 134)
            #expect(outcome.output == "mode \(mode)\n")
            #expect(outcome.errors.contains("wasix-top: "))
            #expect(outcome.errors.contains(["overflow": "deeper", "recurse": "wider"][mode] ?? "guest_main"))
        }

        @Test func exitFromAThreadEndsThoseThatWait() throws {
            let outcome = try Product.call(["run", Product.guest("exits"), "thread-exit", "9"])
            #expect(outcome.status == 9)
            #expect(outcome.output == "mode thread-exit\nexiting\n")
            // The guest itself takes 50 ms; the rest is start and end.
            #expect(outcome.seconds < 3)
        }

        @Test func trapInAThreadEndsTheOthers() throws {
            let outcome = try Product.call(["run", Product.guest("exits"), "thread-trap"])
            #expect(outcome.status == 134)
            #expect(outcome.seconds < 3)
        }

        @Test func memoryStopsGrowingAtTheLimit() throws {
            let outcome = try Product.call(["run", Product.guest("exits"), "grow", "4"])
            #expect(outcome.status == 4)
            #expect(outcome.output == "mode grow\ngrowing was refused\n")
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func signalEndsABusyGuest(signal: Int32) throws {
            var command = try Command(Product.program, ["run", Product.guest("exits"), "loop"])
            command.signal = signal
            let outcome = try command.run()
            #expect(outcome.status == 128 + signal)
            #expect(outcome.seconds < 5)
        }
    }
}
