// What wasix-top uses of libwasmtime 50.0.1, declared by hand: the wheel that carries the library has no headers.
// Handles carry a dummy member so that Swift imports them as typed pointers. Only WasmEngine imports this module.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Part of the module cache's key; the Makefile pins the same version by checksum.
#define CWASMTIME_VERSION "50.0.1"

// MARK: Handles

typedef struct wasm_config_t { char opaque_; } wasm_config_t;
typedef struct wasm_engine_t { char opaque_; } wasm_engine_t;
typedef struct wasm_valtype_t { char opaque_; } wasm_valtype_t;
typedef struct wasm_functype_t { char opaque_; } wasm_functype_t;
typedef struct wasm_memorytype_t { char opaque_; } wasm_memorytype_t;
typedef struct wasm_frame_t { char opaque_; } wasm_frame_t;
typedef struct wasm_trap_t { char opaque_; } wasm_trap_t;
typedef struct wasmtime_error_t { char opaque_; } wasmtime_error_t;
typedef struct wasmtime_module_t { char opaque_; } wasmtime_module_t;
typedef struct wasmtime_store_t { char opaque_; } wasmtime_store_t;
typedef struct wasmtime_context_t { char opaque_; } wasmtime_context_t;
typedef struct wasmtime_caller_t { char opaque_; } wasmtime_caller_t;
typedef struct wasmtime_linker_t { char opaque_; } wasmtime_linker_t;
typedef struct wasmtime_instance_pre_t { char opaque_; } wasmtime_instance_pre_t;
typedef struct wasmtime_sharedmemory_t { char opaque_; } wasmtime_sharedmemory_t;

typedef wasmtime_error_t *_Nullable wasmtime_result_t; // NULL = success, else owned by the caller

// MARK: Values

typedef struct { size_t size; char *_Nullable data; } wasm_byte_vec_t;
typedef struct { size_t size; wasm_valtype_t *_Nullable *_Nullable data; } wasm_valtype_vec_t;
typedef struct { size_t size; wasm_frame_t *_Nullable *_Nullable data; } wasm_frame_vec_t;

typedef struct { uint64_t store_id; void *_Nullable priv_; } wasmtime_func_t; // store_id 0: null reference
typedef struct { uint64_t store_id; uint32_t a_; uint32_t pad_; uint32_t b_; uint32_t pad2_; } wasmtime_memory_t;
typedef wasmtime_memory_t wasmtime_table_t;
typedef struct { uint64_t store_id; uint32_t a_, b_, c_; } wasmtime_global_t;
typedef struct { uint64_t store_id; size_t priv_; } wasmtime_instance_t;

static const uint8_t CWASMTIME_EXTERN_FUNC = 0;
static const uint8_t CWASMTIME_EXTERN_GLOBAL = 1;
static const uint8_t CWASMTIME_EXTERN_TABLE = 2;
static const uint8_t CWASMTIME_EXTERN_MEMORY = 3;
static const uint8_t CWASMTIME_EXTERN_SHAREDMEMORY = 4;

typedef struct {
    uint8_t kind;
    union {
        wasmtime_func_t func;
        wasmtime_global_t global;
        wasmtime_table_t table;
        wasmtime_memory_t memory;
        wasmtime_sharedmemory_t *sharedmemory;
    } of;
} wasmtime_extern_t;

static const uint8_t CWASMTIME_I32 = 0;
static const uint8_t CWASMTIME_I64 = 1;
static const uint8_t CWASMTIME_F32 = 2;
static const uint8_t CWASMTIME_F64 = 3;
static const uint8_t CWASMTIME_V128 = 4;
static const uint8_t CWASMTIME_FUNCREF = 5;

// wasm_valtype_new numbers references differently from wasmtime_val_t.
static const uint8_t CWASMTIME_VALTYPE_EXTERNREF = 128;
static const uint8_t CWASMTIME_VALTYPE_FUNCREF = 129;

typedef struct {
    uint8_t kind;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        wasmtime_func_t funcref;
        uint64_t words[3];
    } of;
} wasmtime_val_t;

/// One argument or result slot of an unchecked call.
typedef union {
    int32_t i32;
    int64_t i64;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    uint64_t v128[2];
} wasmtime_val_raw_t;

_Static_assert(sizeof(wasmtime_func_t) == 16, "layout");
_Static_assert(sizeof(wasmtime_memory_t) == 24, "layout");
_Static_assert(sizeof(wasmtime_global_t) == 24, "layout");
_Static_assert(sizeof(wasmtime_instance_t) == 16, "layout");
_Static_assert(sizeof(wasmtime_extern_t) == 32, "layout");
_Static_assert(sizeof(wasmtime_val_t) == 32, "layout");
_Static_assert(sizeof(wasmtime_val_raw_t) == 16, "layout");

// MARK: Callbacks

typedef void (*wasmtime_finalizer_t)(void *_Nullable env);

/// `values` are wasmtime_val_raw_t slots: arguments from slot 0, results overwrite them from slot 0. A returned trap
/// belongs to the engine; NULL = no trap.
typedef wasm_trap_t *_Nullable (*wasmtime_func_unchecked_callback_t)(
    void *_Nullable env, wasmtime_caller_t *caller, void *values, size_t count);

