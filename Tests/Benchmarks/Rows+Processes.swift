/// Processes, signals, jumps and contexts.
extension Rows {
    mutating func processes() throws {
        try cost("fork, exit and join, 1 MiB", ["fork", "1", "500"], "at most 3x native") { $0.ratio <= 3 }
        try cost("fork, exit and join, 64 MiB touched", ["fork", "64", "30"], "at most 5x native") { $0.ratio <= 5 }
        try cost("spawn of a program that was started before", ["spawn", "100"], "at most 10 ms") { $0.ours <= 10_000 }
        try cost("fork and exec of a program that was started before", ["exec", "100"], "at most 10 ms") {
            $0.ours <= 10_000
        }
        try cost("a signal to its own handler", ["signal", "100000"], "at most 5 us") { $0.ours <= 5 }
        try cost("setjmp and longjmp", ["jump", "20000"], "named") { _ in true }
        try contexts()
    }

    /// The whole process, but for what one without contexts takes.
    private mutating func contexts() throws {
        let switches = 400_000.0
        let switching = Program(sides.program, ["run", "\(sides.guests)/wasm/contexts.wat"])
        let times = try (0..<sides.rounds).map { _ in
            try switching.milliseconds() - sides.guest("hello", []).milliseconds()
        }
        let each = times.median * 1_000 / switches
        table.row("a switch to another context", each, unit: "us", target: "at most 2 us", isReached: each <= 2)
    }

    /// Looking up a function of a library, and calling it.
    mutating func libraries() throws {
        let sides = sides
        func compare(_ what: String, _ rounds: Int) throws -> Comparison {
            try sides.compare(
                ours: { try result(named: "costs", in: sides.linkingGuest("costs", [what, "\(rounds)"]).output()) },
                native: { try result(named: "costs", in: sides.native("linking/costs", [what, "\(rounds)"]).output()) })
        }
        table.part("dlsym of a symbol that was looked up before", try compare("symbol", 200_000), unit: "ns")
        table.part("a call of a library's function", try compare("call", 100_000_000), unit: "ns")
        table.part("a call of a function of its own", try compare("direct", 100_000_000), unit: "ns")
    }

    private mutating func cost(
        _ what: String, _ arguments: [String], _ target: String, _ isReached: (Comparison) -> Bool
    ) throws {
        let sides = sides
        let comparison = try sides.compare(
            ours: { try result(named: "cost", in: sides.processGuest("cost", arguments).output()) },
            native: { try result(named: "cost", in: sides.native("processes/cost", arguments).output()) })
        table.row(what, comparison, unit: "us", target: target, isReached: isReached(comparison))
    }
}

extension Sides {
    /// A guest that forks and jumps, and that finds its own file.
    func processGuest(_ name: String, _ arguments: [String]) -> Program { guest(name, arguments, below: "processes") }

    /// A guest that finds its libraries.
    func linkingGuest(_ name: String, _ arguments: [String]) -> Program { guest(name, arguments, below: "linking") }

    private func guest(_ name: String, _ arguments: [String], below folder: String) -> Program {
        let options = ["--dir", "\(guests)/\(folder)::/guests::ro", "--argv0", "/guests/\(name).wasm"]
        return Program(program, ["run"] + options + ["\(guests)/\(folder)/\(name).wasm"] + arguments)
    }
}
