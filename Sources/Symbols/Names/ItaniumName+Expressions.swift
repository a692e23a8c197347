/// Expressions in template arguments, array sizes and `decltype`: what libraries write to choose among overloads.
extension ItaniumName {
    mutating func expression() throws(Unreadable) -> ItaniumNode {
        try nested { parser throws(Unreadable) in try parser.expressionBody() }
    }

    private mutating func expressionBody() throws(Unreadable) -> ItaniumNode {
        switch (reader.peek(), reader.peek(1)) {
        case ("L", _): return try literal()
        case ("T", _): return try templateParameter()
        case ("f", "p"): return try functionParameter()
        case ("f", "l"), ("f", "r"), ("f", "L"), ("f", "R"): return try fold()
        case let (first, _) where first.isDigit: return try unresolved()
        case ("s", "r"), ("o", "n"), ("d", "n"): return try unresolved()
        case ("g", "s"):
            reader.position += 2
            return .sequence([.text("::"), reader.peek() == "n" ? try allocation() : try unresolved()])
        case ("n", "w"), ("n", "a"): return try allocation()
        case ("s", _), ("t", _), ("i", "l"), ("a", "t"), ("a", "z"), ("n", "x"):
            if let node = try worded() { return node }
        default: break
        }
        return try operation()
    }

    private mutating func operands(upTo end: String = "E") throws(Unreadable) -> [ItaniumNode] {
        var operands: [ItaniumNode] = []
        while !reader.take(end) { operands.append(try expression()) }
        return operands
    }

    /// `new (placement) type(values)`.
    private mutating func allocation() throws(Unreadable) -> ItaniumNode {
        let word = reader.take("nw") ? "new" : "new[]"
        if word == "new[]" { try reader.expect("na") }
        let placement = try operands(upTo: "_")
        var parts: [ItaniumNode] = [.text(word)]
        if !placement.isEmpty { parts += [.text(" ("), .list(placement), .text(")")] }
        parts += [.text(" "), try type()]
        if reader.take("E") { return .sequence(parts) }
        try reader.expect("pi")
        return .sequence(parts + [.text("("), .list(try operands()), .text(")")])
    }

    /// Operators with a word or brackets of their own.
    private mutating func worded() throws(Unreadable) -> ItaniumNode? {
        let code = reader.text(reader.position..<min(reader.position + 2, reader.bytes.count))
        reader.position += 2
        switch code {
        case "st": return .sequence([.text("sizeof ("), try type(), .text(")")])
        case "sz": return .sequence([.text("sizeof ("), try expression(), .text(")")])
        case "at": return .sequence([.text("alignof ("), try type(), .text(")")])
        case "az": return .sequence([.text("alignof ("), try expression(), .text(")")])
        case "nx": return .sequence([.text("noexcept ("), try expression(), .text(")")])
        case "ti": return .sequence([.text("typeid ("), try type(), .text(")")])
        case "te": return .sequence([.text("typeid ("), try expression(), .text(")")])
        case "sc": return try namedCast("static_cast")
        case "sp": return .expansion(try expression())
        case "sZ":
            let pack = reader.peek() == "T" ? try templateParameter() : try functionParameter()
            return .sequence([.text("sizeof...("), .expansion(pack), .text(")")])
        case "sP":
            var elements: [ItaniumNode] = []
            while !reader.take("E") { elements.append(try argument()) }
            return .sequence([.text("sizeof...("), .list(elements), .text(")")])
        case "tl": return .sequence([try type(), .text("{"), .list(try operands()), .text("}")])
        case "il": return .sequence([.text("{"), .list(try operands()), .text("}")])
        default:
            reader.position -= 2
            return nil
        }
    }

    private mutating func namedCast(_ word: String) throws(Unreadable) -> ItaniumNode {
        let type = try type()
        return .sequence([.text(word + "<"), type, .text(">("), try expression(), .text(")")])
    }

    private mutating func operation() throws(Unreadable) -> ItaniumNode {
        if reader.take("cl") {
            let callee = try expression()
            return .sequence([operand(callee), .text("("), .list(try operands()), .text(")")])
        }
        if reader.take("cv") { return try conversionCall() }
        if reader.take("cc") { return try namedCast("const_cast") }
        if reader.take("rc") { return try namedCast("reinterpret_cast") }
        if reader.take("dc") { return try namedCast("dynamic_cast") }
        if reader.take("dt") { return .sequence([operand(try expression()), .text("."), try unresolved()]) }
        if reader.take("pt") { return .sequence([operand(try expression()), .text("->"), try unresolved()]) }
        if reader.take("ix") {
            let array = operand(try expression())
            return .sequence([array, .text("["), try expression(), .text("]")])
        }
        if reader.take("qu") {
            let condition = operand(try expression())
            let first = operand(try expression())
            return .operation([condition, .text(" ? "), first, .text(" : "), operand(try expression())])
        }
        for step in ["pp", "mm"] where reader.take(step) {
            let symbol = ItaniumNode.text(step == "pp" ? "++" : "--")
            if reader.take("_") { return .operation([symbol, operand(try expression())]) }
            return .operation([operand(try expression()), symbol])
        }
        let (symbol, place) = try operatorCode()
        switch place {
        case .prefix: return .operation([.text(symbol), operand(try expression())])
        case .infix:
            let left = operand(try expression())
            let all: [ItaniumNode] = [left, .text(symbol == "," ? ", " : " \(symbol) "), operand(try expression())]
            // Or it would end the list of arguments.
            guard symbol.hasPrefix(">"), symbol.allSatisfy({ $0 == ">" }) else { return .operation(all) }
            return .sequence([.text("(")] + all + [.text(")")])
        case .other: throw Unreadable()
        }
    }

