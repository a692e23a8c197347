extension CallTable {
    /// Loading modules at run time, calls through the function table, closures, stackful coroutines.
    static let dynamicLinking: [CallSpec] = [
        CallSpec(
            .dlopen, "dlopen", Namespace.wasixOnly, .dl,
            [
                "path": .path(.input, length: 1), "path_len": .size, "flags": .flags(.dlFlags),
                "err_buf": .bytes(.output, length: 4), "err_buf_len": .size,
                "ld_library_path": .text(.input, length: 6), "ld_library_path_len": .size, "ret_handle": .out(.u32),
            ]),
        CallSpec(
            .dlsym, "dlsym", Namespace.wasixOnly, .dl,
            [
                "handle": .u32, "symbol": .text(.input, length: 2), "symbol_len": .size,
                "err_buf": .bytes(.output, length: 4), "err_buf_len": .size, "ret_addr": .out(.pointer),
            ]),
        CallSpec(.dlInvalidHandle, "dl_invalid_handle", Namespace.wasixOnly, .dl, ["handle": .u32]),
        CallSpec(
            .callDynamic, "call_dynamic", Namespace.wasixOnly, .dl,
            [
                "function_id": .function, "values": .bytes(.input, length: 2), "values_len": .size,
                "results": .bytes(.output, length: 4), "results_len": .size, "strict": .bool,
            ]),
        // Its two lengths are u16 in both widths.
        CallSpec(
            .reflectSignature, "reflect_signature", Namespace.wasixOnly, .dl,
            [
                "function_id": .function, "argument_types": .array(.valueType, .output, count: 2),
                "argument_types_len": .u16, "result_types": .array(.valueType, .output, count: 4),
                "result_types_len": .u16, "ret": .structure(.reflectionResult, .output),
            ]),
        CallSpec(.closureAllocate, "closure_allocate", Namespace.wasixOnly, .dl, ["ret_id": .out(.function)]),
        CallSpec(.closureFree, "closure_free", Namespace.wasixOnly, .dl, ["id": .function]),
        CallSpec(
            .closurePrepare, "closure_prepare", Namespace.wasixOnly, .dl,
            [
                "backing": .function, "closure": .function, "argument_types": .array(.valueType, .input, count: 3),
                "argument_types_len": .size, "result_types": .array(.valueType, .input, count: 5),
                "result_types_len": .size, "user_data": .pointer,
            ]),
        CallSpec(
            .contextCreate, "context_create", Namespace.wasixOnly, .context,
            ["ret_id": .out(.u64), "entrypoint": .function]),
        CallSpec(.contextSwitch, "context_switch", Namespace.wasixOnly, .context, ["id": .u64]),
        CallSpec(.contextDestroy, "context_destroy", Namespace.wasixOnly, .context, ["id": .u64]),
    ]
}
