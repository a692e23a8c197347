import ArgumentParser
import Trace

/// `--stack-on-block`
struct WaitStacks: ParsableArguments {
    @Option(
        name: .customLong("stack-on-block"),
        help: ArgumentHelp("Keep the stack of each call that slept at least so long, as 100ms.", valueName: "DURATION"))
    var least: TimeSpan?

    var choice: TraceOptions.StackChoice { least.map { .afterWait($0.nanoseconds) } ?? .none }
}
