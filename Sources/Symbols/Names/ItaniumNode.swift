/// What an Itanium name says, before it is text: C++ declarators wrap around what they declare, and a pattern that is
/// expanded stands for a text per element.
indirect enum ItaniumNode {
    case text(String)
    /// Where it is in the mangled name.
    case identifier(Range<Int>)
    /// In order, without anything between.
    case sequence([ItaniumNode])
    /// A sequence with an operator in it: in parentheses as another operator's operand.
    case operation([ItaniumNode])
    case list([ItaniumNode])

    case scoped(ItaniumNode, ItaniumNode)
    case template(ItaniumNode, [ItaniumNode])
    /// With the tag of its ABI.
    case tagged(ItaniumNode, Range<Int>)
    /// Of the class that is named before it, whose last name it repeats.
    case constructor(ItaniumNode)
    case destructor(ItaniumNode)
    case function(ItaniumFunction)

    case qualified(ItaniumNode, ItaniumQualifiers)
    case pointer(ItaniumNode)
    case reference(ItaniumNode, isRvalue: Bool)
    case memberPointer(of: ItaniumNode, ItaniumNode)
    case array(ItaniumNode, ItaniumNode?)
    case functionType(ItaniumFunction)

    /// The arguments that a variadic parameter was given, as they stand in a list of arguments.
    case pack([ItaniumNode])
    /// The same, as the parameter: the element whose turn it is in an expansion.
    case parameterPack([ItaniumNode])
    case expansion(ItaniumNode)
    /// A type or value parameter of a generic lambda, by number and name. Compilers take it for the template parameter
    /// of that number around.
    case automatic(Int, String)
    /// The template argument that a conversion operator's name uses before it is known: by number of use.
    case forward(Int)
}

/// A function with its signature, or a function's type, which has no name.
struct ItaniumFunction {
    var name: ItaniumNode?
    var result: ItaniumNode?
    var parameters: [ItaniumNode]
    var qualifiers = ItaniumQualifiers()
    /// What follows the qualifiers: an exception specification, a constraint.
    var suffix: [ItaniumNode] = []
}

struct ItaniumQualifiers {
    var isConst = false
    var isVolatile = false
    var isRestrict = false
    /// `&` or `&&` of a member function.
    var reference = ""

    var text: String {
        var text = ""
        if isConst { text += " const" }
        if isVolatile { text += " volatile" }
        if isRestrict { text += " restrict" }
        return reference.isEmpty ? text : text + " " + reference
    }
}
