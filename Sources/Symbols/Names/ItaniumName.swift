/// C++'s mangling (the Itanium ABI, 5.1), as clang and GCC write it.
///
/// Constraints are read and not shown. Not understood: names of modules, explicit object parameters, `requires`
/// expressions, floating-point arguments.
struct ItaniumName {
    var reader: NameReader
    private var limits = DemanglerLimits()
    /// What `S_`, `S0_` and so on stand for.
    var substitutions: [ItaniumNode] = []
    /// What `T_`, `T0_` and so on stand for: the arguments of the name around.
    var templateArguments: [ItaniumNode] = []
    /// The parameters of a lambda's own template; nil outside of a lambda's parameters.
    var lambdaParameters: [ItaniumNode]?
    /// What `forward` nodes stand for. While the name is read: nothing yet, and the parameters' numbers.
    private var forwards: [ItaniumNode] = []
    private var forwardNumbers: [Int] = []
    var permitsForward = false
    /// Whether what is read is shown: a constraint may speak of parameters that only it knows.
    var isShown = true
    /// Whether arguments after a type belong to it, and not to the conversion operator that names it.
    var typesTakeArguments = true

    /// nil when the name is not understood.
    static func read(_ name: String) -> String? {
        var parser = ItaniumName(reader: NameReader(name))
        guard let node = try? parser.whole() else { return nil }
        var printer = ItaniumPrinter(name: parser.reader, forwards: parser.forwards)
        return try? printer.print(node)
    }

    private init(reader: NameReader) { self.reader = reader }

    private mutating func whole() throws(Unreadable) -> ItaniumNode {
        try reader.expect("_Z")
        let node = try encoding()
        guard !reader.isAtEnd else { return node }
        // What LLVM and GCC append to the names of functions they copy or split.
        guard reader.peek() == "." else { throw Unreadable() }
        return .sequence([node, .text(" ("), .identifier(reader.position..<reader.bytes.count), .text(")")])
    }

    mutating func nested<Value>(
        _ body: (inout ItaniumName) throws(Unreadable) -> Value
    ) throws(Unreadable) -> Value {
        try limits.enter()
        let value = try body(&self)
        limits.leave()
        return value
    }

    mutating func forward(to number: Int) -> ItaniumNode {
        forwardNumbers.append(number)
        forwards.append(.text(""))
        return .forward(forwards.count - 1)
    }

    private func isAtEncodingEnd() -> Bool {
        ["\0", "E", ".", "_"].contains(reader.peek())
    }

    mutating func encoding() throws(Unreadable) -> ItaniumNode {
        try nested { parser throws(Unreadable) in try parser.encodingBody() }
    }

    private mutating func encodingBody() throws(Unreadable) -> ItaniumNode {
        if ["T", "G"].contains(reader.peek()) { return try special() }
        let outer = (templateArguments, lambdaParameters)
        defer { (templateArguments, lambdaParameters) = outer }
        (templateArguments, lambdaParameters) = ([], nil)

        let firstForward = forwards.count
        var traits = NameTraits(isFunction: true)
        let name = try name(&traits)
        for place in firstForward..<forwards.count {
            guard forwardNumbers[place] < templateArguments.count else { throw Unreadable() }
            forwards[place] = templateArguments[forwardNumbers[place]]
        }
        guard !isAtEncodingEnd() else { return name }

        var function = ItaniumFunction(name: name, parameters: [], qualifiers: traits.qualifiers)
        if traits.endsInArguments, !traits.hasNoResult { function.result = try type() }
        if !reader.take("v") {
            repeat { function.parameters.append(try type()) } while !isAtEncodingEnd() && reader.peek() != "Q"
        }
        if reader.take("Q") { try skipConstraint() }
        return .function(function)
    }

    private static let specials: [(code: String, text: String)] = [
        ("TV", "vtable for "), ("TT", "VTT for "), ("TI", "typeinfo for "), ("TS", "typeinfo name for "),
    ]

    /// What the compiler makes beside the functions that programmers write.
    private mutating func special() throws(Unreadable) -> ItaniumNode {
        for (code, text) in Self.specials where reader.take(code) { return .sequence([.text(text), try type()]) }
        if reader.take("TC") {
            let whole = try type()
            _ = try reader.decimal()
            try reader.expect("_")
            return .sequence([.text("construction vtable for "), try type(), .text("-in-"), whole])
        }
        if reader.take("Tc") {
            try callOffset()
            try callOffset()
            return .sequence([.text("covariant return thunk to "), try encoding()])
        }
        if ["Th", "Tv"].contains(reader.text(reader.position..<min(reader.position + 2, reader.bytes.count))) {
            let text = reader.peek(1) == "v" ? "virtual thunk to " : "non-virtual thunk to "
            reader.position += 1
            try callOffset()
            return .sequence([.text(text), try encoding()])
        }
        var traits = NameTraits(isFunction: false)
        if reader.take("TW") { return .sequence([.text("thread-local wrapper routine for "), try name(&traits)]) }
        if reader.take("TH") {
            return .sequence([.text("thread-local initialization routine for "), try name(&traits)])
        }
        if reader.take("GV") { return .sequence([.text("guard variable for "), try name(&traits)]) }
        if reader.take("GR") {
            let node = try name(&traits)
            _ = try reader.sequence(base: 36)
            return .sequence([.text("reference temporary for "), node])
        }
        throw Unreadable()
    }

    /// How a thunk moves `this`.
    private mutating func callOffset() throws(Unreadable) {
        let count = reader.take("h") ? 1 : 2
        if count == 2 { try reader.expect("v") }
        for _ in 0..<count {
            _ = reader.take("n")
            _ = try reader.decimal()
            try reader.expect("_")
        }
    }

    /// What a name tells about the function that has it.
    struct NameTraits {
        /// False for the names of types and data, which leave the template arguments around as they are.
        var isFunction: Bool
        /// Constructors, destructors and conversions have no result type in their names.
        var hasNoResult = false
        var endsInArguments = false
        var qualifiers = ItaniumQualifiers()
    }
}
