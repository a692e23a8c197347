import Decode
import Foundation
import Testing
import Trace
import WasixABI

@testable import Syscalls

/// The table that says, for every function that works, how it succeeds, how it fails, and what the trace says of it.
@Suite struct ConformanceTests {
    @Test(arguments: ConformanceTable.rows)
    func functionAnswersAsTheTableSays(row: ConformanceRow) throws {
        for one in row.cases {
            let guest = try Self.guest(one)
            let arguments = try one.arrange(guest)
            let (errno, line) = guest.traced(row.call, arguments)
            #expect(errno == one.expected, "\(row.call), \(one.title)")
            #expect(line.hasPrefix(row.call.spec.name + "("), "\(one.title)")
            if let text = one.text {
                #expect(Self.matches(line, text), "\(row.call), \(one.title): \(line)")
            } else {
                // What never returns to the guest has no result.
                let result = row.call.spec.result == .never ? "= ?" : "= E"
                #expect(line.contains(result), "\(row.call), \(one.title): \(line)")
            }
        }
    }

    /// Each address of a call that succeeds otherwise, moved out of the guest's memory.
    @Test(arguments: ConformanceTable.rows)
    func addressOutsideMemoryIsAFault(row: ConformanceRow) throws {
        guard let success = row.cases.first(where: { $0.expected == .success }) else { return }
        for (index, argument) in row.call.spec.arguments.enumerated() where argument.kind.isAddress {
            guard !row.unread.contains(argument.name) else { continue }
            let guest = try Self.guest(success)
            var arguments = try success.arrange(guest)
            arguments[index] = UInt64(FileGuest.memorySize) + 0x10_0000
            #expect(guest.call(row.call, arguments) == .fault, "\(row.call), \(argument.name)")
        }
    }

    @Test func everyFunctionThatWorksIsInTheTable() {
        let rows = Dictionary(grouping: ConformanceTable.rows, by: \.call)
        for spec in CallTable.all where CallBodies.isImplemented(spec.id) {
            let found = rows[spec.id] ?? []
            #expect(found.count == 1, "\(spec.id)")
            let cases = found.flatMap(\.cases)
            let isRefused = cases.allSatisfy { $0.expected == .notsup }
            #expect(isRefused || cases.contains { $0.expected == .success }, "\(spec.id) has no success")
            for errno in found.first?.named ?? [] {
                #expect(cases.contains { $0.expected == errno }, "\(spec.id) never answers \(errno)")
            }
        }
        for row in ConformanceTable.rows { #expect(CallBodies.isImplemented(row.call), "\(row.call)") }
    }

    @Test func testsThatTheTableRefersToAreThere() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var functions: Set<String> = []
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            functions.formUnion(text.matches(of: /func (\w+)\(/).map { String($0.1) })
        }
        for reference in ConformanceTable.references {
            #expect(functions.contains(reference.test), "\(reference.test)")
        }
    }

    private static func guest(_ one: ConformanceCase) throws -> FileGuest {
        try FileGuest(
            isWasix: !one.isPreview1, network: one.isOffline ? .denied : .granted,
            arguments: ["program", "two words"], environment: ["A=1"])
    }

    /// Whether `line` is `pattern`, whose `*` matches any text.
    private static func matches(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return line == pattern }
        var rest = Substring(line)
        guard rest.hasPrefix(parts[0]) else { return false }
        rest = rest.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}

extension FileGuest {
    /// Makes a call and answers its line in the trace as well.
    func traced(_ id: CallID, _ arguments: [UInt64]) -> (errno: Errno, line: String) {
        let ring = thread.channel!.ring
        ring.drain { _, _ in }
        let errno = call(id, arguments)
        var line = ""
        let formatter = CallFormatter(nameAtMoment: { [kernel] in kernel.names(of: $0).text(at: $1) })
        ring.drain { line = formatter.text($0, payload: $1).line.text }
        return (errno, line)
    }
}
