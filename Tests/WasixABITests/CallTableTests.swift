import Testing
import WasixABI

@Suite struct CallTableTests {
    @Test func rowsStandInTheOrderOfTheirIds() {
        #expect(CallTable.all.count == CallID.allCases.count)
        for (index, row) in CallTable.all.enumerated() {
            #expect(Int(row.id.rawValue) == index, "\(row.name)")
            #expect(row.id.spec.name == row.name)
        }
    }

    @Test func everyRowIsFoundByItsOwnTypeInEachOfItsNamespaces() {
        for row in CallTable.all {
            // Nobody imports an instruction.
            #expect(row.namespaces.isEmpty == row.name.hasPrefix("memory.atomic."))
            for namespace in row.namespaces {
                let found = CallTable.find(
                    namespace: namespace, name: row.name, parameters: row.parameters(namespace.pointerWidth),
                    results: row.results)
                #expect(found?.id == row.id, "\(namespace.rawValue).\(row.name)")
            }
        }
    }

    @Test func noTwoRowsShareNamespaceNameAndType() {
        for namespace in Namespace.allCases {
            var seen: Set<String> = []
            for row in CallTable.all where row.namespaces.contains(namespace) {
                let type = "\(row.name) \(row.parameters(namespace.pointerWidth)) -> \(row.results)"
                #expect(seen.insert(type).inserted, "\(namespace.rawValue).\(type)")
            }
        }
    }

    @Test func namespacesHoldExactlyTheFunctionsOfTheReference() {
        let preview1 = Set(FunctionNames.preview1)
        let extensions = Set(FunctionNames.extensions)
        #expect(preview1.count == 46)
        #expect(extensions.union(preview1).count == 140)
        #expect(names(.preview1) == preview1.union(["thread-spawn"]))
        #expect(names(.wasiUnstable) == preview1.subtracting(["sock_accept"]).union(["thread-spawn"]))
        #expect(names(.wasiUnstable).count == 45 + 1)
        #expect(names(.wasi) == ["thread-spawn"])
        #expect(names(.wasix64) == preview1.union(extensions))
        #expect(names(.wasix32).subtracting(FunctionNames.threadLocals) == preview1.union(extensions))
    }

    @Test func unknownNamesAndWrongTypesAreNotFound() {
        #expect(CallTable.rows(namespace: .preview1, name: "fd_frobnicate").isEmpty)
        #expect(CallTable.rows(namespace: .preview1, name: "epoll_wait").isEmpty)
        #expect(CallTable.find(namespace: .preview1, name: "fd_close", parameters: [.i64], results: [.i32]) == nil)
        #expect(CallTable.find(namespace: .preview1, name: "fd_close", parameters: [.i32], results: []) == nil)
        #expect(CallTable.rows(namespace: .wasix32, name: "bus_open_local").isEmpty)
        #expect(CallTable.rows(namespace: .wasix32, name: "").isEmpty)
    }

    @Test func theTypeOfTheImportChoosesTheOverload() {
        func id(_ namespace: Namespace, _ name: String, _ parameters: [WasmType]) -> CallID? {
            CallTable.find(namespace: namespace, name: name, parameters: parameters, results: [.i32])?.id
        }
        #expect(id(.preview1, "sock_accept", [.i32, .i32, .i32]) == .sockAccept)
        #expect(id(.wasix32, "sock_accept", [.i32, .i32, .i32, .i32]) == .sockAcceptWasix)
        #expect(id(.wasix32, "sock_accept", [.i32, .i32, .i32]) == nil)
        #expect(id(.wasix32, "thread_spawn", [.i32, .i32]) == .threadSpawn)
        #expect(id(.wasix32, "thread_spawn", [.i64, .i64, .i64, .i32, .i32]) == .threadSpawnLegacy)
        #expect(id(.wasix32, "proc_join", [.i32, .i32, .i32]) == .procJoin)
        #expect(id(.wasix32, "proc_join", [.i32, .i32]) == .procJoinLegacy)
        #expect(id(.wasi, "thread-spawn", [.i32]) == .wasiThreadSpawn)
        #expect(id(.wasiUnstable, "fd_seek", [.i32, .i64, .i32, .i32]) == .fdSeekUnstable)
        #expect(id(.wasix32, "fd_seek", [.i32, .i64, .i32, .i32]) == .fdSeek)
        #expect(id(.wasiUnstable, "poll_oneoff", [.i32, .i32, .i32, .i32]) == .pollOneoffUnstable)
        #expect(id(.wasiUnstable, "fd_filestat_get", [.i32, .i32]) == .fdFilestatGetUnstable)
    }