    private func operand(_ node: ItaniumNode) -> ItaniumNode {
        guard case .operation = node else { return node }
        return .sequence([.text("("), node, .text(")")])
    }

    private mutating func conversionCall() throws(Unreadable) -> ItaniumNode {
        let outer = typesTakeArguments
        typesTakeArguments = false
        let type = try type()
        typesTakeArguments = outer
        let values = reader.take("_") ? try operands() : [try expression()]
        return .sequence([.text("("), type, .text(")("), .list(values), .text(")")])
    }

    private mutating func fold() throws(Unreadable) -> ItaniumNode {
        reader.position += 1
        let kind = try reader.next()
        let (symbol, place) = try operatorCode()
        guard place == .infix else { throw Unreadable() }
        let first = operand(try expression())
        let dots = ItaniumNode.text("...")
        let infix = ItaniumNode.text(" \(symbol) ")
        let parts: [ItaniumNode] =
            switch kind {
            case "l": [dots, infix, first]
            case "r": [first, infix, dots]
            default: [first, infix, dots, infix, operand(try expression())]
            }
        return .sequence([.text("(")] + parts + [.text(")")])
    }

    /// `fp_`, `fp0_`; with an `L` those of the function around. `fpT` is `this`.
    private mutating func functionParameter() throws(Unreadable) -> ItaniumNode {
        try reader.expect("fp")
        if reader.take("T") { return .text("this") }
        _ = qualifiers()
        let number = reader.digits()
        try reader.expect("_")
        return .sequence([.text("fp"), .identifier(number)])
    }

    mutating func literal() throws(Unreadable) -> ItaniumNode {
        try reader.expect("L")
        if reader.take("_Z") {
            let node = try encoding()
            try reader.expect("E")
            return node
        }
        if reader.take("Dn") {
            _ = reader.take("0")
            try reader.expect("E")
            return .text("nullptr")
        }
        if reader.take("b0E") { return .text("false") }
        if reader.take("b1E") { return .text("true") }
        let suffixes: [(code: String, suffix: String)] = [
            ("i", ""), ("j", "u"), ("l", "l"), ("m", "ul"), ("x", "ll"), ("y", "ull"),
        ]
        for (code, suffix) in suffixes where reader.take(code) { return .sequence(try number() + [.text(suffix)]) }
        let type = try type()
        return .sequence([.text("("), type, .text(")")] + (try number()))
    }

    private mutating func number() throws(Unreadable) -> [ItaniumNode] {
        let sign = ItaniumNode.text(reader.take("n") ? "-" : "")
        let digits = reader.digits()
        guard !digits.isEmpty else { throw Unreadable() }
        try reader.expect("E")
        return [sign, .identifier(digits)]
    }

    /// A name that depends on template parameters.
    private mutating func unresolved() throws(Unreadable) -> ItaniumNode {
        if reader.take("srN") {
            var scope = try unresolvedType()
            while !reader.take("E") { scope = .scoped(scope, try simpleName()) }
            return .scoped(scope, try unresolvedBase())
        }
        guard reader.take("sr") else { return try unresolvedBase() }
        guard reader.isAtDigit else { return .scoped(try unresolvedType(), try unresolvedBase()) }
        var scope = try simpleName()
        while !reader.take("E") { scope = .scoped(scope, try simpleName()) }
        return .scoped(scope, try unresolvedBase())
    }

    private mutating func unresolvedType() throws(Unreadable) -> ItaniumNode {
        var node: ItaniumNode
        switch reader.peek() {
        case "T":
            node = try templateParameter()
            substitutions.append(node)
        case "D":
            node = try declaredType()
            substitutions.append(node)
        case "S" where reader.peek(1) != "t": node = try substitution()
        default:
            var traits = NameTraits(isFunction: false)
            node = try name(&traits)
            substitutions.append(node)
        }
        if reader.peek() == "I" {
            node = .template(node, try arguments())
            substitutions.append(node)
        }
        return node
    }

    private mutating func simpleName() throws(Unreadable) -> ItaniumNode {
        let name = try tagged(identifier())
        return reader.peek() == "I" ? .template(name, try arguments()) : name
    }

    private mutating func unresolvedBase() throws(Unreadable) -> ItaniumNode {
        if reader.isAtDigit { return try simpleName() }
        if reader.take("dn") {
            let name = reader.isAtDigit ? try simpleName() : try unresolvedType()
            return .sequence([.text("~"), name])
        }
        _ = reader.take("on")
        var traits = NameTraits(isFunction: false)
        let name = try operatorName(&traits)
        return reader.peek() == "I" ? .template(name, try arguments()) : name
    }
}
