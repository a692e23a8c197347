extension ItaniumName {
    /// Arguments in `I` and `E`. Those of a function's name are what its signature refers to.
    mutating func arguments(areOfFunction isOfFunction: Bool = false) throws(Unreadable) -> [ItaniumNode] {
        try reader.expect("I")
        if isOfFunction { templateArguments = [] }
        var arguments: [ItaniumNode] = []
        while !reader.take("E") {
            if reader.take("Q") {
                // A constraint stands behind the last argument.
                try skipConstraint()
                try reader.expect("E")
                break
            }
            let argument = try argument()
            arguments.append(argument)
            guard isOfFunction else { continue }
            if case .pack(let elements) = argument {
                templateArguments.append(.parameterPack(elements))
            } else {
                templateArguments.append(argument)
            }
        }
        return arguments
    }

    mutating func argument() throws(Unreadable) -> ItaniumNode {
        try nested { parser throws(Unreadable) in
            switch parser.reader.peek() {
            case "X":
                parser.reader.position += 1
                let expression = try parser.expression()
                try parser.reader.expect("E")
                return expression
            case "J":
                parser.reader.position += 1
                var elements: [ItaniumNode] = []
                while !parser.reader.take("E") { elements.append(try parser.argument()) }
                return .pack(elements)
            case "L": return try parser.literal()
            case "T" where ["y", "k", "n", "t", "p"].contains(parser.reader.peek(1)):
                try parser.skipDeclaration()
                return try parser.argument()
            default: return try parser.type()
            }
        }
    }

    mutating func skipConstraint() throws(Unreadable) {
        let outer = isShown
        isShown = false
        _ = try expression()
        isShown = outer
    }

    /// What kind of parameter an argument is for, where the argument does not tell.
    private mutating func skipDeclaration() throws(Unreadable) {
        try nested { parser throws(Unreadable) in
            if parser.reader.take("Ty") { return }
            if parser.reader.take("Tn") {
                _ = try parser.type()
            } else if parser.reader.take("Tk") {
                var traits = NameTraits(isFunction: false)
                _ = try parser.name(&traits)
            } else if parser.reader.take("Tp") {
                try parser.skipDeclaration()
            } else {
                try parser.reader.expect("Tt")
                while !parser.reader.take("E") { try parser.skipDeclaration() }
            }
        }
    }

    /// `T_`, `T0_` and so on.
    mutating func templateParameter() throws(Unreadable) -> ItaniumNode {
        try reader.expect("T")
        var isInner = false
        if reader.take("L") {
            _ = try reader.decimal()
            try reader.expect("_")
            isInner = true
        }
        let number = try reader.decimalSequence()
        if let lambdaParameters {
            return number < lambdaParameters.count ? lambdaParameters[number] : .automatic(number, "auto")
        }
        if !isInner, number < templateArguments.count { return templateArguments[number] }
        guard isShown else { return .automatic(number, "auto") }
        guard !isInner else { throw Unreadable() }
        guard permitsForward else { throw Unreadable() }
        return forward(to: number)
    }

    /// What was named before, or an abbreviation of the library's.
    mutating func substitution() throws(Unreadable) -> ItaniumNode {
        try reader.expect("S")
        if reader.peek().isLower {
            guard let short = Self.abbreviation(try reader.next()) else { throw Unreadable() }
            guard reader.peek() == "B" else { return short }
            let node = try tagged(short)
            substitutions.append(node)
            return node
        }
        let number = try reader.sequence(base: 36)
        guard number < substitutions.count else { throw Unreadable() }
        return lambdaParameters == nil ? settled(substitutions[number]) : substitutions[number]
    }

    /// A type of a generic lambda's, as a type of the template around.
    private func settled(_ node: ItaniumNode) -> ItaniumNode {
        switch node {
        case .automatic(let number, _) where number < templateArguments.count: templateArguments[number]
        case .pointer(let type): .pointer(settled(type))
        case .reference(let type, let isRvalue): .reference(settled(type), isRvalue: isRvalue)
        case .qualified(let type, let qualifiers): .qualified(settled(type), qualifiers)
        case .expansion(let type): .expansion(settled(type))
        default: node
        }
    }

    private static func abbreviation(_ code: Unicode.Scalar) -> ItaniumNode? {
        switch code {
        case "a": .scoped(.text("std"), .text("allocator"))
        case "b": .scoped(.text("std"), .text("basic_string"))
        case "s": .scoped(.text("std"), .text("string"))
        case "i": .scoped(.text("std"), .text("istream"))
        case "o": .scoped(.text("std"), .text("ostream"))
        case "d": .scoped(.text("std"), .text("iostream"))
        default: nil
        }
    }

    /// The class that an abbreviation with its arguments stands for.
    static func written(_ code: Unicode.Scalar) -> ItaniumNode? {
        let traits = ItaniumNode.text("std::char_traits<char>")
        let character = ItaniumNode.text("char")
        func standard(_ name: String, _ arguments: [ItaniumNode]) -> ItaniumNode {
            .template(.scoped(.text("std"), .text(name)), arguments)
        }
        return switch code {
        case "s": standard("basic_string", [character, traits, .text("std::allocator<char>")])
        case "i": standard("basic_istream", [character, traits])
        case "o": standard("basic_ostream", [character, traits])
        case "d": standard("basic_iostream", [character, traits])
        default: nil
        }
    }
}
