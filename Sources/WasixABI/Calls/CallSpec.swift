/// One host function: a row of the call table.
package struct CallSpec: Sendable {
    package let id: CallID
    /// The import name.
    package let name: String
    package let namespaces: [Namespace]
    package let family: CallFamily
    package let arguments: [Argument]
    package let result: CallResult

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

    package func parameters(_ width: PointerWidth) -> [WasmType] {
        arguments.map { $0.kind.wasmType(width) }
    }

    package var results: [WasmType] { result.wasmTypes }
}

/// One parameter of a host function.
package struct Argument: Sendable {
    package let name: String
    package let kind: ArgumentKind
}
