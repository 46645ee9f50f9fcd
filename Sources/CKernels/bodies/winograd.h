// Winograd's minimal filtering (Lavin and Gray 2016, arXiv 1509.09308): tiles of input pixels become values at points; at
// each point the tiles times the channels are a matrix to multiply; the products become output pixels. Both axes of an
// image are treated alike, by one of three schemes, named by the output pixels of a tile along an axis:
//
//   4  F(4, 3): 3 taps; 6 input pixels, 4 apart; the points 0, +-sqrt(1/2), +-sqrt(2) and infinity, whose powers stay
//      closer to 1 than those of 1 and 2
//   2  F(2, 3): 3 taps; 4 input pixels, 2 apart; the points 0, 1, -1 and infinity
//   8  transposed convolution of 3 taps with stride 2: even outputs have two taps, by F(4, 2) at the points 0, +-3/4, 3/2
//      and infinity, from 5 input pixels, 4 apart; odd outputs have one tap, whose points are the last 4 pixels
#define WINOGRAD_SPAN(m) ((m) == 8 ? 5 : (m) + 2)
#define WINOGRAD_STEP(m) ((m) == 8 ? 4 : (m))
#define WINOGRAD_POINTS(m) ((m) == 8 ? 9 : (m) + 2)
// Transformed weights along an axis: with stride 2 all odd points share one.
#define WINOGRAD_WEIGHTS(m) ((m) == 8 ? 6 : (m) + 2)

// The finite points of F(4, 3) beside 0: these and their negatives.
#define WINOGRAD_P 0.70710678118654752f
#define WINOGRAD_Q 1.41421356237309505f

/// Input pixels of a tile along an axis, transformed: t = B^T d.
INLINE void winograd_input_axis(const int m, const vec *d, const int stride, vec *t, const int step) {
  if (m == 4) {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride], d5 = d[5 * stride];
    const vec even = multiply_add(splat(-WINOGRAD_Q * WINOGRAD_Q), d2, d4);
    const vec odd = multiply_add(splat(-WINOGRAD_Q * WINOGRAD_Q), d1, d3);
    const vec far_even = multiply_add(splat(-WINOGRAD_P * WINOGRAD_P), d2, d4);
    const vec far_odd = multiply_add(splat(-WINOGRAD_P * WINOGRAD_P), d1, d3);
    t[0] = multiply_add(splat(-2.5f), d2, d0 + d4);
    t[step] = multiply_add(splat(WINOGRAD_P), odd, even);
    t[2 * step] = multiply_add(splat(-WINOGRAD_P), odd, even);
    t[3 * step] = multiply_add(splat(WINOGRAD_Q), far_odd, far_even);
    t[4 * step] = multiply_add(splat(-WINOGRAD_Q), far_odd, far_even);
    t[5 * step] = multiply_add(splat(-2.5f), d3, d1 + d5);
  } else if (m == 8) {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride];
    const vec near = splat(0.5625f), far = splat(1.5f);  // (3/4)^2 and 3/2
    const vec low = multiply_add(-near, d1, d3), high = multiply_add(-far, d2, d3);
    t[0] = multiply_add(-far, multiply_add(-near, d0, d2), low);
    t[step] = multiply_add(splat(0.75f), multiply_add(-far, d1, d2), high);
    t[2 * step] = multiply_add(splat(-0.75f), multiply_add(-far, d1, d2), high);
    t[3 * step] = low;
    t[4 * step] = multiply_add(-near, d2, d4) - far * low;
    t[5 * step] = d1;
    t[6 * step] = d2;
    t[7 * step] = d3;
    t[8 * step] = d4;
  } else {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride];
    t[0] = d0 - d2;
    t[step] = d1 + d2;
    t[2 * step] = d2 - d1;
    t[3 * step] = d1 - d3;
  }
}

/// Products of a tile along an axis, transformed back: y = A^T t.
INLINE void winograd_output_axis(const int m, const vec *t, const int stride, vec *y, const int step) {
  if (m == 4) {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride], t4 = t[4 * stride], t5 = t[5 * stride];
    const vec sum = t1 + t2, difference = t1 - t2, far_sum = t3 + t4, far_difference = t3 - t4;
    y[0] = t0 + sum + far_sum;
    y[step] = multiply_add(splat(WINOGRAD_Q), far_difference, splat(WINOGRAD_P) * difference);
    y[2 * step] = multiply_add(splat(2), far_sum, splat(0.5f) * sum);
    y[3 * step] =
        multiply_add(splat(2 * WINOGRAD_Q), far_difference, multiply_add(splat(0.5f * WINOGRAD_P), difference, t5));
  } else if (m == 8) {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride], t4 = t[4 * stride];
    const vec sum = t1 + t2, difference = t1 - t2;
    y[0] = t0 + sum + t3;
    y[2 * step] = multiply_add(splat(1.5f), t3, splat(0.75f) * difference);
    y[4 * step] = multiply_add(splat(2.25f), t3, splat(0.5625f) * sum);
    y[6 * step] = multiply_add(splat(3.375f), t3, multiply_add(splat(0.421875f), difference, t4));
    y[step] = t[5 * stride];
    y[3 * step] = t[6 * stride];
    y[5 * step] = t[7 * stride];
    y[7 * step] = t[8 * stride];
  } else {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride];
    y[0] = t0 + t1 + t2;
    y[step] = t1 - t2 - t3;
  }
}

/// Kernel taps along an axis, transformed: u = G g.
INLINE void winograd_weight_axis(const int m, const vec *g, const int stride, vec *u, const int step) {
  const vec g0 = g[0], g1 = g[stride], g2 = g[2 * stride];
  if (m == 4) {
    const vec near = splat(-2.0f / 3), far = splat(1.0f / 6);
    const vec even = multiply_add(splat(0.5f), g2, g0) * near, odd = g1 * (near * WINOGRAD_P);
    const vec far_even = multiply_add(splat(2), g2, g0) * far, far_odd = g1 * (far * WINOGRAD_Q);
    u[0] = g0;
    u[step] = even + odd;
    u[2 * step] = even - odd;
    u[3 * step] = far_even + far_odd;
    u[4 * step] = far_even - far_odd;
    u[5 * step] = g2;
  } else if (m == 8) {
    // The even outputs' taps in the order of the input pixels, each over the product of its point's distances to the others.
    u[0] = g2 * splat(1 / 0.84375f);
    u[step] = multiply_add(splat(0.75f), g0, g2) * splat(1 / -0.84375f);
    u[2 * step] = multiply_add(splat(-0.75f), g0, g2) * splat(1 / -2.53125f);
    u[3 * step] = multiply_add(splat(1.5f), g0, g2) * splat(1 / 2.53125f);
    u[4 * step] = g0;
    u[5 * step] = g1;
  } else {
    const vec half = splat(0.5f), even = (g0 + g2) * half, odd = g1 * half;
    u[0] = g0;
    u[step] = even + odd;
    u[2 * step] = even - odd;
    u[3 * step] = g2;
  }
}

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
#undef WINOGRAD_SPAN
#undef WINOGRAD_STEP
#undef WINOGRAD_POINTS
#undef WINOGRAD_WEIGHTS
