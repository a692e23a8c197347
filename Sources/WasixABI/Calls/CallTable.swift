/// Every host function there is. Linking, decoding, filters, the summary and the tests read this table; a function
/// that is not in it does not exist.
public enum CallTable {
    /// Indexed by `CallID.rawValue`.
    public static let all: [CallSpec] =
        basics + descriptors + descriptorExtensions + paths + polling + threads + signals + processes + sockets
        + networks + dynamicLinking

    public static subscript(id: CallID) -> CallSpec {
        all[Int(id.rawValue)]
    }

    /// All overloads of a name in a namespace: empty means the import is unknown.
    public static func rows(namespace: Namespace, name: String) -> [CallSpec] {
        all.filter { $0.name == name && $0.namespaces.contains(namespace) }
    }

    /// The function an import means. Names collide (`thread_spawn`, `proc_join`), so its type chooses.
    public static func find(
        namespace: Namespace, name: String, parameters: [WasmType], results: [WasmType]
    ) -> CallSpec? {
        rows(namespace: namespace, name: name).first {
            $0.parameters(namespace.pointerWidth) == parameters && $0.results == results
        }
    }
}

extension CallID {
    public var spec: CallSpec { CallTable[self] }
}
