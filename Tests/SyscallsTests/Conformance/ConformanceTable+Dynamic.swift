import Kernel
import WasixABI

/// Calls through the table of functions, and closures (WasixABI.docc/DynamicLinking); contexts (WasixABI.docc/Contexts).
extension ConformanceTable {
    static let dynamic: [ConformanceRow] = [
        ConformanceRow(
            .callDynamic, [.inval],
            [
                .ok(
                    "strict",
                    #"call_dynamic(function_id=1, "*", "\n\0\0\0\0\0\0\0", results_len=8, strict=true) = 0"#
                ) { $0.dynamic(1, $0.seven, 12, $0.room(8), 8, 1) },
                .ok("with less", #"call_dynamic(function_id=1, "*", "\x07\0", results_len=2, strict=false) = 0"#) {
                    $0.dynamic(1, $0.seven, 4, $0.room(8), 2, 0)
                },
                .ok("with more", "call_dynamic(function_id=1, *, results_len=20, strict=false) = 0") {
                    $0.dynamic(1, $0.seven, 16, $0.room(20), 20, 0)
                },
                .fails(.inval, "too few arguments") { $0.dynamic(1, $0.seven, 11, $0.room(8), 8, 1) },
                .fails(.inval, "too many arguments") { $0.dynamic(1, $0.seven, 13, $0.room(8), 8, 1) },
                .fails(.inval, "too little room") { $0.dynamic(1, $0.seven, 12, $0.room(8), 7, 1) },
                .fails(.inval, "an empty place") { $0.dynamic(2, $0.seven, 12, $0.room(8), 8, 0) },
                .fails(.inval, "no place") { $0.dynamic(6, $0.seven, 12, $0.room(8), 8, 0) },
                .fails(.inval, "a reference") { $0.dynamic(3, 0, 0, 0, 0, 0) },
                .fails(.notsup, "no table") { [1, $0.seven, 12, $0.room(8), 8, 1] },
            ]),
        ConformanceRow(
            .reflectSignature, [.inval, .overflow],
            [
                .ok(
                    "a function",
                    "reflect_signature(function_id=1, [i32, i64], argument_types_len=2, [i64], result_types_len=1, "
                        + "{cacheable=true, arguments=2, results=1}) = 0"
                ) { $0.dynamic(1, $0.room(2), 2, $0.room(1), 1, $0.room(6)) },
                .ok("a closure", "reflect_signature(function_id=5, *, {cacheable=false, arguments=2, results=1}) = 0") {
                    $0.dynamic(5, $0.room(9), 9, $0.room(9), 9, $0.room(6))
                },
                .fails(.overflow, "too little room") { $0.dynamic(1, $0.room(2), 1, $0.room(1), 1, $0.room(6)) },
                .fails(.overflow, "no room") { $0.dynamic(1, 0, 0, 0, 0, $0.room(6)) },
                .fails(.inval, "an empty place") { $0.dynamic(2, 0, 0, 0, 0, $0.room(6)) },
                .fails(.inval, "no place") { $0.dynamic(99, 0, 0, 0, 0, $0.room(6)) },
                .fails(.inval, "a reference") { $0.dynamic(3, $0.room(1), 1, 0, 0, $0.room(6)) },
            ]),
        ConformanceRow(
            .closureAllocate, [.notsup],
            [
                .ok("a place", "closure_allocate(ret_id=6) = 0") { $0.dynamic($0.out) },
                .fails(.notsup, "no table") { [$0.out] },
            ]),
        ConformanceRow(
            .closurePrepare, [.inval], unread: ["user_data"],
            [
                .ok("a place", "closure_prepare(backing=1, closure=4, [v128, f32], [f64], 0x80) = 0") {
                    $0.dynamic(1, 4, $0.put([4, 2]), 2, $0.put([3]), 1, 0x80)
                },
                .ok("again, without types", "closure_prepare(backing=1, closure=5, *) = 0") {
                    $0.dynamic(1, 5, 0, 0, 0, 0, 0)
                },
                .fails(.inval, "another place") { $0.dynamic(1, 1, 0, 0, 0, 0, 0) },
                .fails(.inval, "no function") { $0.dynamic(2, 4, 0, 0, 0, 0, 0) },
                .fails(.inval, "an unknown type") { $0.dynamic(1, 4, $0.put([5]), 1, 0, 0, 0) },
                .fails(.inval, "too many") { $0.dynamic(1, 4, $0.room(1001), 1001, 0, 0, 0) },
            ]),
        ConformanceRow(
            .closureFree, [.inval],
            [
                .ok("a place", "closure_free(id=4) = 0") { $0.dynamic(4) },
                .fails(.inval, "another place") { $0.dynamic(1) },
            ]),
        ConformanceRow(
            .contextCreate, [.inval, .notsup],
            [
                .ok("a function", "context_create(entrypoint=2) = 3") { $0.dynamic($0.out, 2) },
                .fails(.inval, "another place") { $0.dynamic($0.out, 1) },
                .fails(.notsup, "nobody who runs code") { [$0.out, 2] },
            ]),
        ConformanceRow(
            .contextSwitch, [.inval, .notsup],
            [
                .ok("another", "context_switch(id=1) = 0") { $0.dynamic(1) },
                .ok("itself", "context_switch(id=0) = 0") { $0.dynamic(0) },
                .fails(.inval, "one that was destroyed") { $0.dynamic(2) },
                .fails(.notsup, "nobody who runs code") { _ in [0] },
            ]),
        ConformanceRow(
            .contextDestroy, [.inval, .notsup],
            [
                .ok("another", "context_destroy(id=1) = 0") { $0.dynamic(1) },
                .ok("once more", "context_destroy(id=2) = 0") { $0.dynamic(2) },
                .fails(.inval, "the main one") { $0.dynamic(0) },
                .fails(.notsup, "nobody who runs code") { _ in [1] },
            ]),
    ]
}

extension FileGuest {
    fileprivate func dynamic(_ arguments: UInt64...) -> [UInt64] {
        process.image.runner = TableRunner()
        return arguments
    }

    /// An `i32` of 7 and an `i64` of 3, side by side.
    fileprivate var seven: UInt64 { put(Self.bytes(UInt32(7), UInt64(3), UInt64(0))) }
}
