/// Writes a name's nodes as C++. A declarator has a part in front of the name it would declare and one behind.
struct ItaniumPrinter {
    private let name: NameReader
    private let forwards: [ItaniumNode]
    private var output: [UInt8] = []
    private var limits = DemanglerLimits()
    /// How many elements the packs have that are being expanded, and whose turn it is; nil outside.
    private var packCount: Int?
    private var packIndex = 0

    init(name: NameReader, forwards: [ItaniumNode]) {
        self.name = name
        self.forwards = forwards
    }

    mutating func print(_ node: ItaniumNode) throws(Unreadable) -> String {
        try both(node)
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func put(_ text: String) throws(Unreadable) {
        output += text.utf8
        guard output.count <= DemanglerLimits.longest else { throw Unreadable() }
    }

    private mutating func put(_ range: Range<Int>) throws(Unreadable) {
        output += name.bytes[range]
        guard output.count <= DemanglerLimits.longest else { throw Unreadable() }
    }

    private mutating func both(_ node: ItaniumNode) throws(Unreadable) {
        try left(node)
        try right(node)
    }

    /// With commas, where an element that is an empty pack leaves none.
    private mutating func list(_ nodes: [ItaniumNode]) throws(Unreadable) {
        var isFirst = true
        for node in nodes {
            let start = output.count
            if !isFirst { try put(", ") }
            let begin = output.count
            try both(node)
            if output.count == begin { output.removeLast(begin - start) } else { isFirst = false }
        }
    }

    private mutating func left(_ node: ItaniumNode) throws(Unreadable) {
        try limits.enter()
        defer { limits.leave() }
        switch node {
        case .text(let text): try put(text)
        case .identifier(let range): try put(range)
        case .automatic(_, let name): try put(name)
        case .sequence(let nodes), .operation(let nodes): for node in nodes { try both(node) }
        case .list(let nodes), .pack(let nodes): try list(nodes)
        case .scoped(let scope, let node):
            try both(scope)
            try put("::")
            try both(node)
        case .template(let node, let arguments):
            try both(node)
            // Not to be read as a shift.
            if output.last == UInt8(ascii: "<") { try put(" ") }
            try put("<")
            try list(arguments)
            try put(">")
        case .tagged(let node, let tag):
            try both(node)
            try put("[abi:")
            try put(tag)
            try put("]")
        case .constructor(let owner): try lastName(owner)
        case .destructor(let owner):
            try put("~")
            try lastName(owner)
        case .function(let function): try whole(function)
        case .expansion(let pattern): try expand(pattern)
        case .qualified, .pointer, .reference, .memberPointer, .array, .functionType, .parameterPack, .forward:
            try declarator(node)
        }
    }

    private mutating func declarator(_ node: ItaniumNode) throws(Unreadable) {
        switch node {
        case .qualified(let type, let qualifiers):
            try left(type)
            try put(qualifiers.text)
        case .pointer(let type): try open(type, "*")
        case .reference:
            let (type, isRvalue) = try collapsed(node)
            try open(type, isRvalue ? "&&" : "&")
        case .memberPointer(let owner, let type):
            try left(type)
            try put(try isWrapping(type) ? "(" : " ")
            try both(owner)
            try put("::*")
        case .array(let type, _): try left(type)
        case .functionType(let function):
            if let result = function.result { try left(result) }
            try put(" ")
        default: if let node = resolved(node) { try left(node) }
        }
    }

    private mutating func open(_ type: ItaniumNode, _ symbol: String) throws(Unreadable) {
        try left(type)
        if try isWrapping(type) {
            if output.last != UInt8(ascii: " ") { try put(" ") }
            try put("(")
        }
        try put(symbol)
    }

    private mutating func right(_ node: ItaniumNode) throws(Unreadable) {
        try limits.enter()
        defer { limits.leave() }
        switch node {
        case .qualified(let type, _): try right(type)
        case .pointer(let type), .memberPointer(_, let type): try close(type)
        case .reference: try close(collapsed(node).type)
        case .array(let type, let size):
            if output.last != UInt8(ascii: "]") { try put(" ") }
            try put("[")
            if let size { try both(size) }
            try put("]")
            try right(type)
        case .functionType(let function):
            try signature(function)
        case .parameterPack, .forward: if let node = resolved(node) { try right(node) }
        default: return
        }
    }

    private mutating func close(_ type: ItaniumNode) throws(Unreadable) {
        if try isWrapping(type) { try put(")") }
        try right(type)
    }

    private mutating func whole(_ function: ItaniumFunction) throws(Unreadable) {
        if let result = function.result {
            try left(result)
            if try !hasRight(result) { try put(" ") }
        }
        if let name = function.name { try both(name) }
        try signature(function)
    }

    private mutating func signature(_ function: ItaniumFunction) throws(Unreadable) {
        try put("(")
        try list(function.parameters)
        try put(")")
        if let result = function.result { try right(result) }
        try put(function.qualifiers.text)
        for node in function.suffix { try both(node) }
    }

    /// Whether a part of the type stands behind what it declares.
    private mutating func hasRight(_ node: ItaniumNode) throws(Unreadable) -> Bool {
        try limits.enter()
        defer { limits.leave() }
        switch node {
        case .pointer(let type), .reference(let type, _), .memberPointer(_, let type), .qualified(let type, _):
            return try hasRight(type)
        case .array, .functionType: return true
        case .parameterPack, .forward:
            guard let node = resolved(node) else { return false }
            return try hasRight(node)
        default: return false
        }
    }

    /// Whether a pointer to the type needs parentheses.
    private mutating func isWrapping(_ node: ItaniumNode) throws(Unreadable) -> Bool {
        try limits.enter()
        defer { limits.leave() }
        switch node {
        case .array, .functionType: return true
        case .qualified(let type, _): return try isWrapping(type)
        case .parameterPack, .forward:
            guard let node = resolved(node) else { return false }
            return try isWrapping(node)
        default: return false
        }
    }

    /// A reference to a reference is one: to an rvalue only if both are.
    private mutating func collapsed(_ node: ItaniumNode) throws(Unreadable) -> (type: ItaniumNode, isRvalue: Bool) {
        var (type, isRvalue) = (node, true)
        while true {
            try limits.enter()
            limits.leave()
            if case .reference(let inner, let isInnerRvalue) = type {
                (type, isRvalue) = (inner, isRvalue && isInnerRvalue)
            } else if let inner = resolved(type) {
                type = inner
            } else {
                return (type, isRvalue)
            }
        }
    }

    /// What a placeholder stands for now; nil for other nodes, and for a pack whose turn has no element.
    private mutating func resolved(_ node: ItaniumNode) -> ItaniumNode? {
        switch node {
        case .forward(let number): return forwards[number]
        case .parameterPack(let elements):
            if packCount == nil { (packCount, packIndex) = (elements.count, 0) }
            return packIndex < elements.count ? elements[packIndex] : nil
        default: return nil
        }
    }

    /// Once for every element of the packs that the pattern speaks of.
    private mutating func expand(_ pattern: ItaniumNode) throws(Unreadable) {
        let outer = (packCount, packIndex)
        defer { (packCount, packIndex) = outer }
        packCount = nil
        let start = output.count
        try both(pattern)
        guard let count = packCount else { return try put("...") }
        if count == 0 { output.removeLast(output.count - start) }
        for index in 0..<count where index > 0 {
            packIndex = index
            try put(", ")
            try both(pattern)
        }
    }

    /// A class's name without its scope and arguments.
    private mutating func lastName(_ node: ItaniumNode) throws(Unreadable) {
        try limits.enter()
        defer { limits.leave() }
        switch node {
        case .scoped(_, let last): try lastName(last)
        case .template(let name, _), .tagged(let name, _): try lastName(name)
        case .forward, .parameterPack: if let node = resolved(node) { try lastName(node) }
        default: try both(node)
        }
    }
}
