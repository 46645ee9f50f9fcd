// Rows of tiles of input pixels, and kernels, as values at the points of winograd_axis.h.

/// Tiles of a row that are transformed in all their channels before the next ones.
#define WINOGRAD_STRETCH 8

/// One vector of channels of a row of tiles; `count` < LANES marks the channels left over. The transform down the
/// columns is kept for the columns that a tile shares with the next.
INLINE void winograd_input_lane(const int m, const int half, const float *const *rows, ptrdiff_t even_stride,
                                ptrdiff_t odd_stride, ptrdiff_t count, ptrdiff_t tiles, void *points,
                                ptrdiff_t point_stride, ptrdiff_t tile_stride) {
  const int n = WINOGRAD_POINTS(m), span = WINOGRAD_SPAN(m), advance = WINOGRAD_STEP(m), shared = span - advance;
  const ptrdiff_t next_stretch = WINOGRAD_STRETCH * (advance / 2) * (even_stride + odd_stride);
  vec columns[9 * 6];  // [row point][column]
  ptrdiff_t x = 0;
#pragma clang loop unroll(full)
  for (int j = 0; j < shared; j++, x += j % 2 ? odd_stride : even_stride) {
    vec d[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < span; i++) d[i] = count >= LANES ? load(rows[i] + x) : load_first(rows[i] + x, count);
    winograd_input_axis(m, d, 1, columns + j, 6);
  }
  for (ptrdiff_t tile = 0; tile < tiles; tile++) {
#pragma clang loop unroll(full)
    for (int j = shared; j < span; j++, x += j % 2 ? odd_stride : even_stride) {
      vec d[6];
#pragma clang loop unroll(full)
      for (int i = 0; i < span; i++) {
        d[i] = count >= LANES ? load(rows[i] + x) : load_first(rows[i] + x, count);
        // The same columns of the next stretch, into the second-level cache: rows are read in too many places at a time
        // for the hardware to see a stream in each.
        __builtin_prefetch(rows[i] + x + next_stretch, 0, 2);
      }
      winograd_input_axis(m, d, 1, columns + j, 6);
    }
    const ptrdiff_t to = tile * tile_stride;
#pragma clang loop unroll(full)
    for (int i = 0; i < n; i++) {
      vec t[9];
      winograd_input_axis(m, columns + 6 * i, 1, t, 1);
#pragma clang loop unroll(full)
      for (int j = 0; j < n; j++) {
        const ptrdiff_t at = to + (i * n + j) * point_stride;
        if (half)
          store_half((uint16_t *)points + at, t[j], count);
        else if (count >= LANES)
          store((float *)points + at, t[j]);
        else
          store_first((float *)points + at, t[j], count);
      }
#pragma clang loop unroll(full)
      for (int j = 0; j < shared; j++) columns[6 * i + j] = columns[6 * i + advance + j];
    }
  }
}

/// A row of tiles in stretches of a few tiles, so that the lines of a pixel are fetched together.
#define WINOGRAD_INPUT(NAME, M, HALF, ELEMENT)                                                                         \
  static void NAME(const float *const *rows, ptrdiff_t even_stride, ptrdiff_t odd_stride, ptrdiff_t channels,          \
                   ptrdiff_t tiles, ELEMENT *points, ptrdiff_t point_stride, ptrdiff_t tile_stride) {                  \
    const ptrdiff_t advance = WINOGRAD_STEP(M) / 2 * (even_stride + odd_stride);                                       \
    const float *from[WINOGRAD_SPAN(M)];                                                                               \
    for (ptrdiff_t t = 0; t < tiles; t += WINOGRAD_STRETCH) {                                                          \
      const ptrdiff_t count = tiles - t < WINOGRAD_STRETCH ? tiles - t : WINOGRAD_STRETCH;                             \
      for (ptrdiff_t c = 0; c < channels; c += LANES) {                                                                \
        ELEMENT *to = points + t * tile_stride + c;                                                                    \
        for (int i = 0; i < WINOGRAD_SPAN(M); i++) from[i] = rows[i] + t * advance + c;                                \
        if (channels - c >= LANES)                                                                                     \
          winograd_input_lane(M, HALF, from, even_stride, odd_stride, LANES, count, to, point_stride, tile_stride);    \
        else                                                                                                           \
          winograd_input_lane(M, HALF, from, even_stride, odd_stride, channels - c, count, to, point_stride,           \
                              tile_stride);                                                                            \
      }                                                                                                                \
    }                                                                                                                  \
  }

WINOGRAD_INPUT(winograd4_input, 4, 0, float)
WINOGRAD_INPUT(winograd2_input, 2, 0, float)
WINOGRAD_INPUT(winograd8_input, 8, 0, float)
WINOGRAD_INPUT(winograd4_input_half, 4, 1, uint16_t)
WINOGRAD_INPUT(winograd2_input_half, 2, 1, uint16_t)
WINOGRAD_INPUT(winograd8_input_half, 8, 1, uint16_t)
#undef WINOGRAD_INPUT

/// One input channel's 3x3 kernels for up to a vector of output channels each time: weights[point][...][v] from
/// kernel[tap][v], `count` values that lie side by side, zeros after them up to `panel`.
#define WINOGRAD_WEIGHT(NAME, M)                                                                                        \
  static void NAME(const float *kernel, ptrdiff_t tap_stride, ptrdiff_t count, ptrdiff_t panel, float *weights,        \
                   ptrdiff_t point_stride) {                                                                           \
    const int n = WINOGRAD_WEIGHTS(M);                                                                                 \
    for (ptrdiff_t v = 0; v < panel; v += LANES) {                                                                     \
      vec g[9], rows[6 * 3], u[6];                                                                                     \
      for (int tap = 0; tap < 9; tap++)                                                                                \
        g[tap] = count - v >= LANES ? load(kernel + tap * tap_stride + v)                                              \
                 : count > v        ? load_first(kernel + tap * tap_stride + v, count - v)                             \
                                    : (vec){0};                                                                        \
      for (int j = 0; j < 3; j++) winograd_weight_axis(M, g + j, 3, rows + j, 3);                                      \
      for (int i = 0; i < n; i++) {                                                                                    \
        winograd_weight_axis(M, rows + 3 * i, 1, u, 1);                                                                \
        for (int j = 0; j < n; j++) store(weights + (i * n + j) * point_stride + v, u[j]);                             \
      }                                                                                                                \
    }                                                                                                                  \
  }

WINOGRAD_WEIGHT(winograd4_weights, 4)
WINOGRAD_WEIGHT(winograd2_weights, 2)
WINOGRAD_WEIGHT(winograd8_weights, 8)
#undef WINOGRAD_WEIGHT
