extension RustName {
    private static func basic(_ code: Unicode.Scalar) -> String? {
        switch code {
        case "a": "i8"
        case "b": "bool"
        case "c": "char"
        case "d": "f64"
        case "e": "str"
        case "f": "f32"
        case "h": "u8"
        case "i": "isize"
        case "j": "usize"
        case "l": "i32"
        case "m": "u32"
        case "n": "i128"
        case "o": "u128"
        case "p": "_"
        case "s": "i16"
        case "t": "u16"
        case "u": "()"
        case "v": "..."
        case "x": "i64"
        case "y": "u64"
        case "z": "!"
        default: nil
        }
    }

    mutating func type() throws(Unreadable) {
        if let basic = Self.basic(reader.peek()) {
            reader.position += 1
            return try print(basic)
        }
        try nested { parser throws(Unreadable) in try parser.compound() }
    }

    private mutating func compound() throws(Unreadable) {
        switch reader.peek() {
        case "A", "S": try sequence()
        case "T":
            reader.position += 1
            try print("(")
            let count = try list { parser throws(Unreadable) in try parser.type() }
            try print(count == 1 ? ",)" : ")")
        case "R", "Q": try reference()
        case "P", "O":
            try print(try reader.next() == "P" ? "*const " : "*mut ")
            try type()
        case "F":
            reader.position += 1
            try bound { parser throws(Unreadable) in try parser.function() }
        case "D": try dynamic()
        case "B":
            reader.position += 1
            try backReference { parser throws(Unreadable) in try parser.type() }
        default: try path(inValue: false)
        }
    }

    private mutating func sequence() throws(Unreadable) {
        let isArray = try reader.next() == "A"
        try print("[")
        try type()
        if isArray {
            try print("; ")
            try constant()
        }
        try print("]")
    }

    private mutating func reference() throws(Unreadable) {
        let isShared = try reader.next() == "R"
        try print("&")
        if reader.take("L"), case let index = try reader.sequence(base: 62), index > 0 {
            try lifetime(index)
            try print(" ")
        }
        if !isShared { try print("mut ") }
        try type()
    }

    private mutating func function() throws(Unreadable) {
        if reader.take("U") { try print("unsafe ") }
        if reader.take("K") {
            let name = reader.take("C") ? "C" : try identifier()
            try print("extern \"" + String(name.map { $0 == "_" ? "-" : $0 }) + "\" ")
        }
        try print("fn(")
        try list { parser throws(Unreadable) in try parser.type() }
        try print(")")
        guard !reader.take("u") else { return }
        try print(" -> ")
        try type()
    }

    private mutating func dynamic() throws(Unreadable) {
        reader.position += 1
        try print("dyn ")
        try bound { parser throws(Unreadable) in
            try parser.list(separator: " + ") { parser throws(Unreadable) in try parser.boundTrait() }
        }
        try reader.expect("L")
        let index = try reader.sequence(base: 62)
        guard index > 0 else { return }
        try print(" + ")
        try lifetime(index)
    }

    /// A trait, with its associated types among its arguments.
    private mutating func boundTrait() throws(Unreadable) {
        var isOpen = try openPath()
        while reader.take("p") {
            try print(isOpen ? ", " : "<")
            isOpen = true
            try print(identifier() + " = ")
            try type()
        }
        if isOpen { try print(">") }
    }

    /// A path whose arguments are left without their `>`; answers whether there are any.
    private mutating func openPath() throws(Unreadable) -> Bool {
        if reader.take("B") {
            var isOpen = false
            try backReference { parser throws(Unreadable) in isOpen = try parser.openPath() }
            return isOpen
        }
        guard reader.take("I") else {
            try path(inValue: false)
            return false
        }
        try path(inValue: false)
        try print("<")
        try list { parser throws(Unreadable) in try parser.genericArgument() }
        return true
    }

    mutating func genericArgument() throws(Unreadable) {
        if reader.take("L") {
            try lifetime(reader.sequence(base: 62))
        } else if reader.take("K") {
            try constant()
        } else {
            try type()
        }
    }

    /// With the lifetimes of a binder, if there is one.
    private mutating func bound(_ body: (inout RustName) throws(Unreadable) -> Void) throws(Unreadable) {
        let outer = boundLifetimes
        if reader.take("G") {
            let count = try reader.sequence(base: 62) + 1
            guard count <= 64 else { throw Unreadable() }
            try print("for<")
            for place in 0..<count {
                if place > 0 { try print(", ") }
                boundLifetimes += 1
                try lifetime(1)
            }
            try print("> ")
        }
        try body(&self)
        boundLifetimes = outer
    }

    /// By its distance: 1 is the innermost.
    private mutating func lifetime(_ index: Int) throws(Unreadable) {
        guard index > 0 else { return try print("'_") }
        let place = boundLifetimes - index
        guard place >= 0 else { throw Unreadable() }
        try print(place < 26 ? "'\(Unicode.Scalar(UInt8(97 + place)))" : "'_\(place)")
    }

    private mutating func constant() throws(Unreadable) {
        switch try reader.next() {
        case "p": try print("_")
        case "h", "t", "m", "y", "o", "j": try number()
        case "a", "s", "l", "x", "n", "i":
            if reader.take("n") { try print("-") }
            try number()
        case "b":
            switch try hexadecimal() {
            case "0": try print("false")
            case "1": try print("true")
            default: throw Unreadable()
            }
        case "c":
            guard let value = UInt32(try hexadecimal(), radix: 16), let character = Unicode.Scalar(value),
                character.properties.generalCategory != .control
            else { throw Unreadable() }
            try print("'\(character)'")
        case "B": try backReference { parser throws(Unreadable) in try parser.constant() }
        default: throw Unreadable()
        }
    }

    private mutating func number() throws(Unreadable) {
        let digits = try hexadecimal()
        try print(UInt64(digits, radix: 16).map { String($0) } ?? "0x" + digits)
    }

    private mutating func hexadecimal() throws(Unreadable) -> String {
        let start = reader.position
        while !reader.take("_") {
            let digit = try reader.next()
            guard digit.isDigit || ("a"..."f").contains(digit) else { throw Unreadable() }
        }
        let digits = reader.text(start..<reader.position - 1)
        return digits.isEmpty ? "0" : digits
    }
}
