/// Where the parts of a module are that names and source positions come from. An empty range is a part it lacks.
struct ModuleSections: Sendable {
    let module: [UInt8]
    /// The contents: DWARF addresses count from their first byte.
    private(set) var code = 0..<0
    private(set) var names = 0..<0
    private(set) var debugLine = 0..<0
    private(set) var debugLineStrings = 0..<0
    private(set) var debugStrings = 0..<0
    private(set) var debugInfo = 0..<0
    private(set) var debugAbbreviations = 0..<0
    private(set) var debugRanges = 0..<0
    private(set) var debugRangeLists = 0..<0
    private(set) var debugAddresses = 0..<0
    private(set) var debugStringOffsets = 0..<0

    private static let header: [UInt8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    private static let custom: UInt8 = 0
    private static let code: UInt8 = 10

    init(module: [UInt8]) {
        self.module = module
        guard module.starts(with: Self.header) else { return }
        var reader = ByteReader(module, Self.header.count..<module.count)
        // A damaged section ends the walk: what was found before it stays.
        while let id = try? reader.byte(), let size = try? reader.unsigned(), let contents = try? reader.skip(size) {
            switch id {
            case Self.custom: note(custom: contents)
            case Self.code: if code.isEmpty { code = contents }
            default: continue
            }
        }
    }

    private mutating func note(custom contents: Range<Int>) {
        var reader = ByteReader(module, contents)
        guard let length = try? reader.unsigned(), length <= 20, let name = try? reader.skip(length) else { return }
        switch String(decoding: module[name], as: UTF8.self) {
        case "name": names = reader.remaining
        case ".debug_line": debugLine = reader.remaining
        case ".debug_line_str": debugLineStrings = reader.remaining
        case ".debug_str": debugStrings = reader.remaining
        case ".debug_info": debugInfo = reader.remaining
        case ".debug_abbrev": debugAbbreviations = reader.remaining
        case ".debug_ranges": debugRanges = reader.remaining
        case ".debug_rnglists": debugRangeLists = reader.remaining
        case ".debug_addr": debugAddresses = reader.remaining
        case ".debug_str_offsets": debugStringOffsets = reader.remaining
        default: return
        }
    }
}
