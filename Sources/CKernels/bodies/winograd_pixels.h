// Output pixels of tiles from their products at the points of winograd_axis.h.

/// Row `i` of a tile's pixels from its products transformed down the columns.
INLINE void winograd_output_row(const int m, const vec *columns, int i, vec bias, vec low, vec high, vec *y) {
  winograd_output_axis(m, columns + 9 * i, 1, y, 1);
#pragma clang loop unroll(full)
  for (int j = 0; j < m; j++) y[j] = clamp(y[j] + bias, low, high);
}

/// The largest of 2x2 pixels, in the order in which pooling takes them; the second row and column may be missing.
INLINE vec winograd_largest(const vec *first, const vec *second, const int wide, const int tall) {
  vec y = first[0];
  if (wide) y = larger(y, first[1]);
  if (tall) y = larger(y, second[0]);
  if (tall && wide) y = larger(y, second[1]);
  return y;
}

/// Where a tile's pixels go: `height` <= m rows and `width` <= m columns of them, which are kept unless `rows` is NULL;
/// with `pool`, the largest of each 2x2 of them in `pooled_height` rows and `pooled_width` columns.
typedef struct {
  float *const *rows, *const *pooled;
  ptrdiff_t pixel_stride, height, width, pooled_height, pooled_width;
} winograd_target;

/// One vector of output channels of one tile, `count` <= LANES channels; the first pixel of each row lies at `pixel`, of each
/// pooled row at `pooled_pixel`.
INLINE void winograd_output_lane(const int m, const int pool, const float *products, ptrdiff_t point_stride, vec bias,
                                 const winograd_target *to, ptrdiff_t pixel, ptrdiff_t pooled_pixel, ptrdiff_t count,
                                 vec low, vec high) {
  const int n = WINOGRAD_POINTS(m);
  const ptrdiff_t stride = to->pixel_stride;
  vec columns[8 * 9];  // [row][column point]
#pragma clang loop unroll(full)
  for (int j = 0; j < n; j++) {
    vec t[9];
#pragma clang loop unroll(full)
    for (int i = 0; i < n; i++) t[i] = load(products + (i * n + j) * point_stride);
    winograd_output_axis(m, t, 1, columns + j, 9);
  }
  const int whole = to->height == m && to->width == m && count >= LANES;
  if (whole && (!pool || (to->pooled_height == m / 2 && to->pooled_width == m / 2))) {
#pragma clang loop unroll(full)
    for (int i = 0; i < m; i += 2) {
      vec y[2][8];
#pragma clang loop unroll(full)
      for (int k = 0; k < 2; k++) {
        winograd_output_row(m, columns, i + k, bias, low, high, y[k]);
        if (pool && !to->rows) continue;
#pragma clang loop unroll(full)
        for (int j = 0; j < m; j++) store(to->rows[i + k] + pixel + j * stride, y[k][j]);
      }
      if (!pool) continue;
#pragma clang loop unroll(full)
      for (int j = 0; j < m; j += 2)
        store(to->pooled[i / 2] + pooled_pixel + j / 2 * stride, winograd_largest(y[0] + j, y[1] + j, 1, 1));
    }
    return;
  }
  for (int i = 0; i < to->height; i += 2) {
    const int tall = i + 1 < to->height;
    vec y[2][8];
    for (int k = 0; k <= tall; k++) {
      winograd_output_row(m, columns, i + k, bias, low, high, y[k]);
      if (pool && !to->rows) continue;
      for (int j = 0; j < to->width; j++) {
        float *at = to->rows[i + k] + pixel + j * stride;
        if (count >= LANES)
          store(at, y[k][j]);
        else
          store_first(at, y[k][j], count);
      }
    }
    if (!pool || i / 2 >= to->pooled_height) continue;
    for (int j = 0; j / 2 < to->pooled_width; j += 2) {
      const vec largest = winograd_largest(y[0] + j, y[1] + j, j + 1 < to->width, tall);
      float *at = to->pooled[i / 2] + pooled_pixel + j / 2 * stride;
      if (count >= LANES)
        store(at, largest);
      else
        store_first(at, largest, count);
    }
  }
}

#define WINOGRAD_OUTPUT(NAME, M)                                                                                       \
  static void NAME(const float *products, ptrdiff_t point_stride, ptrdiff_t tile_stride, const float *bias,            \
                   float *const *rows, ptrdiff_t height, ptrdiff_t pixel_stride, ptrdiff_t pixels, ptrdiff_t channels, \
                   float low, float high) {                                                                            \
    const vec lowest = splat(low), highest = splat(high);                                                              \
    for (ptrdiff_t x = 0; x < pixels; x += M, products += tile_stride) {                                               \
      const winograd_target to = {rows, 0, pixel_stride, height, pixels - x < M ? pixels - x : M, 0, 0};               \
      for (ptrdiff_t c = 0; c < channels; c += LANES)                                                                  \
        winograd_output_lane(M, 0, products + c, point_stride, load(bias + c), &to, x * pixel_stride + c, 0,           \
                             channels - c, lowest, highest);                                                           \
    }                                                                                                                  \
  }

WINOGRAD_OUTPUT(winograd4_output, 4)
WINOGRAD_OUTPUT(winograd2_output, 2)
WINOGRAD_OUTPUT(winograd8_output, 8)
#undef WINOGRAD_OUTPUT

#define WINOGRAD_POOLED(NAME, M)                                                                                       \
  static void NAME(const float *products, ptrdiff_t point_stride, ptrdiff_t tile_stride, const float *bias,            \
                   float *const *rows, float *const *pooled, ptrdiff_t height, ptrdiff_t pooled_height,                \
                   ptrdiff_t pixel_stride, ptrdiff_t pixels, ptrdiff_t pooled_pixels, ptrdiff_t channels, float low,   \
                   float high) {                                                                                       \
    const vec lowest = splat(low), highest = splat(high);                                                              \
    for (ptrdiff_t x = 0; x < pixels; x += M, products += tile_stride) {                                               \
      const ptrdiff_t left = pooled_pixels - x / 2;                                                                    \
      const winograd_target to = {rows, pooled, pixel_stride, height, pixels - x < M ? pixels - x : M, pooled_height,  \
                                  left < M / 2 ? left : M / 2};                                                        \
      for (ptrdiff_t c = 0; c < channels; c += LANES)                                                                  \
        winograd_output_lane(M, 1, products + c, point_stride, load(bias + c), &to, x * pixel_stride + c,              \
                             x / 2 * pixel_stride + c, channels - c, lowest, highest);                                 \
    }                                                                                                                  \
  }

WINOGRAD_POOLED(winograd4_pooled, 4)
WINOGRAD_POOLED(winograd2_pooled, 2)
#undef WINOGRAD_POOLED

#undef WINOGRAD_SPAN
#undef WINOGRAD_STEP
#undef WINOGRAD_POINTS
#undef WINOGRAD_WEIGHTS
