import ArgumentParser
import Decode
import Export
import Glibc
import Trace

/// What a trace shows and how: strace's options by strace's names.
struct TraceHabits: ParsableArguments {
    @Option(
        name: [.customShort("e"), .customLong("trace")],
        help: ArgumentHelp(
            """
            Only these calls: trace=epoll_wait,fd_read or %net or /REGEX, !clock_time_get takes away; or a filter, as \
            'fd=7 and dur>1ms' ('wasix-top fields').
            """,
            valueName: "EXPR"))
    var expression: String?

    @Option(
        name: [.customShort("P", allowingJoined: true), .customLong("trace-path")],
        help: ArgumentHelp("Only calls on this file, by the guest's name for it.", valueName: "PATH"))
    var paths: [String] = []

    @Flag(name: [.customShort("z"), .customLong("successful-only")], help: "Only calls that succeeded.")
    var isSuccessfulOnly = false
    @Flag(name: [.customShort("Z"), .customLong("failed-only")], help: "Only calls that failed.")
    var isFailedOnly = false

    @Option(
        name: [.customShort("s", allowingJoined: true), .customLong("string-limit")],
        help: ArgumentHelp("Bytes of a string to print; names of files are printed whole.", valueName: "N"))
    var stringLimit = StringLimit(bytes: 64)

    @Option(
        name: [.customShort("X", allowingJoined: true), .customLong("const-print-style")],
        help: ArgumentHelp(
            "Flags and constants as numbers (raw), names (abbrev) or both (verbose).", valueName: "STYLE"))
    var constants = ConstantPrintStyle.abbrev

    @Flag(
        name: [.customShort("T"), .customLong("syscall-times")],
        help: "Print how long each call took; --syscall-times=s|ms|us|ns chooses the precision.")
    var showsDuration = false
    @Option(name: .customLong("syscall-times-in"), help: .hidden, transform: { try precision("--syscall-times", $0) })
    var durationPrecision: TimePrecision?

    @Flag(
        name: [.customShort("t"), .customLong("absolute-timestamps")],
        help: "Print the time of day, -tt with microseconds, -ttt since the epoch; --absolute-timestamps=unix,ns.")
    var showsSeconds = false
    @Flag(name: .customLong("tt", withSingleDash: true), help: .hidden)
    var showsMicroseconds = false
    @Flag(name: .customLong("ttt", withSingleDash: true), help: .hidden)
    var showsEpoch = false
    @Option(name: .customLong("absolute-timestamps-in"), help: .hidden, transform: parseAbsoluteStyle)
    var absoluteStyle: TimeStyle?

    @Flag(
        name: [.customShort("k"), .customLong("stack-trace")], help: "Print the guest's stack below each call.")
    var showsStacks = false
    @OptionGroup var waitStacks: WaitStacks

    @Flag(
        name: [.customShort("r"), .customLong("relative-timestamps")],
        help: "Print the time since the line before; --relative-timestamps=s|ms|us|ns chooses the precision.")
    var showsRelative = false
    @Option(
        name: .customLong("relative-timestamps-in"), help: .hidden,
        transform: { try precision("--relative-timestamps", $0) })
    var relativePrecision: TimePrecision?

    @Flag(
        name: [.customShort("q"), .customLong("quiet")],
        help: "No lines about threads; -qq: nor about the end.")
    var quietness: Int

    @Flag(
        name: [.customShort("f"), .customShort("y"), .customLong("yy", withSingleDash: true)],
        help: "Accepted as in strace: threads and descriptor names are always shown.")
    var acceptsHabits = false

    func validate() throws {
        guard !(isSuccessfulOnly && isFailedOnly) else {
            throw ValidationError("-z and -Z leave nothing to show")
        }
    }

    /// `-e`
    func filter() throws -> Filter {
        guard let expression else { return .all }
        return try FilterArgument.read(expression, of: "-e") { text throws(FilterProblem) in
            try Filter(parsing: text)
        }
    }

    /// - Parameters:
    ///   - filter: of `-e`.
    ///   - isColored: the output can show colours and shall.
    func textOptions(_ filter: Filter, isColored: Bool) -> StraceText.Options {
        var options = StraceText.Options()
        options.timeStyle = timeStyle
        options.durationPrecision = durationPrecision ?? (showsDuration ? .nanoseconds : nil)
        options.stringLimit = stringLimit.bytes
        options.constantStyle = constants.style
        options.filter = traceFilter(filter)
        options.showsEnd = quietness < 2
        options.isColored = isColored
        options.showsStacks = stacks != .none
        return options
    }

