/// One host function: a row of the call table.
public struct CallSpec: Sendable {
    public let id: CallID
    /// The import name.
    public let name: String
    /// Empty for an instruction for which a module's code calls the host (WasixABI.docc/Futexes): nobody can import it.
    public let namespaces: [Namespace]
    public let family: CallFamily
    public let arguments: [Argument]
    public let result: CallResult
    private let words32: ArgumentWords
    private let words64: ArgumentWords
    private let inlineResult32: InlineResult?
    private let inlineResult64: InlineResult?
    /// The argument behind which the call leaves what the C function of that purpose returns: the bytes moved, the new
    /// descriptor, the new offset. Nil when there is none or more than one.
    public let returned: Int?

    init(
        _ id: CallID, _ name: String, _ namespaces: [Namespace], _ family: CallFamily,
        _ arguments: KeyValuePairs<String, ArgumentKind>, _ result: CallResult = .errno
    ) {
        self.id = id
        self.name = name
        self.namespaces = namespaces
        self.family = family
        let arguments = arguments.map { Argument(name: $0.key, kind: $0.value) }
        self.arguments = arguments
        self.result = result
        words32 = ArgumentWords(arguments, .bits32)
        words64 = ArgumentWords(arguments, .bits64)
        inlineResult32 = InlineResult(arguments, .bits32, words32)
        inlineResult64 = InlineResult(arguments, .bits64, words64)
        let returns = arguments.indices.filter { arguments[$0].kind.isReturned }
        returned = returns.count == 1 ? returns[0] : nil
    }

    /// The 32-bit words that the arguments take wherever a call is kept.
    public func words(_ width: PointerWidth) -> ArgumentWords { width == .bits64 ? words64 : words32 }

    /// The result that a record has room for; nil when the call leaves no scalar that fits.
    public func inlineResult(_ width: PointerWidth) -> InlineResult? {
        width == .bits64 ? inlineResult64 : inlineResult32
    }

    public func parameters(_ width: PointerWidth) -> [WasmType] {
        arguments.map { $0.kind.wasmType(width) }
    }

    public var results: [WasmType] { result.wasmTypes }
}

/// One parameter of a host function.
public struct Argument: Sendable {
    public let name: String
    public let kind: ArgumentKind
}
