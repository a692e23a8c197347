import ArgumentParser
import Glibc
import Kernel
import Runtime

struct RunCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a module; the guest owns the terminal.",
        usage: "wasix-top run [OPTIONS] MODULE [ARG...]",
        discussion: """
            SIGQUIT (Ctrl-\\) says on standard error what each thread waits for, where in the code, and what is wrong, before it \
            goes to the guest; so does the end of --timeout. SIGINT, SIGTERM and SIGHUP go to the guest, too; all of them end \
            one that has no place for signals, or that computes and does not come by within a tenth of a second. SIGWINCH \
            goes to programs that have asked for the terminal's size.
            """,
        version: Program.version)

    @Flag(help: "Signals reach code that computes without calls, which makes such code slower.")
    var signalsAnywhere = false

    @OptionGroup var limit: TimeLimit
    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [ByteString]) throws -> Int32 {
        var options = try guest.options(arguments, stdio: .inherited(input: guest.standardInput))
        options.isInterruptible = signalsAnywhere
        let launch = try GuestLaunch(loading: options, limit: limit)
        HostSignals.forward { [guest = launch.guest] signal in
            guard signal == SIGWINCH else { return guest.takes(UInt8(signal)) }
            guest.windowChanged()
            return true
        }
        HostSignals.atQuit { [guest = launch.guest] in
            GuestReport.write(guest)
            // In a program that has stalled, libc's handler may wait for a lock for ever: once more ends it.
            return !guest.isHandling(UInt8(SIGQUIT)) && guest.takes(UInt8(SIGQUIT))
        }
        try launch.start()
        return try launch.finish()
    }
}
