extension ItaniumName {
    private static func builtin(_ code: Unicode.Scalar) -> String? {
        switch code {
        case "v": "void"
        case "w": "wchar_t"
        case "b": "bool"
        case "c": "char"
        case "a": "signed char"
        case "h": "unsigned char"
        case "s": "short"
        case "t": "unsigned short"
        case "i": "int"
        case "j": "unsigned int"
        case "l": "long"
        case "m": "unsigned long"
        case "x": "long long"
        case "y": "unsigned long long"
        case "n": "__int128"
        case "o": "unsigned __int128"
        case "f": "float"
        case "d": "double"
        case "e": "long double"
        case "g": "__float128"
        case "z": "..."
        default: nil
        }
    }

    private static func longBuiltin(_ code: Unicode.Scalar) -> String? {
        switch code {
        case "d": "decimal64"
        case "e": "decimal128"
        case "f": "decimal32"
        case "h": "half"
        case "i": "char32_t"
        case "s": "char16_t"
        case "u": "char8_t"
        case "a": "auto"
        case "c": "decltype(auto)"
        case "n": "std::nullptr_t"
        default: nil
        }
    }

    mutating func type() throws(Unreadable) -> ItaniumNode {
        if let builtin = Self.builtin(reader.peek()) {
            reader.position += 1
            return .text(builtin)
        }
        if reader.peek() == "D", let builtin = Self.longBuiltin(reader.peek(1)) {
            reader.position += 2
            return .text(builtin)
        }
        return try nested { parser throws(Unreadable) in
            // A substitution is not numbered again.
            if parser.reader.peek() == "S", parser.reader.peek(1) != "t" {
                let earlier = try parser.substitution()
                guard parser.reader.peek() == "I", parser.typesTakeArguments else { return earlier }
                let node = ItaniumNode.template(earlier, try parser.arguments())
                parser.substitutions.append(node)
                return node
            }
            if let scalar = try parser.sizedBuiltin() { return scalar }
            let node = try parser.compound()
            parser.substitutions.append(node)
            return node
        }
    }

    private mutating func sizedBuiltin() throws(Unreadable) -> ItaniumNode? {
        if reader.take("DF") {
            let bits = try reader.decimal()
            if bits == 16, reader.take("b") { return .text("std::bfloat16_t") }
            try reader.expect("_")
            return .text("_Float\(bits)")
        }
        let isUnsigned = reader.peek(1) == "U"
        guard reader.take("DB") || reader.take("DU") else { return nil }
        let bits = try reader.decimal()
        try reader.expect("_")
        return .text((isUnsigned ? "unsigned " : "") + "_BitInt(\(bits))")
    }

    private mutating func compound() throws(Unreadable) -> ItaniumNode {
        switch reader.peek() {
        case "r", "V", "K": return try qualified()
        case "P":
            reader.position += 1
            return .pointer(try type())
        case "R", "O":
            let isRvalue = try reader.next() == "O"
            return .reference(try type(), isRvalue: isRvalue)
        case "C", "G":
            let text = try reader.next() == "C" ? " _Complex" : " _Imaginary"
            return .sequence([try type(), .text(text)])
        case "F": return try functionType(ItaniumQualifiers())
        case "A": return try array()
        case "M":
            reader.position += 1
            let owner = try type()
            return .memberPointer(of: owner, try type())
        case "U": return try vendorQualified()
        case "u":
            reader.position += 1
            return .identifier(try sourceName())
        case "D": return try extended()
        case "T": return try templated()
        default:
            var traits = NameTraits(isFunction: false)
            return try name(&traits)
        }
    }

    private mutating func qualified() throws(Unreadable) -> ItaniumNode {
        let qualifiers = qualifiers()
        // A member function's qualifiers belong to its type.
        if isAtFunctionType { return try functionType(qualifiers) }
        return .qualified(try type(), qualifiers)
    }

    private var isAtFunctionType: Bool {
        reader.peek() == "F" || reader.peek() == "D" && ["o", "O", "w", "x"].contains(reader.peek(1))
    }

    private mutating func functionType(_ qualifiers: ItaniumQualifiers) throws(Unreadable) -> ItaniumNode {
        var function = ItaniumFunction(parameters: [], qualifiers: qualifiers)
        if reader.take("Do") {
            function.suffix = [.text(" noexcept")]
        } else if reader.take("DO") {
            function.suffix = [.text(" noexcept("), try expression(), .text(")")]
            try reader.expect("E")
        } else if reader.take("Dw") {
            var types: [ItaniumNode] = []
            while !reader.take("E") { types.append(try type()) }
            function.suffix = [.text(" throw("), .list(types), .text(")")]
        }
        _ = reader.take("Dx")
        try reader.expect("F")
        // C linkage is not shown.
        _ = reader.take("Y")
        function.result = try type()
        while true {
            if reader.take("E") { break }
            if reader.take("v") { continue }
            if reader.take("RE") {
                function.qualifiers.reference = "&"
                break
            }
            if reader.take("OE") {
                function.qualifiers.reference = "&&"
                break
            }
            function.parameters.append(try type())
        }
        return .functionType(function)
    }

    private mutating func array() throws(Unreadable) -> ItaniumNode {
        reader.position += 1
        var size: ItaniumNode?
        if reader.isAtDigit {
            size = .identifier(reader.digits())
        } else if reader.peek() != "_" {
            size = try expression()
        }
        try reader.expect("_")
        return .array(try type(), size)
    }

    private mutating func vendorQualified() throws(Unreadable) -> ItaniumNode {
        reader.position += 1
        let name = try sourceName()
        let arguments = reader.peek() == "I" ? try arguments() : []
        let qualifier: ItaniumNode = arguments.isEmpty ? .identifier(name) : .template(.identifier(name), arguments)
        return .sequence([try type(), .text(" "), qualifier])
    }

    private mutating func extended() throws(Unreadable) -> ItaniumNode {
        if isAtFunctionType { return try functionType(ItaniumQualifiers()) }
        if reader.take("Dp") { return .expansion(try type()) }
        if reader.take("Dv") {
            let size = reader.isAtDigit ? ItaniumNode.identifier(reader.digits()) : try expression()
            try reader.expect("_")
            return .sequence([try type(), .text(" vector["), size, .text("]")])
        }
        return try declaredType()
    }

    /// `decltype` of an expression.
    mutating func declaredType() throws(Unreadable) -> ItaniumNode {
        guard reader.take("Dt") || reader.take("DT") else { throw Unreadable() }
        let expression = try expression()
        try reader.expect("E")
        return .sequence([.text("decltype("), expression, .text(")")])
    }

    /// A template parameter, with arguments when it is a template; or a class by its kind and name.
    private mutating func templated() throws(Unreadable) -> ItaniumNode {
        if ["s", "u", "e"].contains(reader.peek(1)) {
            reader.position += 2
            var traits = NameTraits(isFunction: false)
            return try name(&traits)
        }
        let parameter = try templateParameter()
        guard reader.peek() == "I", typesTakeArguments else { return parameter }
        substitutions.append(parameter)
        return .template(parameter, try arguments())
    }
}
