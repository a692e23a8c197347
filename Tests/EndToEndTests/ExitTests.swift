import Foundation
import Testing

extension CommandForms {
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
        }

        @Test func trapInAThreadEndsTheOthers() throws {
            let outcome = try Product.call(["run", Product.guest("exits"), "thread-trap"])
            #expect(outcome.status == 134)
        }

        @Test func memoryStopsGrowingAtTheLimit() throws {
            let outcome = try Product.call(["run", Product.guest("exits"), "grow", "4"])
            #expect(outcome.status == 4)
            #expect(outcome.output == "mode grow\ngrowing was refused\n")
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func signalEndsABusyGuest(signal: Int32) throws {
            let command = try Command(Product.program, ["run", Product.guest("exits"), "loop"])
            #expect(try command.run(sending: signal, after: "mode loop").status == 128 + signal)
        }
    }
}
