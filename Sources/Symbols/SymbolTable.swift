import Synchronization

/// Source positions and names of one wasm module. Made from the module's bytes once; a value that any thread may read.
///
/// Shares the storage of the bytes and reads the tables when first asked: a module nobody asks about costs a walk over
/// its section headers.
package struct SymbolTable: Sendable {
    private let sections: ModuleSections
    private let tables: Tables

    /// Takes any bytes: what cannot be read is left out.
    package init(module: [UInt8]) {
        sections = ModuleSections(module: module)
        tables = Tables()
    }

    /// Whether the module has line tables at all.
    package var hasLines: Bool { !sections.debugLine.isEmpty && !sections.code.isEmpty }

    /// Position of the code at this offset from the start of the module file; nil where the compiler names no line.
    package func line(atModuleOffset offset: Int) -> SourcePosition? {
        guard hasLines, sections.code.contains(offset) else { return nil }
        // DWARF for wasm counts addresses from the first byte of the code section's contents.
        let address = UInt64(offset - sections.code.lowerBound)
        return tables.lines.withLock { lines in
            if lines == nil { lines = LineTable(sections) }
            return lines?.position(of: address)
        }
    }

    /// The calls that the compiler has put into the function at this offset from the start of the module file: each with
    /// the function that was called, and where it was called from; the innermost first. Where the code stands in the
    /// innermost of them `line(atModuleOffset:)` says.
    package func inlinedCalls(atModuleOffset offset: Int) -> [InlinedCall] {
        guard hasLines, !sections.debugInfo.isEmpty, sections.code.contains(offset) else { return [] }
        let calls = tables.inlining.withLock { inlining in
            if inlining == nil { inlining = InlineTable(sections) }
            return inlining?.calls(at: UInt64(offset - sections.code.lowerBound)) ?? []
        }
        guard !calls.isEmpty else { return [] }
        return tables.lines.withLock { lines in
            if lines == nil { lines = LineTable(sections) }
            return calls.map { call in
                let file = lines?.path(of: call.file, lines: call.lines)
                let place =
                    call.line > 0
                    ? file.map {
                        SourcePosition(file: $0, line: Int(clamping: call.line), column: 0)
                    } : nil
                return InlinedCall(function: call.function, caller: place)
            }
        }
    }

    /// Function name from the name section by function index (imports counted), raw. The guest's text.
    package func functionName(_ index: UInt32) -> String? {
        tables.names.withLock { names in
            if names == nil { names = FunctionNames(sections) }
            return names?[index]
        }
    }

    /// What has been read so far, each part with its own lock.
    private final class Tables: Sendable {
        let lines = Mutex<LineTable?>(nil)
        let names = Mutex<FunctionNames?>(nil)
        let inlining = Mutex<InlineTable?>(nil)
    }
}

/// A call without a frame of its own.
package struct InlinedCall: Sendable, Equatable {
    /// What was called, raw. The guest's text.
    package var function: String
    /// Where it is called; nil where the compiler does not say.
    package var caller: SourcePosition?
}
