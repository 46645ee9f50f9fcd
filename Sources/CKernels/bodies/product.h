// The matrix products of minimal filtering: register tiles of image tiles x vectors of output channels.

/// products[t][n] = sum over k of points[t][k] * weights[k][n] for one register tile of tiles.
INLINE void product_tile(const int tile, const int vectors, const float *points, ptrdiff_t tile_stride, ptrdiff_t depth,
                         const float *weights, float *products) {
  vec sum[PRODUCT_NARROW_TILE * PRODUCT_WIDE_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < tile * vectors; i++) sum[i] = (vec){0};
  accumulate(tile, vectors, sum, points, tile_stride, depth, weights);
#pragma clang loop unroll(full)
  for (int i = 0; i < tile * vectors; i++) store(products + i * LANES, sum[i]);
}

#define PRODUCT(NAME, TILE, VECTORS)                                                                                   \
  static void NAME(const float *points, ptrdiff_t tile_stride, ptrdiff_t depth, const float *weights, float *products, \
                   ptrdiff_t tiles) {                                                                                  \
    ptrdiff_t first = 0;                                                                                               \
    TILES(TILE, VECTORS)                                                                                               \
    if (TILE > 16) TILES(16, VECTORS)                                                                                  \
    if (TILE > 8) TILES(8, VECTORS)                                                                                    \
    if (TILE > 4) TILES(4, VECTORS)                                                                                    \
    TILES(2, VECTORS)                                                                                                  \
    TILES(1, VECTORS)                                                                                                  \
  }

#define TILES(TILE, VECTORS)                                                                                           \
  for (; tiles - first >= TILE; first += TILE)                                                                         \
    product_tile(TILE, VECTORS, points + first * tile_stride, tile_stride, depth, weights,                             \
                 products + first * VECTORS * LANES);

PRODUCT(product_wide, PRODUCT_WIDE_TILE, PRODUCT_WIDE_VECTORS)
PRODUCT(product_narrow, PRODUCT_NARROW_TILE, PRODUCT_NARROW_VECTORS)
#undef TILES
#undef PRODUCT
