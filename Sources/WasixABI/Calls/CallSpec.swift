/// One host function: a row of the call table.
public struct CallSpec: Sendable {
    public let id: CallID
    /// The import name.
    public let name: String
    public let namespaces: [Namespace]
    public let family: CallFamily
    public let arguments: [Argument]
    public let result: CallResult

    init(
        _ id: CallID, _ name: String, _ namespaces: [Namespace], _ family: CallFamily,
        _ arguments: KeyValuePairs<String, ArgumentKind>, _ result: CallResult = .errno
    ) {
        self.id = id
        self.name = name
        self.namespaces = namespaces
        self.family = family
        self.arguments = arguments.map { Argument(name: $0.key, kind: $0.value) }
        self.result = result
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
