/// Where the two sides of a comparison are: the program under test with its guests, and the native counterparts.
struct Sides {
    /// What `Tests/Guests/build.sh` wrote.
    let guests: String
    /// The `wasix-top` program.
    let program: String
    /// How often each side of a row runs.
    let rounds: Int

    func native(_ name: String, _ arguments: [String]) -> Program {
        Program("\(guests)/native/\(name)", arguments)
    }

    func guest(_ name: String, _ arguments: [String], options: [String] = []) -> Program {
        Program(program, ["run"] + options + ["\(guests)/wasm/\(name).wasm"] + arguments)
    }

    /// Runs both sides by turns, so that what else the machine does falls on both, and takes the median of each.
    func compare(ours: () throws -> Double, native: () throws -> Double) throws -> Comparison {
        var samples: (ours: [Double], native: [Double]) = ([], [])
        for _ in 0..<rounds {
            samples.native.append(try native())
            samples.ours.append(try ours())
        }
        return Comparison(ours: samples.ours.median, native: samples.native.median)
    }

    /// What `first` measures by what `second` does. Both run right after each other, because the pace of a machine
    /// differs less between two neighbours than between two rows; the median of the quotients.
    func quotient(_ first: () throws -> Double, by second: () throws -> Double) throws -> Double {
        try (0..<rounds).map { _ in try first() / second() }.median
    }

    /// A guest and its native twin, which both print "NAME VALUE UNIT".
    /// - Parameter directory: where both run; the guest is granted it.
    func compare(_ name: String, _ arguments: [String], in directory: String? = nil, options: [String] = []) throws
        -> Comparison
    {
        var guest = guest(name, arguments, options: directory == nil ? options : options + ["--dir", "."])
        var native = native(name, arguments)
        guest.directory = directory
        native.directory = directory
        return try compare(
            ours: { [guest] in try result(named: name, in: guest.output()) },
            native: { [native] in try result(named: name, in: native.output()) })
    }
}

struct Comparison {
    let ours: Double
    let native: Double
    var ratio: Double { ours / native }
}

extension [Double] {
    var median: Double {
        let sorted = self.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
