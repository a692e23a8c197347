extension ItaniumName {
    mutating func name(_ traits: inout NameTraits) throws(Unreadable) -> ItaniumNode {
        try limited(&traits) { parser, traits throws(Unreadable) in
            switch parser.reader.peek() {
            case "N": return try parser.nestedName(&traits)
            case "Z": return try parser.localName(&traits)
            case "S" where parser.reader.peek(1) != "t":
                let template = try parser.substitution()
                guard parser.reader.peek() == "I" else { throw Unreadable() }
                return try parser.specialized(template, &traits)
            default:
                let scope: ItaniumNode? = parser.reader.take("St") ? .text("std") : nil
                let name = try parser.unqualified(in: scope, &traits)
                guard parser.reader.peek() == "I" else { return name }
                parser.substitutions.append(name)
                return try parser.specialized(name, &traits)
            }
        }
    }

    private mutating func limited(
        _ traits: inout NameTraits,
        _ body: (inout ItaniumName, inout NameTraits) throws(Unreadable) -> ItaniumNode
    ) throws(Unreadable) -> ItaniumNode {
        var copy = traits
        let node = try nested { parser throws(Unreadable) in try body(&parser, &copy) }
        traits = copy
        return node
    }

    /// A template with the arguments that follow.
    private mutating func specialized(
        _ template: ItaniumNode, _ traits: inout NameTraits
    ) throws(Unreadable) -> ItaniumNode {
        traits.endsInArguments = true
        return .template(template, try arguments(areOfFunction: traits.isFunction))
    }

    mutating func qualifiers() -> ItaniumQualifiers {
        var qualifiers = ItaniumQualifiers()
        if reader.take("r") { qualifiers.isRestrict = true }
        if reader.take("V") { qualifiers.isVolatile = true }
        if reader.take("K") { qualifiers.isConst = true }
        return qualifiers
    }

    private mutating func nestedName(_ traits: inout NameTraits) throws(Unreadable) -> ItaniumNode {
        reader.position += 1
        traits.qualifiers = qualifiers()
        if reader.take("R") {
            traits.qualifiers.reference = "&"
        } else if reader.take("O") {
            traits.qualifiers.reference = "&&"
        }
        var scope: ItaniumNode? = reader.take("St") ? .text("std") : nil
        while !reader.take("E") {
            scope = try component(after: scope, &traits)
        }
        // The whole name is no substitution as a name; as a type it becomes one.
        guard let scope, substitutions.popLast() != nil else { throw Unreadable() }
        return scope
    }

    private mutating func component(
        after scope: ItaniumNode?, _ traits: inout NameTraits
    ) throws(Unreadable) -> ItaniumNode {
        traits.endsInArguments = false
        let result: ItaniumNode
        switch (scope, reader.peek()) {
        case (nil, "T"): result = try templateParameter()
        case (nil, "D") where ["t", "T"].contains(reader.peek(1)): result = try declaredType()
        case (nil, "S"): return try standardOrEarlier()
        case (let template?, "I"): result = try specialized(template, &traits)
        case (nil, "I"): throw Unreadable()
        default:
            // `M` ends the member whose initializer a lambda stands in.
            if scope != nil { _ = reader.take("M") }
            result = try unqualified(in: scope, &traits)
        }
        substitutions.append(result)
        return result
    }

    /// The abbreviation of a library's class is written out where its constructor repeats the name.
    private mutating func standardOrEarlier() throws(Unreadable) -> ItaniumNode {
        if ["C", "D"].contains(reader.peek(2)), let full = Self.written(reader.peek(1)) {
            reader.position += 2
            return full
        }
        return try substitution()
    }

    private mutating func localName(_ traits: inout NameTraits) throws(Unreadable) -> ItaniumNode {
        reader.position += 1
        let function = try encoding()
        try reader.expect("E")
        if reader.take("s") {
            discriminator()
            return .scoped(function, .text("string literal"))
        }
        if reader.take("d") {
            // In a default argument, counted from the last.
            _ = try reader.sequence(base: 36)
            return .scoped(function, try name(&traits))
        }
        let entity = try name(&traits)
        discriminator()
        return .scoped(function, entity)
    }

    /// Which of several entities of one name; not shown.
    private mutating func discriminator() {
        let start = reader.position
        if reader.take("__"), !reader.digits().isEmpty, reader.take("_") { return }
        reader.position = start
        if reader.take("_"), reader.isAtDigit {
            reader.position += 1
            return
        }
        reader.position = start
    }

    mutating func sourceName() throws(Unreadable) -> Range<Int> {
        guard reader.peek() != "0" else { throw Unreadable() }
        return try reader.skip(reader.decimal())
    }

    mutating func identifier() throws(Unreadable) -> ItaniumNode {
        let name = try sourceName()
        return reader.text(name).hasPrefix("_GLOBAL__N") ? .text("(anonymous namespace)") : .identifier(name)
    }

    /// A name in `scope`, with the scope.
    private mutating func unqualified(
        in scope: ItaniumNode?, _ traits: inout NameTraits
    ) throws(Unreadable) -> ItaniumNode {
        // Internal linkage.
        _ = reader.take("L")
        var node: ItaniumNode
        switch (reader.peek(), reader.peek(1)) {
        case ("U", _): node = try unnamed()
        case ("D", "C"): node = try binding()
        case ("C", _), ("D", "0"..."5"): node = try structor(scope, &traits)
        case let (first, _) where first.isDigit: node = try identifier()
        default: node = try operatorName(&traits)
        }
        node = try tagged(node)
        return scope.map { .scoped($0, node) } ?? node
    }

    mutating func tagged(_ node: ItaniumNode) throws(Unreadable) -> ItaniumNode {
        var node = node
        while reader.take("B") { node = .tagged(node, try sourceName()) }
        return node
    }

    private mutating func structor(
        _ scope: ItaniumNode?, _ traits: inout NameTraits
    ) throws(Unreadable) -> ItaniumNode {
        guard let scope else { throw Unreadable() }
        traits.hasNoResult = true
        if reader.take("D") {
            reader.position += 1
            return .destructor(scope)
        }
        reader.position += 1
        let isInherited = reader.take("I")
        guard ("1"..."5").contains(try reader.next()) else { throw Unreadable() }
        // The base class it comes from is not shown.
        if isInherited {
            var base = NameTraits(isFunction: false)
            _ = try name(&base)
        }
        return .constructor(scope)
    }

    /// `auto [a, b]`.
    private mutating func binding() throws(Unreadable) -> ItaniumNode {
        reader.position += 2
        var names: [ItaniumNode] = []
        while !reader.take("E") { names.append(.identifier(try sourceName())) }
        return .sequence([.text("["), .list(names), .text("]")])
    }

    /// A lambda, or a class without a name, numbered in its scope.
    private mutating func unnamed() throws(Unreadable) -> ItaniumNode {
        if reader.take("Ut") { return .text("{unnamed type#\(try reader.decimalSequence() + 1)}") }
        try reader.expect("Ul")
        let outer = lambdaParameters
        lambdaParameters = []
        let declarations = try lambdaTemplate()
        var parameters: [ItaniumNode] = []
        if reader.take("v") {
            try reader.expect("E")
        } else {
            repeat { parameters.append(try type()) } while !reader.take("E")
        }
        lambdaParameters = outer
        let number = try reader.decimalSequence() + 1
        var text: [ItaniumNode] = [.text("{lambda")]
        if !declarations.isEmpty { text += [.text("<"), .list(declarations), .text(">")] }
        return .sequence(text + [.text("("), .list(parameters), .text(")#\(number)}")])
    }

    /// The declarations of a lambda's own template.
    private mutating func lambdaTemplate() throws(Unreadable) -> [ItaniumNode] {
        var declarations: [ItaniumNode] = []
        while reader.peek() == "T", ["y", "n"].contains(reader.peek(1)) {
            let isType = reader.peek(1) == "y"
            reader.position += 2
            let number = lambdaParameters?.count ?? 0
            let name = ItaniumNode.automatic(
                number, (isType ? "$T" : "$N") + (number == 0 ? "" : "\(number - 1)"))
            declarations.append(.sequence([isType ? .text("typename") : try type(), .text(" "), name]))
            lambdaParameters?.append(name)
        }
        return declarations
    }
}
