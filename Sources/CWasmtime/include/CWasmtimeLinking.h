// What linking modules while they run needs of libwasmtime beside the declarations of CWasmtime.h, which includes this.
#pragma once

#pragma clang assume_nonnull begin

typedef struct wasm_globaltype_t { char opaque_; } wasm_globaltype_t;
typedef struct wasm_tabletype_t { char opaque_; } wasm_tabletype_t;
typedef struct wasm_tagtype_t { char opaque_; } wasm_tagtype_t;
typedef struct { uint32_t min, max; } wasm_limits_t; // max 0xffffffff: none
typedef wasmtime_memory_t wasmtime_tag_t;

static const uint8_t CWASMTIME_EXTERN_TAG = 5;

/// An item of an import list. The union of wasmtime_extern_t holds a tag like a table.
static inline wasmtime_extern_t cwasmtime_extern_tag(wasmtime_tag_t tag) {
    wasmtime_extern_t item = {.kind = CWASMTIME_EXTERN_TAG, .of = {.table = tag}};
    return item;
}

/// A reference to a function, or to none.
static inline wasmtime_val_t cwasmtime_val_funcref(wasmtime_func_t func) {
    wasmtime_val_t value = {.kind = 5, .of = {.funcref = func}};
    return value;
}

/// Both are taken over by the type.
wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *, uint8_t mutability); // 0 constant, 1 variable
void wasm_globaltype_delete(wasm_globaltype_t *);
wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *, const wasm_limits_t *);
void wasm_tabletype_delete(wasm_tabletype_t *);
wasm_tagtype_t *wasm_tagtype_new(wasm_functype_t *);
void wasm_tagtype_delete(wasm_tagtype_t *);

wasmtime_result_t wasmtime_global_new(
    wasmtime_context_t *, const wasm_globaltype_t *, const wasmtime_val_t *, wasmtime_global_t *out);
wasmtime_result_t wasmtime_table_new(
    wasmtime_context_t *, const wasm_tabletype_t *, const wasmtime_val_t *, wasmtime_table_t *out);
wasmtime_result_t wasmtime_tag_new(wasmtime_context_t *, const wasm_tagtype_t *, wasmtime_tag_t *out);
bool wasmtime_linker_get(
    const wasmtime_linker_t *, wasmtime_context_t *, const char *_Nullable module, size_t, const char *_Nullable name,
    size_t, wasmtime_extern_t *out);
void wasmtime_func_new_unchecked(
    wasmtime_context_t *, const wasm_functype_t *, wasmtime_func_unchecked_callback_t, void *_Nullable env,
    wasmtime_finalizer_t _Nullable finalizer, wasmtime_func_t *out);
wasm_trap_t *_Nullable wasmtime_trap_new(const char *, size_t);

#pragma clang assume_nonnull end