/// `kind` 0 = go on with `delta` more ticks. A returned error ends the guest and belongs to the engine.
typedef wasmtime_result_t (*wasmtime_epoch_callback_t)(
    wasmtime_context_t *context, void *_Nullable env, uint64_t *delta, uint8_t *kind);

// MARK: Configuration and engine

wasm_config_t *wasm_config_new(void);
void wasmtime_config_epoch_interruption_set(wasm_config_t *, bool);
void wasmtime_config_shared_memory_set(wasm_config_t *, bool);
void wasmtime_config_wasm_threads_set(wasm_config_t *, bool);
void wasmtime_config_wasm_simd_set(wasm_config_t *, bool);
void wasmtime_config_wasm_exceptions_set(wasm_config_t *, bool);
void wasmtime_config_wasm_tail_call_set(wasm_config_t *, bool);
void wasmtime_config_wasm_memory64_set(wasm_config_t *, bool);
void wasmtime_config_parallel_compilation_set(wasm_config_t *, bool);
void wasmtime_config_max_wasm_stack_set(wasm_config_t *, size_t);
void wasmtime_config_async_stack_size_set(wasm_config_t *, size_t);
void wasmtime_config_memory_may_move_set(wasm_config_t *, bool);
void wasmtime_config_memory_reservation_set(wasm_config_t *, uint64_t bytes);
wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *);
void wasm_engine_delete(wasm_engine_t *);
void wasmtime_engine_increment_epoch(const wasm_engine_t *);

// MARK: Bytes and types
//
// The kind of a type is never asked for: wasm_valtype_kind aborts the process on v128 and on most references. WasmEngine
// reads types from the module's own sections, and compares those of functions with types that it has made.

void wasm_byte_vec_delete(wasm_byte_vec_t *);
wasm_valtype_t *wasm_valtype_new(uint8_t kind);
void wasm_valtype_vec_new(wasm_valtype_vec_t *out, size_t, wasm_valtype_t *_Nullable const *_Nullable);
wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results);
void wasm_functype_delete(wasm_functype_t *);
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *);
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *);
wasm_valtype_t *wasmtime_wasm_valtype_v128(void);
bool wasmtime_wasm_valtype_equal(const wasm_valtype_t *, const wasm_valtype_t *);
void wasm_valtype_delete(wasm_valtype_t *);
wasmtime_result_t wasmtime_memorytype_new(
    uint64_t min, bool has_max, uint64_t max, bool is64, bool shared, uint8_t page_size_log2,
    wasm_memorytype_t *_Nullable *_Nonnull out);
void wasm_memorytype_delete(wasm_memorytype_t *);

// MARK: Modules

wasmtime_result_t wasmtime_wat2wasm(const char *_Nullable, size_t, wasm_byte_vec_t *out);
wasmtime_result_t wasmtime_module_new(
    wasm_engine_t *, const uint8_t *_Nullable, size_t, wasmtime_module_t *_Nullable *_Nonnull out);
void wasmtime_module_delete(wasmtime_module_t *);
wasmtime_result_t wasmtime_module_serialize(wasmtime_module_t *, wasm_byte_vec_t *out);
wasmtime_result_t wasmtime_module_deserialize(
    wasm_engine_t *, const uint8_t *_Nullable, size_t, wasmtime_module_t *_Nullable *_Nonnull out);

// MARK: Linker and instances

wasmtime_linker_t *wasmtime_linker_new(wasm_engine_t *);
wasmtime_linker_t *wasmtime_linker_clone(const wasmtime_linker_t *);
void wasmtime_linker_delete(wasmtime_linker_t *);
wasmtime_result_t wasmtime_linker_define(
    wasmtime_linker_t *, wasmtime_context_t *, const char *_Nullable module, size_t, const char *_Nullable name, size_t,
    const wasmtime_extern_t *);
wasmtime_result_t wasmtime_linker_define_func_unchecked(
    wasmtime_linker_t *, const char *_Nullable module, size_t, const char *_Nullable name, size_t,
    const wasm_functype_t *, wasmtime_func_unchecked_callback_t, void *_Nullable env,
    wasmtime_finalizer_t _Nullable finalizer);
wasmtime_result_t wasmtime_linker_instantiate_pre(
    const wasmtime_linker_t *, const wasmtime_module_t *, wasmtime_instance_pre_t *_Nullable *_Nonnull out);
wasmtime_result_t wasmtime_instance_pre_instantiate(
    const wasmtime_instance_pre_t *, wasmtime_context_t *, wasmtime_instance_t *out,
    wasm_trap_t *_Nullable *_Nonnull trap);
void wasmtime_instance_pre_delete(wasmtime_instance_pre_t *);
wasmtime_result_t wasmtime_instance_new(
    wasmtime_context_t *, const wasmtime_module_t *, const wasmtime_extern_t *_Nullable imports, size_t,
    wasmtime_instance_t *out, wasm_trap_t *_Nullable *_Nonnull trap);
