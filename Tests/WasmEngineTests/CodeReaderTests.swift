import Foundation
import TestSupport
import Testing

@testable import WasmEngine

/// Every instruction is followed by a `memory.atomic.notify` and the end of its function: only a reader that knows its length
/// finds both.
@Suite struct CodeReaderTests {
    private static let plain = [
        "unreachable", "nop", "block end", "block (result i32) end", "block (type 1) end",
        "block (result (ref null 1)) end",
        "loop end", "loop (result v128) end", "if end", "if (result funcref) else end", "if (type 70) else end",
        "br 0", "br_if 0", "br_table 0 0 0 0", "br_table 0", "return", "call 0", "call 200", "call_indirect 0 (type 1)",
        "call_indirect 1 (type 70)", "return_call 0", "return_call_indirect 1 (type 1)", "call_ref 1",
        "return_call_ref 70", "drop", "select", "select (result i32)", "select (result (ref null extern))", "throw 0",
        "throw_ref", "try_table end",
        "try_table (result i32) (catch 0 0) (catch_ref 0 0) (catch_all 0) (catch_all_ref 0) end",
        "local.get 0", "local.set 300", "local.tee 1", "global.get 0", "global.set 200", "table.get 0", "table.set 1",
        "memory.size", "memory.grow", "memory.size 1", "i32.const 0", "i32.const -2147483648", "i64.const -1",
        "i64.const 9223372036854775807", "f32.const 1.5", "f64.const nan", "i32.eqz", "i64.extend32_s", "f64.max",
        "f64.reinterpret_i64", "ref.null func", "ref.null extern", "ref.null 70", "ref.is_null", "ref.func 0", "ref.eq",
        "ref.as_non_null", "br_on_null 0", "br_on_non_null 0",
    ]
    private static let memory = [
        "i32.load", "i64.load offset=4294967295", "f32.load align=1", "i64.load32_u offset=128 align=2", "i32.store8",
        "f64.store 1 offset=9", "i32.load 1", "memory.init 0", "memory.init 1 0", "data.drop 0", "memory.copy",
        "memory.copy 1 0", "memory.fill", "memory.fill 1", "table.init 0", "table.init 1 0", "elem.drop 0",
        "table.copy 0 1",
        "table.grow 0", "table.size 1", "table.fill 0", "i32.trunc_sat_f32_s", "i64.trunc_sat_f64_u", "i64.add128",
        "i64.mul_wide_u", "atomic.fence", "i32.atomic.load", "i64.atomic.load32_u offset=200", "i32.atomic.store 1",
        "i64.atomic.rmw.cmpxchg", "i64.atomic.rmw32.cmpxchg_u offset=3", "i32.atomic.rmw8.xchg_u",
    ]
    private static let vectors = [
        "v128.load offset=77", "v128.load32x2_u", "v128.load8_splat 1", "v128.store align=1",
        "v128.const i32x4 1 2 3 4", "i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "i8x16.swizzle",
        "f64x2.splat", "i8x16.extract_lane_s 15", "f64x2.replace_lane 1", "i8x16.eq", "v128.bitselect", "v128.any_true",
        "v128.load8_lane 15", "v128.load64_lane offset=300 1", "v128.store16_lane 1 7", "v128.load32_zero",
        "v128.load64_zero offset=8", "i32x4.add", "f64x2.convert_low_i32x4_u", "i16x8.extadd_pairwise_i8x16_s",
        "i8x16.relaxed_swizzle", "i32x4.relaxed_dot_i8x16_i7x16_add_s", "f32x4.relaxed_madd",
    ]
    private static let references = [
        "struct.new 2", "struct.new_default 2", "struct.get 2 0", "struct.get_s 2 0", "struct.set 2 0", "array.new 3",
        "array.new_default 3", "array.new_fixed 3 4", "array.new_data 3 0", "array.new_elem 3 0", "array.get 3",
        "array.get_u 3", "array.set 3", "array.len", "array.fill 3", "array.copy 3 3", "array.init_data 3 0",
        "array.init_elem 3 0", "ref.test (ref any)", "ref.test (ref null 2)", "ref.cast (ref eq)",
        "ref.cast (ref null 70)", "br_on_cast 0 anyref (ref 2)", "br_on_cast_fail 0 (ref null any) (ref i31)",
        "any.convert_extern", "extern.convert_any", "ref.i31", "i31.get_s", "i31.get_u",
    ]

