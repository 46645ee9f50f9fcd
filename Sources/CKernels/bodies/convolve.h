// Convolution over runs of contiguous floats: register tiles of pixels x vectors of output channels.

/// One tile of `tile` pixels from `first` on.
INLINE void convolve_tile(const int tile, const int vectors, const ck_run *runs, ptrdiff_t run_count, ptrdiff_t first,
                          const float *weights, const float *bias, float *output, ptrdiff_t output_stride,
                          ptrdiff_t channels, vec low, vec high) {
  vec sum[NARROW_TILE * WIDE_VECTORS];
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[p * vectors + v] = load(bias + v * LANES);

  // Rows of other stages have gone through the caches since these were last written.
  output += first * output_stride;
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) __builtin_prefetch(output + p * output_stride + v * LANES, 1);

  for (ptrdiff_t r = 0; r < run_count; r++) {
    const ptrdiff_t stride = runs[r].pixel_stride;
    weights =
        accumulate(tile, vectors, 0, sum, runs[r].pixel0 + first * stride, stride, runs[r].length, weights);
  }

#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const ptrdiff_t left = channels - v * LANES;
      const vec y = clamp(sum[p * vectors + v], low, high);
      if (left >= LANES)
        store(output + p * output_stride + v * LANES, y);
      else if (left > 0)
        store_first(output + p * output_stride + v * LANES, y, left);
    }
}

/// Asks for input up to the second-level cache where pixels lie side by side: a narrow panel does too little with each
/// value to wait for it.
INLINE void fetch_ahead(const int tile, const ck_run *runs, ptrdiff_t run_count, ptrdiff_t first, ptrdiff_t pixels) {
  if (run_count != 1 || runs->length != runs->pixel_stride) return;
  const ptrdiff_t count = pixels - first < tile ? pixels - first : tile;
  const float *x = runs->pixel0 + first * runs->length;
  for (ptrdiff_t i = 0; i < count * runs->length; i += 16) __builtin_prefetch(x + i, 0, 2);
}

/// All pixels: full tiles, then ever smaller ones.
#define CONVOLVE(NAME, TILE, VECTORS)                                                                                  \
  static void NAME(const ck_run *runs, ptrdiff_t run_count, const float *weights, const float *bias, float *output,    \
                   ptrdiff_t output_stride, ptrdiff_t pixels, ptrdiff_t channels, float low, float high) {             \
    const vec lowest = splat(low), highest = splat(high);                                                              \
    ptrdiff_t first = 0;                                                                                               \
    TILES(TILE, VECTORS)                                                                                               \
    if (TILE > 16) TILES(16, VECTORS)                                                                                  \
    if (TILE > 8) TILES(8, VECTORS)                                                                                    \
    if (TILE > 4) TILES(4, VECTORS)                                                                                    \
    TILES(2, VECTORS)                                                                                                  \
    TILES(1, VECTORS)                                                                                                  \
  }

#define TILES(TILE, VECTORS)                                                                                           \
  for (; pixels - first >= TILE; first += TILE) {                                                                      \
    if (VECTORS == NARROW_VECTORS) fetch_ahead(TILE, runs, run_count, first + TILE, pixels);                           \
    convolve_tile(TILE, VECTORS, runs, run_count, first, weights, bias, output, output_stride, channels, lowest,       \
                  highest);                                                                                            \
  }

CONVOLVE(convolve_wide, WIDE_TILE, WIDE_VECTORS)
CONVOLVE(convolve_narrow, NARROW_TILE, NARROW_VECTORS)

#undef TILES
#undef CONVOLVE
