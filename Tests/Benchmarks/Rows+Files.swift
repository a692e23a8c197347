import Foundation

/// Files. On tmpfs, where there is one: nothing but the page cache takes part.
extension Rows {
    mutating func files() throws {
        try inScratchDirectory { try $0.files(in: $1) }
    }

    private mutating func files(in directory: String) throws {
        let system = directory.hasPrefix(Self.memory) ? "tmpfs" : "page cache"
        for (size, name) in [(4096, "4 KiB"), (1 << 20, "1 MiB")] {
            for way in ["read", "write"] {
                let comparison = try sides.compare("blocks", [way, "\(size)"], in: directory)
                table.row(
                    "file \(way), blocks of \(name), \(system)", comparison, unit: "ns", target: "1.2x native",
                    isReached: comparison.ratio <= 1.2)
            }
        }
        let comparison = try sides.compare("listing", ["10000"], in: directory)
        table.part("listing 10000 entries, \(system)", comparison, unit: "us")
    }

    private static let memory = "/dev/shm/"

    /// Runs `body` with an empty directory, which is removed afterwards.
    mutating func inScratchDirectory(_ body: (inout Rows, _ directory: String) throws -> Void) throws {
        let isMemory = FileManager.default.fileExists(atPath: Self.memory)
        let place = isMemory ? Self.memory : NSTemporaryDirectory()
        let directory = place + "wasix-top-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(&self, directory)
    }
}