    /// Without what is about the look of lines.
    /// - Parameter filter: of `-e`.
    func jsonOptions(_ filter: Filter) -> JsonTrace.Options {
        var options = JsonTrace.Options()
        options.filter = traceFilter(filter)
        options.stringLimit = stringLimit.bytes
        options.numbersConstants = constants == .raw
        return options
    }

    /// Which calls are to keep their stacks.
    var stacks: TraceOptions.StackChoice { showsStacks ? .all : waitStacks.choice }

    private func traceFilter(_ expression: Filter) -> TraceFilter {
        var filter = TraceFilter()
        filter.expression = expression
        filter.status = isSuccessfulOnly ? .successful : isFailedOnly ? .failed : .any
        filter.paths = PathSet(paths)
        filter.showsThreads = quietness == 0
        return filter
    }

    private var timeStyle: TimeStyle {
        if let absoluteStyle { return absoluteStyle }
        if showsEpoch { return .epoch(.microseconds) }
        if showsMicroseconds { return .clock(.microseconds) }
        if showsSeconds { return .clock(.seconds) }
        if let relativePrecision { return .relative(relativePrecision) }
        return showsRelative ? .relative(.microseconds) : .none
    }

    // MARK: spelling

    private static let withAndWithoutValue = ["--syscall-times", "--absolute-timestamps", "--relative-timestamps"]

    /// `-etrace=fd_read`: the parser takes a joined value with an equals sign for another option; and it knows options
    /// with and without a value, but none that can be both, so that value travels under another name.
    static func normalize(_ options: [String]) -> [String] {
        options.flatMap { option -> [String] in
            if option.hasPrefix("-e"), !option.hasPrefix("--"), option.count > 2 {
                return ["-e", String(option.dropFirst(2))]
            }
            for name in withAndWithoutValue where option.hasPrefix(name + "=") {
                return [name + "-in=" + option.dropFirst(name.count + 1)]
            }
            return [option]
        }
    }

    private static func precision(_ option: String, _ text: String) throws -> TimePrecision {
        guard let precision = TimePrecision(rawValue: text) else {
            throw ValidationError("'\(text)' is no precision for '\(option)': s, ms, us or ns")
        }
        return precision
    }

    /// `[[format:]time|unix|none][,[precision:]s|ms|us|ns]`
    private static func parseAbsoluteStyle(_ text: String) throws -> TimeStyle {
        var format = "time"
        var precision = TimePrecision.seconds
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let value = String(part.drop(while: { $0 != ":" }).dropFirst())
            let word = part.contains(":") ? value : String(part)
            if !part.hasPrefix("format:"), let found = TimePrecision(rawValue: word) {
                precision = found
            } else if !part.hasPrefix("precision:"), ["time", "unix", "none"].contains(word) {
                format = word
            } else {
                throw ValidationError(
                    "'\(text)' is no style for '--absolute-timestamps': time, unix or none, and s, ms, us or ns")
            }
        }
        switch format {
        case "unix": return .epoch(precision)
        case "none": return .none
        default: return .clock(precision)
        }
    }
}

/// `-s`: as many as one likes.
struct StringLimit: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        guard !argument.isEmpty, argument.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            return nil
        }
        // More digits than fit mean: all.
        bytes = Int(argument) ?? .max
    }

    var defaultValueDescription: String { String(bytes) }
}

/// `-X`
enum ConstantPrintStyle: String, ExpressibleByArgument, CaseIterable {
    case raw, abbrev, verbose

    var style: DecodeOptions.ConstantStyle {
        switch self {
        case .raw: .numbers
        case .abbrev: .names
        case .verbose: .both
        }
    }
}

/// `--color`
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never

    /// Whether text on `descriptor` is to be coloured.
    func colors(_ descriptor: Int32) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isatty(descriptor) == 1 && !Self.isUnwanted
        }
    }

    /// no-color.org, and terminals that cannot.
    private static var isUnwanted: Bool {
        if let choice = getenv("NO_COLOR"), choice.pointee != 0 { return true }
        guard let terminal = getenv("TERM") else { return true }
        return String(cString: terminal) == "dumb"
    }
}

/// `--format`
enum FormatChoice: String, ExpressibleByArgument, CaseIterable {
    case text, jsonl
}
