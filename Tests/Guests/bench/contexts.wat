;; Two contexts of one thread that hand over to each other 400,000 times.
(module
  (import "wasix_32v1" "context_create" (func $create (param i32 i32) (result i32)))
  (import "wasix_32v1" "context_switch" (func $switch (param i64) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (global (export "__stack_pointer") (mut i32) (i32.const 4096))
  (table (export "__indirect_function_table") 2 funcref)
  (elem (i32.const 1) func $other)
  (func $to (param i64) (if (call $switch (local.get 0)) (then unreachable)))
  (func $other (loop $again (call $to (i64.const 0)) (br $again)))
  (func (export "_start") (local $rounds i32)
    (if (call $create (i32.const 128) (i32.const 1)) (then unreachable))
    (loop $again
      (call $to (i64.load (i32.const 128)))
      (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $rounds) (i32.const 200000))))))
