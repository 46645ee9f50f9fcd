// Products of bfloat16 points and weights, by the dot-product instruction of AVX-512 BF16: two input channels a step, summed
// in float32.
#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,fma"))), \
                             apply_to = function)
#define LANES 16
#define FUSED 1
#define PRODUCT_WIDE_VECTORS 2
#define PRODUCT_WIDE_TILE 12
#define PRODUCT_NARROW_VECTORS 1
#define PRODUCT_NARROW_TILE 24

/// products[t][n] = sum over k of points[t][k] * weights[k][n] for one register tile of tiles, k in pairs.
static inline __attribute__((always_inline)) void half_tile(const int tile, const int vectors, const uint16_t *points,
                                                            ptrdiff_t tile_stride, ptrdiff_t depth,
                                                            const uint16_t *weights, float *products,
                                                            ptrdiff_t product_stride) {
  __m512 sum[PRODUCT_NARROW_TILE][PRODUCT_WIDE_VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[p][v] = _mm512_setzero_ps();
  for (const uint16_t *end = points + depth; points < end; points += 2, weights += 2 * vectors * LANES) {
    __m512i w[PRODUCT_WIDE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_si512(weights + v * 2 * LANES);
#pragma clang loop unroll(full)
    for (int p = 0; p < tile; p++) {
      int32_t pair;
      __builtin_memcpy(&pair, points + p * tile_stride, 4);
      const __m512i value = _mm512_set1_epi32(pair);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        sum[p][v] = _mm512_dpbf16_ps(sum[p][v], (__m512bh)value, (__m512bh)w[v]);
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) _mm512_storeu_ps(products + p * product_stride + v * LANES, sum[p][v]);
}

#define HALF_PRODUCT(NAME, TILE, VECTORS)                                                                              \
  static void NAME(const uint16_t *points, ptrdiff_t tile_stride, ptrdiff_t depth, const uint16_t *weights,            \
                   float *products, ptrdiff_t tiles) {                                                                 \
    ptrdiff_t first = 0;                                                                                               \
    TILES(TILE, VECTORS)                                                                                               \
    if (TILE > 16) TILES(16, VECTORS)                                                                                  \
    if (TILE > 8) TILES(8, VECTORS)                                                                                    \
    TILES(4, VECTORS)                                                                                                  \
    TILES(2, VECTORS)                                                                                                  \
    TILES(1, VECTORS)                                                                                                  \
  }

#define TILES(TILE, VECTORS)                                                                                           \
  for (; tiles - first >= TILE; first += TILE)                                                                         \
    half_tile(TILE, VECTORS, points + first * tile_stride, tile_stride, depth, weights,                                \
              products + first * VECTORS * LANES, VECTORS * LANES);

HALF_PRODUCT(half_product_wide, PRODUCT_WIDE_TILE, PRODUCT_WIDE_VECTORS)
HALF_PRODUCT(half_product_narrow, PRODUCT_NARROW_TILE, PRODUCT_NARROW_VECTORS)
#pragma clang attribute pop

extern const ck_kernels ck_avx512;

ck_half_product ck_half_product_of(const ck_kernels *kernels, int variant) {
  __builtin_cpu_init();
  if (kernels != &ck_avx512 || !__builtin_cpu_supports("avx512bf16")) return NULL;
  return variant == 0 ? half_product_wide : half_product_narrow;
}
#else
ck_half_product ck_half_product_of(const ck_kernels *kernels, int variant) { return NULL; }
#endif
