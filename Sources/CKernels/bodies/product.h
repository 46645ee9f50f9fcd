// The matrix products of minimal filtering: register tiles of image tiles x vectors of output channels.

/// How far ahead the first register tile of tiles asks for weights; the others find them in a nearer cache. In layers of
/// many channels they come from the outer caches, in too many streams for the hardware to see them coming.
#define PRODUCT_AHEAD 24

/// products[t][n] = sum over k of points[t][k] * weights[k][n] for one register tile of tiles.
INLINE void product_tile(const int tile, const int vectors, const int ahead, const float *points, ptrdiff_t tile_stride,
                         ptrdiff_t depth, const float *weights, float *products) {
  vec sum[PRODUCT_NARROW_TILE * PRODUCT_WIDE_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < tile * vectors; i++) sum[i] = (vec){0};
  accumulate(tile, vectors, ahead, sum, points, tile_stride, depth, weights);
#pragma clang loop unroll(full)
  for (int i = 0; i < tile * vectors; i++) store(products + i * LANES, sum[i]);
}

#define PRODUCT(NAME, TILE, VECTORS)                                                                                   \
  static void NAME(const float *points, ptrdiff_t tile_stride, ptrdiff_t depth, const float *weights, float *products, \
                   ptrdiff_t tiles) {                                                                                  \
    ptrdiff_t first = 0;                                                                                               \
    if (tiles >= TILE) {                                                                                               \
      product_tile(TILE, VECTORS, PRODUCT_AHEAD, points, tile_stride, depth, weights, products);                       \
      first = TILE;                                                                                                    \
    }                                                                                                                  \
    TILES(TILE, VECTORS)                                                                                               \
    if (TILE > 16) TILES(16, VECTORS)                                                                                  \
    if (TILE > 8) TILES(8, VECTORS)                                                                                    \
    if (TILE > 4) TILES(4, VECTORS)                                                                                    \
    TILES(2, VECTORS)                                                                                                  \
    TILES(1, VECTORS)                                                                                                  \
  }

#define TILES(TILE, VECTORS)                                                                                           \
  for (; tiles - first >= TILE; first += TILE)                                                                         \
    product_tile(TILE, VECTORS, 0, points + first * tile_stride, tile_stride, depth, weights,                             \
                 products + first * VECTORS * LANES);

PRODUCT(product_wide, PRODUCT_WIDE_TILE, PRODUCT_WIDE_VECTORS)
PRODUCT(product_narrow, PRODUCT_NARROW_TILE, PRODUCT_NARROW_VECTORS)
#undef TILES
#undef PRODUCT
#undef PRODUCT_AHEAD