bool wasmtime_instance_export_get(
    wasmtime_context_t *, const wasmtime_instance_t *, const char *_Nullable name, size_t, wasmtime_extern_t *out);

// MARK: Store

wasmtime_store_t *wasmtime_store_new(wasm_engine_t *, void *_Nullable data, wasmtime_finalizer_t _Nullable);
void wasmtime_store_delete(wasmtime_store_t *);
wasmtime_context_t *wasmtime_store_context(wasmtime_store_t *);
void *_Nullable wasmtime_context_get_data(const wasmtime_context_t *);
void wasmtime_context_set_data(wasmtime_context_t *, void *_Nullable data);
void wasmtime_context_set_epoch_deadline(wasmtime_context_t *, uint64_t ticks);
void wasmtime_store_epoch_deadline_callback(
    wasmtime_store_t *, wasmtime_epoch_callback_t, void *_Nullable env, wasmtime_finalizer_t _Nullable);
void wasmtime_store_limiter(
    wasmtime_store_t *, int64_t memory_bytes, int64_t table_elements, int64_t instances, int64_t tables,
    int64_t memories);
wasmtime_context_t *wasmtime_caller_context(wasmtime_caller_t *);
void wasmtime_extern_delete(wasmtime_extern_t *);
bool wasmtime_caller_export_get(wasmtime_caller_t *, const char *name, size_t length, wasmtime_extern_t *out);

// MARK: Functions, memories, tables, globals

wasmtime_result_t wasmtime_func_call_unchecked(
    wasmtime_context_t *, const wasmtime_func_t *, wasmtime_val_raw_t *_Nullable values, size_t,
    wasm_trap_t *_Nullable *_Nonnull trap);
wasmtime_result_t wasmtime_memory_new(wasmtime_context_t *, const wasm_memorytype_t *, wasmtime_memory_t *out);
uint8_t *wasmtime_memory_data(const wasmtime_context_t *, const wasmtime_memory_t *);
size_t wasmtime_memory_data_size(const wasmtime_context_t *, const wasmtime_memory_t *);
wasmtime_result_t wasmtime_memory_grow(
    wasmtime_context_t *, const wasmtime_memory_t *, uint64_t delta, uint64_t *previous);
wasmtime_result_t wasmtime_sharedmemory_new(
    const wasm_engine_t *, const wasm_memorytype_t *, wasmtime_sharedmemory_t *_Nullable *_Nonnull out);
void wasmtime_sharedmemory_delete(wasmtime_sharedmemory_t *);
uint8_t *wasmtime_sharedmemory_data(const wasmtime_sharedmemory_t *);
size_t wasmtime_sharedmemory_data_size(const wasmtime_sharedmemory_t *);
wasmtime_result_t wasmtime_sharedmemory_grow(
    const wasmtime_sharedmemory_t *, uint64_t delta, uint64_t *previous);
wasm_functype_t *wasmtime_func_type(const wasmtime_context_t *, const wasmtime_func_t *);
void wasmtime_val_unroot(wasmtime_val_t *);
uint64_t wasmtime_table_size(const wasmtime_context_t *, const wasmtime_table_t *);
bool wasmtime_table_get(wasmtime_context_t *, const wasmtime_table_t *, uint64_t index, wasmtime_val_t *out);
wasmtime_result_t wasmtime_table_set(
    wasmtime_context_t *, const wasmtime_table_t *, uint64_t index, const wasmtime_val_t *);
wasmtime_result_t wasmtime_table_grow(
    wasmtime_context_t *, const wasmtime_table_t *, uint64_t delta, const wasmtime_val_t *, uint64_t *previous);
void wasmtime_global_get(wasmtime_context_t *, const wasmtime_global_t *, wasmtime_val_t *out);
wasmtime_result_t wasmtime_global_set(wasmtime_context_t *, const wasmtime_global_t *, const wasmtime_val_t *);

// MARK: Errors, traps, frames

wasmtime_error_t *wasmtime_error_new(const char *);
void wasmtime_error_message(const wasmtime_error_t *, wasm_byte_vec_t *out);
void wasmtime_error_wasm_trace(const wasmtime_error_t *, wasm_frame_vec_t *out);
void wasmtime_error_delete(wasmtime_error_t *);
wasm_trap_t *_Nullable wasmtime_trap_new_code(uint8_t code);
void wasm_trap_message(const wasm_trap_t *, wasm_byte_vec_t *out);
bool wasmtime_trap_code(const wasm_trap_t *, uint8_t *code);
void wasm_trap_trace(const wasm_trap_t *, wasm_frame_vec_t *out);
void wasm_trap_delete(wasm_trap_t *);
uint32_t wasm_frame_func_index(const wasm_frame_t *);
size_t wasm_frame_func_offset(const wasm_frame_t *);
size_t wasm_frame_module_offset(const wasm_frame_t *);
const wasm_byte_vec_t *_Nullable wasmtime_frame_func_name(const wasm_frame_t *);
const wasm_byte_vec_t *_Nullable wasmtime_frame_module_name(const wasm_frame_t *);
void wasm_frame_vec_delete(wasm_frame_vec_t *);

#pragma clang assume_nonnull end

#include "CWasmtimeLinking.h"
