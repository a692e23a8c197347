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

        @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
        func aSignalGoesToAGuestThatTakesIt(signal: Int32) throws {
            let command = Command(Product.program, ["run", try Product.guest("graceful")])
            let outcome = try command.run(sending: signal, after: "ready")
            #expect(outcome.status == 7 && outcome.output == "ready\nsignal \(signal)\n", "\(outcome)")
        }

        /// It never looks; with `--signals-anywhere` it does.
        @Test func codeThatComputesIsEndedByASignalOrTakesIt() throws {
            let guest = try Product.guest("graceful")
            let command = Command(Product.program, ["run", guest, "computing"])
            #expect(try command.run(sending: SIGTERM, after: "ready").status == 128 + SIGTERM)
            let anywhere = Command(Product.program, ["run", "--signals-anywhere", guest, "computing"])
            let outcome = try anywhere.run(sending: SIGTERM, after: "ready")
            #expect(outcome.status == 7 && outcome.output == "ready\nsignal 15\n", "\(outcome)")
        }

        @Test(arguments: [SIGTERM, SIGINT])
        func signalEndsABusyGuest(signal: Int32) throws {
            let command = try Command(Product.program, ["run", Product.guest("exits"), "loop"])
            #expect(try command.run(sending: signal, after: "mode loop").status == 128 + signal)
        }
    }
}
