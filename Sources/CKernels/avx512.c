#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#define CK_TABLE ck_avx512
#define LANES 16
#define FUSED 1
#define WIDE_VECTORS 2
#define WIDE_TILE 12
#define NARROW_VECTORS 1
#define NARROW_TILE 24
#define PRODUCT_WIDE_VECTORS 2
#define PRODUCT_WIDE_TILE 12
#define PRODUCT_NARROW_VECTORS 1
#define PRODUCT_NARROW_TILE 24
#include "bodies/kernels.h"
#pragma clang attribute pop
#endif
