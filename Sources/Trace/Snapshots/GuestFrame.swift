/// One guest function on a thread's stack; in lists the innermost stands first.
public struct GuestFrame: Sendable, Equatable {
    /// The name from the module, demangled where that is known; `function 12` for one without a name. The guest's text:
    /// sanitise before drawing.
    public var function: String
    /// Bytes from the start of the function's body; nil when unknown.
    public var functionOffset: Int?
    /// Bytes from the start of the module, what `wasm-objdump` and DWARF count from; nil when unknown.
    public var moduleOffset: Int?
    /// The source file and the line in it; nil for a module without line tables.
    public var file: String?
    public var line: Int?

    public init(
        function: String, functionOffset: Int? = nil, moduleOffset: Int? = nil, file: String? = nil, line: Int? = nil
    ) {
        self.function = function
        self.functionOffset = functionOffset
        self.moduleOffset = moduleOffset
        self.file = file
        self.line = line
    }
}
