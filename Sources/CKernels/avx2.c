#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_TABLE ck_avx2
#define LANES 8
#define FUSED 1
#define FIRST_LANES(count) ((__m256i)((ivec){0, 1, 2, 3, 4, 5, 6, 7} < (int32_t)(count)))
#define LOAD_FIRST(p, count) ((vec)_mm256_maskload_ps(p, FIRST_LANES(count)))
#define STORE_FIRST(p, x, count) _mm256_maskstore_ps(p, FIRST_LANES(count), (__m256)(x))
#define WIDE_VECTORS 2
#define WIDE_TILE 6
#define NARROW_VECTORS 1
#define NARROW_TILE 12
#define PRODUCT_WIDE_VECTORS 2
#define PRODUCT_WIDE_TILE 6
#define PRODUCT_NARROW_VECTORS 1
#define PRODUCT_NARROW_TILE 12
#include "bodies/kernels.h"
#pragma clang attribute pop
#endif
