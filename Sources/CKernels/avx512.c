#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#define CK_TABLE ck_avx512
#define LANES 16
#define FUSED 1
#define FIRST_LANES(count) ((__mmask16)((1u << (count)) - 1))
#define LOAD_FIRST(p, count) ((vec)_mm512_maskz_loadu_ps(FIRST_LANES(count), p))
#define STORE_FIRST(p, x, count) _mm512_mask_storeu_ps(p, FIRST_LANES(count), (__m512)(x))
#define WIDE_VECTORS 4
#define WIDE_TILE 6
#define NARROW_VECTORS 1
#define NARROW_TILE 12
#define PRODUCT_WIDE_VECTORS 2
#define PRODUCT_WIDE_TILE 12
#define PRODUCT_NARROW_VECTORS 1
#define PRODUCT_NARROW_TILE 24
#include "bodies/kernels.h"
#pragma clang attribute pop
#endif
