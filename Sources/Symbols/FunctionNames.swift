/// The functions' names of the name section, by index. Holds where the names are, not copies of them.
struct FunctionNames: Sendable {
    private struct Entry {
        let index: UInt32
        let start: UInt32
        let count: UInt32
    }

    private let module: [UInt8]
    private var entries: [Entry] = []

    private static let functionNames: UInt8 = 1

    init(_ sections: ModuleSections) {
        module = sections.module
        var reader = ByteReader(module, sections.names)
        while let id = try? reader.byte(), let size = try? reader.unsigned(), let contents = try? reader.skip(size) {
            if id == Self.functionNames { read(contents) }
        }
        // In order already, unless the producer broke the rule.
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.index <= $1.index }
        if !isSorted { entries.sort { $0.index < $1.index } }
    }

    /// Keeps the names in front of the first damaged one.
    private mutating func read(_ contents: Range<Int>) {
        var reader = ByteReader(module, contents)
        // The count is not to be believed; the entries end with the bytes.
        guard (try? reader.unsigned()) != nil else { return }
        while let index = try? reader.unsigned(), let length = try? reader.unsigned(),
            let name = try? reader.skip(length), let index = UInt32(exactly: index),
            let start = UInt32(exactly: name.lowerBound)
        {
            entries.append(Entry(index: index, start: start, count: UInt32(name.count)))
        }
    }

    subscript(index: UInt32) -> String? {
        let place = entries.partitioningIndex { $0.index >= index }
        guard place < entries.count, entries[place].index == index else { return nil }
        let start = Int(entries[place].start)
        return String(decoding: module[start..<start + Int(entries[place].count)], as: UTF8.self)
    }
}

extension Array {
    /// The first place from which on `belongs` holds, in an array that is sorted by it; `count` when there is none.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
