import Foundation
import Testing
import WasixABI

@testable import Syscalls

/// Every call there is in `wasix_64v1` means what it means in `wasix_32v1`: the same call, made in both widths on two
/// guests that are alike, ends alike, and what it writes back is the same number in the width it has.
@Suite struct WidthTests {
    private static let rows = CallBodies.all.compactMap { $0 }.filter { $0.id.spec.namespaces.contains(.wasix64) }

    /// Numbers that are no two times the same.
    private static let changing: Set<CallID> = [.clockTimeGet, .randomGet]

    @Test func thereAreAsManyAsInTheNarrowNamespace() {
        let narrow = CallBodies.all.compactMap { $0 }.filter { $0.id.spec.namespaces.contains(.wasix32) }
        let onlyNarrow = narrow.map(\.id).filter { !CallTable[$0].namespaces.contains(.wasix64) }
        #expect(
            Set(onlyNarrow).isSubset(of: [
                .threadSpawnLegacy, .threadLocalCreate, .threadLocalDestroy, .threadLocalSet, .threadLocalGet,
                .procJoinLegacy,
            ]))
    }

    @Test func callsEndAlikeInBothWidths() throws {
        var template = Array("/tmp/wasix-top-width-XXXXXX".utf8CString)
        let root = String(cString: mkdtemp(&template)!)
        defer { try? FileManager.default.removeItem(atPath: root) }
        var succeeded: Set<CallID> = []
        for binding in Self.rows {
            let descriptors = HostileGuest(root: root, isWasix: true, isEnding: true).descriptors
            let takesDescriptor = binding.id.spec.arguments.contains { $0.kind == .fd }
            for fd in takesDescriptor ? descriptors : [0] {
                let narrow = outcome(binding, fd, root, isWide: false)
                let wide = outcome(binding, fd, root, isWide: true)
                #expect(narrow == wide, "\(binding.id) on \(fd)")
                if narrow.errno == .success { succeeded.insert(binding.id) }
            }
        }
        // The comparison is worth something only where calls get through.
        #expect(succeeded.count > Self.rows.count / 2, "\(succeeded.count) of \(Self.rows.count)")
    }

    private struct Outcome: Equatable {
        let errno: Errno
        /// Behind the `.out` arguments, by position.
        let results: [UInt64]
    }

    private func outcome(_ binding: CallBinding, _ fd: UInt64, _ root: String, isWide: Bool) -> Outcome {
        // What the one call made in the directory must not be there for the other.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            try? FileManager.default.removeItem(atPath: root + "/" + name)
        }
        let guest = HostileGuest(root: root, isWasix: true, isEnding: true)
        let spec = binding.id.spec
        let arguments = HostileArguments(row: spec, isWide: isWide)
        let values = arguments.plausible(fd: fd)
        arguments.fill(guest.memory)
        let width: PointerWidth = isWide ? .bits64 : .bits32
        let outputs = spec.arguments.indices.compactMap { index -> (address: Int, size: Int)? in
            guard case .out(let scalar) = spec.arguments[index].kind else { return nil }
            return (Int(values[index]), scalar.size(width))
        }
        // Bytes that are left as they are show.
        for output in outputs { guest.memory.put([UInt8](repeating: 0xA5, count: 8), at: output.address) }
        let errno = guest.call(binding, values, isWide: isWide)
        guard errno == .success, !Self.changing.contains(binding.id) else { return Outcome(errno: errno, results: []) }
        let results = outputs.map { output in
            (0..<output.size).reduce(UInt64(0)) { sum, index in
                sum | UInt64((guest.memory.base + output.address + index).load(as: UInt8.self)) << (index * 8)
            }
        }
        return Outcome(errno: errno, results: results)
    }
}
