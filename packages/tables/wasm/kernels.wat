;; Loops over a block of values, two to sixteen at a time; what they are for is in src/block-kernels.ts. A block begins at `$at`, on 16
;; bytes, and ends before `$end`; it is never empty, and holds a multiple of the values that a loop takes.
(module
  (memory 1 1)

  ;; Writes an int32 to `$out` for each 32 doubles: not 0 where one of them is 0 or -0.
  (func $zeros (export "zeros") (param $at i32) (param $end i32) (param $out i32)
    (local $zero v128) (local $a v128) (local $b v128)
    (loop $next
      (local.set $a (v128.or
        (v128.or
          (v128.or (f64x2.eq (local.get $zero) (v128.load (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=16 (local.get $at))))
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=32 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=48 (local.get $at)))))
        (v128.or
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=64 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=80 (local.get $at))))
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=96 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=112 (local.get $at)))))))
      (local.set $b (v128.or
        (v128.or
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=128 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=144 (local.get $at))))
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=160 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=176 (local.get $at)))))
        (v128.or
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=192 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=208 (local.get $at))))
          (v128.or (f64x2.eq (local.get $zero) (v128.load offset=224 (local.get $at))) (f64x2.eq (local.get $zero) (v128.load offset=240 (local.get $at)))))))
      (i32.store (local.get $out) (v128.any_true (v128.or (local.get $a) (local.get $b))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 256))) (local.get $end)))))

  ;; Writes an int32 to `$out` for each 32 int32: not 0 where the next value is greater by one. Reads one value beyond the block.
  (func $steps (export "steps") (param $at i32) (param $end i32) (param $out i32)
    (local $one v128) (local $a v128)
    (local.set $one (i32x4.splat (i32.const 1)))
    (loop $next
      (local.set $a (v128.or
        (v128.or
          (v128.or
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=4 (local.get $at)) (v128.load (local.get $at))))
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=20 (local.get $at)) (v128.load offset=16 (local.get $at)))))
          (v128.or
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=36 (local.get $at)) (v128.load offset=32 (local.get $at))))
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=52 (local.get $at)) (v128.load offset=48 (local.get $at))))))
        (v128.or
          (v128.or
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=68 (local.get $at)) (v128.load offset=64 (local.get $at))))
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=84 (local.get $at)) (v128.load offset=80 (local.get $at)))))
          (v128.or
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=100 (local.get $at)) (v128.load offset=96 (local.get $at))))
            (i32x4.eq (local.get $one) (i32x4.sub (v128.load offset=116 (local.get $at)) (v128.load offset=112 (local.get $at))))))))
      (i32.store (local.get $out) (v128.any_true (local.get $a)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 128))) (local.get $end)))))

  ;; Lowers four int32 at `$out` and raises four after them to the extremes of int32, eight at a time.
  (func $rangeOfInt32 (export "rangeOfInt32") (param $at i32) (param $end i32) (param $out i32)
    (local $min v128) (local $max v128) (local $min2 v128) (local $max2 v128) (local $a v128) (local $b v128)
    (local.set $min (local.tee $min2 (v128.load (local.get $out))))
    (local.set $max (local.tee $max2 (v128.load offset=16 (local.get $out))))
    (loop $next
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (local.set $min (i32x4.min_s (local.get $min) (local.get $a)))
      (local.set $max (i32x4.max_s (local.get $max) (local.get $a)))
      (local.set $min2 (i32x4.min_s (local.get $min2) (local.get $b)))
      (local.set $max2 (i32x4.max_s (local.get $max2) (local.get $b)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end))))
    (v128.store (local.get $out) (i32x4.min_s (local.get $min) (local.get $min2)))
    (v128.store offset=16 (local.get $out) (i32x4.max_s (local.get $max) (local.get $max2))))

  ;; The same of two int64 at `$out` and two after them, four at a time.
  (func $rangeOfInt64 (export "rangeOfInt64") (param $at i32) (param $end i32) (param $out i32)
    (local $min v128) (local $max v128) (local $min2 v128) (local $max2 v128) (local $a v128) (local $b v128)
    (local.set $min (local.tee $min2 (v128.load (local.get $out))))
    (local.set $max (local.tee $max2 (v128.load offset=16 (local.get $out))))
    (loop $next
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (local.set $min (v128.bitselect (local.get $a) (local.get $min) (i64x2.gt_s (local.get $min) (local.get $a))))
      (local.set $max (v128.bitselect (local.get $a) (local.get $max) (i64x2.gt_s (local.get $a) (local.get $max))))
      (local.set $min2 (v128.bitselect (local.get $b) (local.get $min2) (i64x2.gt_s (local.get $min2) (local.get $b))))
      (local.set $max2 (v128.bitselect (local.get $b) (local.get $max2) (i64x2.gt_s (local.get $b) (local.get $max2))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end))))
    (v128.store (local.get $out) (v128.bitselect (local.get $min2) (local.get $min) (i64x2.gt_s (local.get $min) (local.get $min2))))
    (v128.store offset=16 (local.get $out) (v128.bitselect (local.get $max2) (local.get $max) (i64x2.gt_s (local.get $max2) (local.get $max)))))

  ;; The same of doubles. NaN is neither least nor greatest.
  (func $rangeOfDoubles (export "rangeOfDoubles") (param $at i32) (param $end i32) (param $out i32)
    (local $min v128) (local $max v128) (local $min2 v128) (local $max2 v128) (local $a v128) (local $b v128)
    (local.set $min (local.tee $min2 (v128.load (local.get $out))))
    (local.set $max (local.tee $max2 (v128.load offset=16 (local.get $out))))
    (loop $next
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (local.set $min (f64x2.pmin (local.get $min) (local.get $a)))
      (local.set $max (f64x2.pmax (local.get $max) (local.get $a)))
      (local.set $min2 (f64x2.pmin (local.get $min2) (local.get $b)))
      (local.set $max2 (f64x2.pmax (local.get $max2) (local.get $b)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end))))
    (v128.store (local.get $out) (f64x2.pmin (local.get $min) (local.get $min2)))
    (v128.store offset=16 (local.get $out) (f64x2.pmax (local.get $max) (local.get $max2))))

  ;; Makes int64 doubles in their place, two at a time.
  (func $toDoubles (export "toDoubles") (param $at i32) (param $end i32)
    (loop $next
      (f64.store (local.get $at) (f64.convert_i64_s (i64.load (local.get $at))))
      (f64.store offset=8 (local.get $at) (f64.convert_i64_s (i64.load offset=8 (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; MurmurHash3's final mix, as in src/hash.ts.
  (func $mix (param $h i32) (result i32)
    (local.set $h (i32.mul (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 16))) (i32.const 0x85ebca6b)))
    (local.set $h (i32.mul (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 13))) (i32.const 0xc2b2ae35)))
    (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 16))))

  ;; The least of the 8,192 bytes at `$at`; 16 bytes at `$out` are overwritten.
  (func $least (param $at i32) (param $out i32) (result i32)
    (local $end i32) (local $min v128) (local $byte i32) (local $found i32)
    (local.set $min (v128.load (local.get $at)))
    (local.set $end (i32.add (local.get $at) (i32.const 8192)))
    (loop $next
      (local.set $min (i8x16.min_u (local.get $min) (v128.load (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (v128.store (local.get $out) (local.get $min))
    (local.set $found (i32.const 255))
    (local.set $end (i32.add (local.get $out) (i32.const 16)))
    (loop $next
      (local.set $byte (i32.load8_u (local.get $out)))
      (if (i32.lt_u (local.get $byte) (local.get $found)) (then (local.set $found (local.get $byte))))
      (br_if $next (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 1))) (local.get $end))))
    (local.get $found))

  ;; Adds 64-bit values, four at a time, to the 8,192 HyperLogLog registers at `$registers`, as src/hyper-log-log.ts does. Where
  ;; `$doubles` is not 0, values are doubles, whose -0 is 0. 48 bytes at `$out` are overwritten.
  (func $distinct (export "distinct") (param $at i32) (param $end i32) (param $registers i32) (param $out i32) (param $doubles i32)
    (local $limit v128) (local $a v128) (local $b v128) (local $lo v128) (local $hi v128) (local $h v128)
    (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $c4 v128) (local $zero v128)
    (local $lanes i32) (local $slot i32) (local $hash i32) (local $rank i32) (local $register i32)
    ;; A value that no register is raised by, for all are as high as its rank, needs no more than its hash.
    (local.set $rank (call $least (local.get $registers) (local.get $out)))
    (if (i32.gt_u (local.get $rank) (i32.const 19)) (then (local.set $rank (i32.const 19))))
    (local.set $limit (i32x4.splat (i32.shr_u (i32.const -1) (local.get $rank))))
    (local.set $c1 (i32x4.splat (i32.const 0xcc9e2d51)))
    (local.set $c2 (i32x4.splat (i32.const 0x1b873593)))
    (local.set $c3 (i32x4.splat (i32.const 0x85ebca6b)))
    (local.set $c4 (i32x4.splat (i32.const 0xc2b2ae35)))
    (loop $next
      (local.set $a (v128.load (local.get $at)))
      (local.set $b (v128.load offset=16 (local.get $at)))
      (if (local.get $doubles)
        (then
          (local.set $a (v128.andnot (local.get $a) (f64x2.eq (local.get $a) (local.get $zero))))
          (local.set $b (v128.andnot (local.get $b) (f64x2.eq (local.get $b) (local.get $zero))))))
      (local.set $lo (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $a) (local.get $b)))
      (local.set $hi (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $h (v128.xor (i32x4.mul (local.get $lo) (local.get $c1)) (i32x4.mul (local.get $hi) (local.get $c2))))
      (local.set $h (i32x4.mul (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 16))) (local.get $c3)))
      (local.set $h (i32x4.mul (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 13))) (local.get $c4)))
      (local.set $h (v128.xor (local.get $h) (i32x4.shr_u (local.get $h) (i32.const 16))))
      (if (local.tee $lanes (i32x4.bitmask (i32x4.le_u (local.get $h) (local.get $limit))))
        (then
          (v128.store (local.get $out) (local.get $h))
          (v128.store offset=16 (local.get $out) (local.get $lo))
          (v128.store offset=32 (local.get $out) (local.get $hi))
          (loop $lane
            (local.set $slot (i32.add (local.get $out) (i32.shl (i32.ctz (local.get $lanes)) (i32.const 2))))
            (local.set $hash (i32.load (local.get $slot)))
            (local.set $rank (i32.sub (i32.clz (i32.shr_u (local.get $hash) (i32.const 13))) (i32.const 12)))
            (if (i32.eqz (i32.shr_u (local.get $hash) (i32.const 13)))
              (then (local.set $rank (i32.add (i32.const 20) (i32.clz (call $mix
                (i32.xor (local.get $hash) (i32.xor (i32.load offset=32 (local.get $slot))
                  (i32.mul (i32.load offset=16 (local.get $slot)) (i32.const 0x9e3779b1))))))))))
            (local.set $register (i32.add (local.get $registers) (i32.and (local.get $hash) (i32.const 8191))))
            (if (i32.gt_u (local.get $rank) (i32.load8_u (local.get $register)))
              (then (i32.store8 (local.get $register) (local.get $rank))))
            (br_if $lane (local.tee $lanes (i32.and (local.get $lanes) (i32.sub (local.get $lanes) (i32.const 1))))))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $end)))))
)