    @Test(arguments: plain + memory + vectors + references)
    func anInstructionIsAsLongAsItIs(_ instruction: String) throws {
        let bodies = try bodies(
            of: "(func (local i32 (ref null 1) v128) \(instruction) memory.atomic.notify offset=300)")
        let sites = try sites(in: try #require(bodies.first))
        #expect(sites.map(\.offset) == [300])
        #expect(sites.map(\.instruction) == [.notify])
        #expect(sites.first?.range.count == 5)
    }

    @Test func sitesAreToldWithAllThatTheyHave() throws {
        let bodies = try bodies(
            of: "(func memory.atomic.wait32 memory.atomic.wait64 1 offset=8 memory.atomic.notify align=4)")
        let sites = try sites(in: try #require(bodies.first))
        #expect(sites.map(\.instruction) == [.wait32, .wait64, .notify])
        #expect(sites.map(\.memory) == [0, 1, 0])
        #expect(sites.map(\.offset) == [0, 8, 0])
        #expect(sites.map(\.alignment) == [2, 3, 2])
    }

    @Test(arguments: [
        [0x06, 0x40, 0x0b], [0xe0, 0x00], [0xfb, 0x7f], [0xfc, 0x12], [0xfc, 0x7f], [0xfd, 0x94, 0x02], [0xfe, 0x04],
        [0xfe, 0x4f, 0x00, 0x00], [0xff], [0x27], [0x1f, 0x40, 0x01, 0x09, 0x00, 0x0b],
    ])
    func whatItDoesNotKnowItRefuses(_ code: [UInt8]) {
        #expect(throws: UnknownCode.self) { try sites(in: [0x00] + code + [0x0b]) }
    }

    @Test func bodiesThatEndElsewhereAreRefused() throws {
        let whole = try #require(
            try bodies(of: "(func (local i64) block i64.const -1 drop end memory.atomic.wait32)").first)
        for count in 0..<whole.count {
            #expect(throws: UnknownCode.self) { try sites(in: Array(whole.prefix(count))) }
        }
        #expect(throws: UnknownCode.self) { try sites(in: whole + [0x01]) }
        #expect(throws: UnknownCode.self) { try sites(in: [0xff, 0xff, 0xff, 0xff, 0x0f] + whole) }
    }

    @Test func anyBytesAreReadOrRefused() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            if let sites = try? sites(in: bytes) { #expect(sites.allSatisfy { $0.range.upperBound < bytes.count }) }
        }
    }

    private func sites(in body: [UInt8]) throws -> [CodeReader.WaitSite] {
        try body.withUnsafeBytes { bytes in
            var reader = CodeReader(bytes, in: 0..<bytes.count)
            return try reader.waitSites()
        }
    }

    /// The bodies of a module of such functions, of text that is not checked any further.
    private func bodies(of functions: String) throws -> [[UInt8]] {
        let types = (4..<80).map { "(type (func (param \(String(repeating: "i32 ", count: $0)))))" }.joined()
        let text = """
            (module (type (func)) (type (func (param i32))) (type (struct (field (mut i8)))) (type (array (mut i32)))
              \(types) (memory 1 1 shared) (memory 1) (table 1 funcref) (table 1 funcref) (tag (type 0))
              (data "a") (data "b") (elem func) (elem func) \(functions))
            """
        return try codeBodies(of: Module.binary(fromFile: Array(text.utf8)))
    }
}

/// The bodies of a module's functions.
func codeBodies(of binary: [UInt8]) throws -> [[UInt8]] {
    var reader = BinaryReader(binary[...])
    try reader.skip(8)
    while !reader.isAtEnd {
        let id = try reader.byte()
        var contents = BinaryReader(try reader.bytes(Int(reader.u32())))
        guard id == 10 else { continue }
        return try (0..<(try contents.u32())).map { _ in try Array(contents.bytes(Int(contents.u32()))) }
    }
    return []
}