    @Test func pointersAndSizesAreWideOnlyInThe64BitNamespace() {
        #expect(CallID.fdWrite.spec.parameters(.bits32) == [.i32, .i32, .i32, .i32])
        #expect(CallID.fdWrite.spec.parameters(.bits64) == [.i32, .i64, .i64, .i64])
        #expect(CallID.epollWait.spec.parameters(.bits32) == [.i32, .i32, .i32, .i64, .i32])
        #expect(CallID.epollWait.spec.parameters(.bits64) == [.i32, .i64, .i32, .i64, .i64])
        #expect(CallID.reflectSignature.spec.parameters(.bits64) == [.i32, .i64, .i32, .i64, .i32, .i64])
        for namespace in Namespace.allCases {
            #expect(namespace.pointerWidth == (namespace == .wasix64 ? .bits64 : .bits32))
        }
    }

    @Test func signaturesAreThoseOfTheReference() {
        for (name, signature) in FunctionNames.signatures {
            let row = CallTable.all.first { $0.name == name && $0.namespaces.contains(.wasix32) }
            let text = row.map { row in
                let parameters = row.arguments.map { $0.kind.signatureText }.joined(separator: ",")
                return row.results.isEmpty ? parameters + " -> !" : parameters
            }
            #expect(text == signature, "\(name)")
        }
    }

    @Test func indexesOfOtherArgumentsPointAtNumbers() {
        for row in CallTable.all {
            for argument in row.arguments {
                for index in argument.kind.referredArguments {
                    #expect(row.arguments.indices.contains(index), "\(row.name).\(argument.name)")
                    #expect(row.arguments[index].kind.canCount, "\(row.name).\(argument.name)")
                }
            }
        }
    }

    @Test func argumentNamesAreUniqueInARow() {
        for row in CallTable.all {
            #expect(Set(row.arguments.map(\.name)).count == row.arguments.count, "\(row.name)")
        }
    }

    @Test func everyFamilyHasARow() {
        #expect(Set(CallTable.all.map(\.family)) == Set(CallFamily.allCases))
    }

    private func names(_ namespace: Namespace) -> Set<String> {
        Set(CallTable.all.filter { $0.namespaces.contains(namespace) }.map(\.name))
    }
}

extension ArgumentKind {
    /// The reference page's word for the parameter's type.
    fileprivate var signatureText: String {
        switch (wasmType(.bits32), wasmType(.bits64)) {
        case (.i32, .i32): "i32"
        case (.i64, .i64): "i64"
        default: isAddress ? "ptr" : "usize"
        }
    }

    fileprivate var referredArguments: [Int] {
        switch self {
        case .text(_, let length, let used), .path(_, let length, let used), .bytes(_, let length, let used):
            [length] + (used.map { [$0] } ?? [])
        case .iovecs(_, let count, let used), .dirents(let count, let used): [count, used]
        case .texts(let count): [count]
        case .array(_, _, let count, let used): [count] + (used.map { [$0] } ?? [])
        default: []
        }
    }

    fileprivate var canCount: Bool {
        [.size, .i32, .u16, .out(.size), .update(.size)].contains(self)
    }
}
