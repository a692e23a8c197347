import ArgumentParser
import Trace

/// Which calls keep their stacks for what is said of them: `--stacks`, `--stack-on-block`.
struct StackOptions: ParsableArguments {
    @Flag(
        name: .customLong("stacks"),
        help: "Keep the stack of each call: every fact of a finding says where it was. Slower.")
    var keepsAll = false
    @OptionGroup var waits: WaitStacks

    var traceOptions: TraceOptions {
        var options = TraceOptions()
        options.stacks = keepsAll ? .all : waits.choice
        options.keepsFaults = true
        return options
    }
}
