/// Functions that stand for ones that nobody has defined yet: each looks its function up when it is first called, and from
/// then on calls it through the program's table.
///
/// They are a module of their own, because a host function can neither take vectors nor pass a call on cheaply.
public struct StubModule: Sendable {
    public let module: Module
    private let types: [FunctionType]

    /// What a stub asks: which element of the table is function `i`?
    public static let resolverType = FunctionType(parameters: [.i32], results: [.i32])

    /// - Parameter types: of the functions. References of newer proposals cannot be passed on.
    public init?(_ types: [FunctionType], engine: Engine) throws(EngineError) {
        guard let binary = StubWriter(types).module else { return nil }
        self.types = types
        module = try Module(binary: binary, engine: engine)
    }

    /// The stubs in one store, by position.
    /// - Parameter resolver: of `resolverType`.
    public func functions(
        table: Table, resolver: Function, in store: Store
    ) throws(GuestFailure) -> [Function] {
        let instance = try module.instantiate(in: store, [.table(table), .function(resolver)])
        return types.indices.map { index in
            guard let function = instance.function("\(index)") else { preconditionFailure("every stub is exported") }
            return function
        }
    }
}

/// Writes the binary form of such a module.
private struct StubWriter {
    /// nil when a type cannot be written.
    private(set) var module: [UInt8]?

    init(_ types: [FunctionType]) {
        var typeSection: [[UInt8]] = [BinaryWriter.type(StubModule.resolverType) ?? []]
        for type in types {
            guard let bytes = BinaryWriter.type(type) else { return }
            typeSection.append(bytes)
        }
        let indices = types.indices
        var module: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
        module += BinaryWriter.section(1, typeSection)
        module += BinaryWriter.section(
            2,
            [
                BinaryWriter.name("env") + BinaryWriter.name("table") + [0x01, 0x70, 0x00, 0x00],
                BinaryWriter.name("env") + BinaryWriter.name("find") + [0x00, 0x00],
            ])
        module += BinaryWriter.section(3, indices.map { BinaryWriter.number($0 + 1) })
        module += BinaryWriter.section(6, indices.map { _ in [0x7f, 0x01, 0x41, 0x00, 0x0b] })
        module += BinaryWriter.section(
            7, indices.map { BinaryWriter.name("\($0)") + [0x00] + BinaryWriter.number($0 + 1) })
        module += BinaryWriter.section(10, indices.map { Self.body($0, types[$0]) })
        self.module = module + Self.names
    }

    /// The section that names the module.
    private static var names: [UInt8] {
        let own = BinaryWriter.name(StackFrame.hostModuleName)
        let contents = BinaryWriter.name("name") + [0x00] + BinaryWriter.number(own.count) + own
        return [0x00] + BinaryWriter.number(contents.count) + contents
    }

    /// Global `index` holds the element, 0 until it is known.
    private static func body(_ index: Int, _ type: FunctionType) -> [UInt8] {
        let number = BinaryWriter.number(index)
        var code: [UInt8] = [0x00]
        code += [0x23] + number + [0x45, 0x04, 0x40]
        code += [0x41] + BinaryWriter.signed(Int64(index)) + [0x10, 0x00, 0x24] + number + [0x0b]
        for parameter in type.parameters.indices { code += [0x20] + BinaryWriter.number(parameter) }
        code += [0x23] + number + [0x11] + BinaryWriter.number(index + 1) + [0x00, 0x0b]
        return BinaryWriter.number(code.count) + code
    }
}
