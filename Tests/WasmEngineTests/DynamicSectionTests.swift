import Testing

@testable import WasmEngine

@Suite struct DynamicSectionTests {
    private static let header: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

    private static func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func part(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] { [id, UInt8(contents.count)] + contents }

    private static func module(_ contents: [UInt8], named section: String = "dylink.0") -> [UInt8] {
        header + part(0, name(section) + contents)
    }

    private static let whole =
        part(1, [0x80, 0x01, 4, 3, 0]) + part(2, [2] + name("libc.so") + name("libm.so"))
        + part(3, [1] + name("errno") + [0x80, 0x02]) + part(4, [1] + name("env") + name("maybe") + [1])
        + part(5, [1] + name("$ORIGIN")) + part(9, [1, 2, 3])

    @Test func everyPartIsRead() throws {
        let section = try #require(try DynamicSection(binary: Self.module(Self.whole)))
        #expect(section.memory == DynamicSection.Region(size: 128, alignment: 4))
        #expect(section.table == DynamicSection.Region(size: 3, alignment: 0))
        #expect(section.needed == ["libc.so", "libm.so"])
        #expect(section.runtimePath == ["$ORIGIN"])
        #expect(section.flags(ofExport: "errno") == .threadLocal)
        #expect(section.flags(ofExport: "other") == [])
        #expect(section.flags(ofImport: "maybe", module: "env") == .weak)
        #expect(section.flags(ofImport: "maybe", module: "GOT.func") == [])
    }

    @Test func modulesWithoutTheSectionHaveNone() throws {
        #expect(try DynamicSection(binary: Self.header) == nil)
        #expect(try DynamicSection(binary: Self.module([1, 2], named: "dylink")) == nil)
        #expect(
            try DynamicSection(binary: Self.header + Self.part(1, [0]) + Self.module(Self.whole).dropFirst(8)) != nil)
    }

    /// What ends early is an error, wherever it ends, unless it ends between two parts.
    @Test func truncatedSectionsAreErrors() {
        var whole: Set<Int> = [0]
        var end = 0
        while end < Self.whole.count {
            end += 2 + Int(Self.whole[end + 1])
            whole.insert(end)
        }
        for count in 0..<Self.whole.count {
            let binary = Self.module(Array(Self.whole.prefix(count)))
            let isRead = (try? DynamicSection(binary: binary)) != nil
            #expect(isRead == whole.contains(count), "\(count) bytes")
        }
        for count in 0..<Self.module(Self.whole).count {
            _ = try? DynamicSection(binary: Array(Self.module(Self.whole).prefix(count)))
        }
    }

    @Test(arguments: [
        // A number that does not fit, one that does not end, an alignment that is none.
        part(1, [0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0]), part(1, [UInt8](repeating: 0x80, count: 40)),
        part(1, [0, 29, 0, 0]), part(1, [0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        // Counts of more than there can be.
        part(2, [0xff, 0xff, 0xff, 0xff, 0x0f]), part(3, [0xff, 0xff, 0xff, 0xff, 0x0f]),
        part(4, [2] + name("env") + name("f") + [0]), part(5, [1, 0x7f, 0]), [1, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ])
    func absurdNumbersAreErrors(contents: [UInt8]) {
        #expect(throws: EngineError.self) { try DynamicSection(binary: Self.module(contents)) }
    }

    @Test func randomBytesNeverCrash() {
        var state: UInt64 = 7
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for _ in 0..<20_000 {
            var bytes = Self.whole
            for _ in 0..<Int(next() % 4 + 1) { bytes[Int(next()) % bytes.count] = next() }
            _ = try? DynamicSection(binary: Self.module(bytes))
            _ = try? DynamicSection(section: (0..<Int(next() % 32)).map { _ in next() }[...])
        }
    }
}

@Suite struct StubModuleTests {
    private static let finds: HostCallback = { environment, _, slots, _ in
        guard let place = environment?.load(as: UInt32.self), place != 0 else {
            return Trap.make(message: "nobody defines it")
        }
        slots.storeBytes(of: place, as: UInt32.self)
        return nil
    }

    /// A stub passes every kind of argument on to the function it finds, and looks for it once.
    @Test func stubsCallWhatIsFound() throws {
        let place = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        defer { place.deallocate() }
        place.pointee = 0
        let definer = try instance(
            """
            (module (func (export "f") (param i32 i64 f32 f64 v128) (result f64)
              (f64.add (local.get 3) (f64.convert_i32_s (i32.add (local.get 0) (i32x4.extract_lane 2 (local.get 4)))))))
            """)
        let store = definer.store
        let function = try #require(definer.function("f"))
        let table = try Table(count: 4, maximum: nil, in: store)
        try table.set(function, at: 3)
        let stubs = try #require(try StubModule([function.type, function.type], engine: store.engine))
        let resolver = Function(StubModule.resolverType, environment: place, callback: Self.finds, in: store)
        let stub = try #require(try stubs.functions(table: table, resolver: resolver, in: store).last)
        #expect(errorMessage { _ = try stub.call(packed: [UInt8](repeating: 0, count: 40)) } == "nobody defines it")
        place.pointee = 3
        let arguments: [UInt8] =
            [2, 0, 0, 0] + [UInt8](repeating: 0, count: 12) + bytes(0.5) + [UInt8](repeating: 0, count: 8)
            + [40, 0, 0, 0, 0, 0, 0, 0]
        #expect(try stub.call(packed: arguments) == bytes(42.5))
        place.pointee = 0
        #expect(try stub.call(packed: arguments) == bytes(42.5))
    }

    @Test func manyStubsAreOneModule() throws {
        let types = (0..<300).map { FunctionType(parameters: Array(repeating: .i32, count: $0 % 3), results: []) }
        #expect(try StubModule(types, engine: Engines.plain) != nil)
        #expect(
            try StubModule([FunctionType(parameters: [.otherReference], results: [])], engine: Engines.plain) == nil)
    }

    private func bytes(_ number: Double) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}
