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
        var typeSection: [[UInt8]] = [Self.type(StubModule.resolverType) ?? []]
        for type in types {
            guard let bytes = Self.type(type) else { return }
            typeSection.append(bytes)
        }
        let indices = types.indices.map { UInt32($0) }
        var module: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
        module += Self.section(1, typeSection)
        module += Self.section(
            2,
            [
                Self.name("env") + Self.name("table") + [0x01, 0x70, 0x00, 0x00],
                Self.name("env") + Self.name("find") + [0x00, 0x00],
            ])
        module += Self.section(3, indices.map { Self.number($0 + 1) })
        module += Self.section(6, indices.map { _ in [0x7f, 0x01, 0x41, 0x00, 0x0b] })
        module += Self.section(7, indices.map { Self.name("\($0)") + [0x00] + Self.number($0 + 1) })
        module += Self.section(10, indices.map { Self.body($0, types[Int($0)]) })
        self.module = module + Self.names
    }

    /// The section that names the module.
    private static var names: [UInt8] {
        let own = name(StackFrame.hostModuleName)
        let contents = name("name") + [0x00] + number(UInt32(own.count)) + own
        return [0x00] + number(UInt32(contents.count)) + contents
    }

    /// Global `index` holds the element, 0 until it is known.
    private static func body(_ index: UInt32, _ type: FunctionType) -> [UInt8] {
        var code: [UInt8] = [0x00]
        code += [0x23] + number(index) + [0x45, 0x04, 0x40]
        code += [0x41] + signed(index) + [0x10, 0x00, 0x24] + number(index) + [0x0b]
        for parameter in type.parameters.indices { code += [0x20] + number(UInt32(parameter)) }
        code += [0x23] + number(index) + [0x11] + number(index + 1) + [0x00, 0x0b]
        return number(UInt32(code.count)) + code
    }

    private static func type(_ type: FunctionType) -> [UInt8]? {
        guard let parameters = values(type.parameters), let results = values(type.results) else { return nil }
        return [0x60] + parameters + results
    }

    private static func values(_ types: [ValueType]) -> [UInt8]? {
        var bytes = number(UInt32(types.count))
        for type in types {
            switch type {
            case .i32: bytes.append(0x7f)
            case .i64: bytes.append(0x7e)
            case .f32: bytes.append(0x7d)
            case .f64: bytes.append(0x7c)
            case .v128: bytes.append(0x7b)
            case .funcref: bytes.append(0x70)
            case .externref: bytes.append(0x6f)
            case .otherReference: return nil
            }
        }
        return bytes
    }

    private static func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
        let contents = number(UInt32(items.count)) + items.flatMap { $0 }
        return [id] + number(UInt32(contents.count)) + contents
    }

    private static func name(_ text: String) -> [UInt8] { number(UInt32(text.utf8.count)) + Array(text.utf8) }

    /// Unsigned LEB128.
    private static func number(_ value: UInt32) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        repeat {
            bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    /// Signed LEB128 of a small number that is not negative.
    private static func signed(_ value: UInt32) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest > 0x3f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
