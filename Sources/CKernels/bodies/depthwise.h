// Kernels that keep channels apart: depthwise convolution and pooling over taps.

/// The vector of channels after the one at `c`, of at least LANES channels; the last one may overlap the one before,
/// whose results it repeats.
INLINE ptrdiff_t next_vector(ptrdiff_t c, ptrdiff_t channels) {
  const ptrdiff_t next = c + LANES;
  return next < channels && next + LANES > channels ? channels - LANES : next;
}

/// The most taps of a kernel row that share what they load.
enum { MOST_TOGETHER = 5 };

/// How many channels ahead the lowest row of taps is asked for, which no row before has read, and output: pixels make too
/// many streams for the hardware to see.
enum { TAPS_AHEAD = 32, OUTPUT_AHEAD = 16 };

/// One vector of channels of `tile` <= 8 pixels. Every `together` taps read adjacent pixels, so that each value is
/// loaded once for all of them. `whole` is 0 for less than a vector of channels.
INLINE void depthwise_tile(const int tile, const int together, const int whole, const ck_run *taps,
                           ptrdiff_t tap_count, const float *weights, const float *bias, float *output,
                           ptrdiff_t output_stride, ptrdiff_t first, ptrdiff_t channel, ptrdiff_t channels, vec low,
                           vec high) {
  vec sum[8];
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++) sum[p] = whole ? load(bias + channel) : load_first(bias, channels);
  const float *w = weights + channel;
  const int starts_line = channel % 16 == 0, lowest = together > 1 ? together : 2;
  for (ptrdiff_t t = 0; t < tap_count; t += together, w += together * channels) {
    const ptrdiff_t stride = taps[t].pixel_stride;
    const float *x = taps[t].pixel0 + first * stride + channel;
    vec weight[MOST_TOGETHER];
#pragma clang loop unroll(full)
    for (int b = 0; b < together; b++)
      weight[b] = whole ? load(w + b * channels) : load_first(w + b * channels, channels);
#pragma clang loop unroll(full)
    for (int i = 0; i < tile + together - 1; i++) {
      const vec value = whole ? load(x + i * stride) : load_first(x + i * stride, channels);
      if (starts_line && t + lowest >= tap_count) __builtin_prefetch(x + i * stride + TAPS_AHEAD, 0, 3);
#pragma clang loop unroll(full)
      for (int b = 0; b < together; b++)
        if (i >= b && i - b < tile) sum[i - b] = multiply_add(value, weight[b], sum[i - b]);
    }
  }
  float *to = output + first * output_stride + channel;
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++) {
    const vec y = clamp(sum[p], low, high);
    if (starts_line) __builtin_prefetch(to + p * output_stride + OUTPUT_AHEAD, 1, 3);
    if (whole)
      store(to + p * output_stride, y);
    else
      store_first(to + p * output_stride, y, channels);
  }
}

INLINE void depthwise_pixels(const int together, const ck_run *taps, ptrdiff_t tap_count, const float *weights,
                             const float *bias, float *output, ptrdiff_t output_stride, ptrdiff_t pixels,
                             ptrdiff_t channels, vec low, vec high) {
  ptrdiff_t first = 0;
#define TILES(TILE)                                                                                                    \
  for (; pixels - first >= TILE; first += TILE) {                                                                      \
    if (channels < LANES)                                                                                              \
      depthwise_tile(TILE, together, 0, taps, tap_count, weights, bias, output, output_stride, first, 0, channels,     \
                     low, high);                                                                                       \
    else                                                                                                               \
      for (ptrdiff_t c = 0; c < channels; c = next_vector(c, channels))                                                \
        depthwise_tile(TILE, together, 1, taps, tap_count, weights, bias, output, output_stride, first, c, channels,   \
                       low, high);                                                                                     \
  }
  TILES(8)
  TILES(4)
  TILES(1)
#undef TILES
}

/// True if every `together` taps read pixels that follow one another as the output pixels do.
static int are_adjacent(const ck_run *taps, ptrdiff_t tap_count, ptrdiff_t together) {
  if (tap_count % together != 0) return 0;
  for (ptrdiff_t t = 0; t < tap_count; t++)
    if (t % together != 0 && (taps[t].pixel_stride != taps[t - 1].pixel_stride ||
                              taps[t].pixel0 != taps[t - 1].pixel0 + taps[t].pixel_stride))
      return 0;
  return 1;
}

static void depthwise(const ck_run *taps, ptrdiff_t tap_count, const float *weights, const float *bias, float *output,
                      ptrdiff_t output_stride, ptrdiff_t pixels, ptrdiff_t channels, float low, float high) {
#define DEPTHWISE(TOGETHER)                                                                                            \
  depthwise_pixels(TOGETHER, taps, tap_count, weights, bias, output, output_stride, pixels, channels, splat(low),      \
                   splat(high))
  if (are_adjacent(taps, tap_count, 5))
    DEPTHWISE(5);
  else if (are_adjacent(taps, tap_count, 3))
    DEPTHWISE(3);
  else
    DEPTHWISE(1);
#undef DEPTHWISE
}

#define POOL(NAME, COMBINE, FINISH)                                                                                    \
  static void NAME(const ck_run *taps, ptrdiff_t tap_count, float scale, float *output, ptrdiff_t output_stride,       \
                   ptrdiff_t pixels, ptrdiff_t channels) {                                                             \
    const vec factor = splat(scale);                                                                                   \
    (void)factor;                                                                                                      \
    for (ptrdiff_t p = 0; p < pixels; p++) {                                                                           \
      float *to = output + p * output_stride;                                                                          \
      if (channels < LANES) {                                                                                          \
        vec y = load_first(taps[0].pixel0 + p * taps[0].pixel_stride, channels);                                       \
        for (ptrdiff_t t = 1; t < tap_count; t++)                                                                      \
          y = COMBINE(y, load_first(taps[t].pixel0 + p * taps[t].pixel_stride, channels));                             \
        store_first(to, FINISH(y), channels);                                                                          \
        continue;                                                                                                      \
      }                                                                                                                \
      for (ptrdiff_t c = 0; c < channels; c = next_vector(c, channels)) {                                              \
        vec y = load(taps[0].pixel0 + p * taps[0].pixel_stride + c);                                                   \
        for (ptrdiff_t t = 1; t < tap_count; t++)                                                                      \
          y = COMBINE(y, load(taps[t].pixel0 + p * taps[t].pixel_stride + c));                                         \
        store(to + c, FINISH(y));                                                                                      \
      }                                                                                                                \
    }                                                                                                                  \
  }

#define SUM(a, b) ((a) + (b))
#define SAME(y) (y)
#define SCALED(y) ((y) * factor)
POOL(max_pool, larger, SAME)
POOL(average_pool, SUM, SCALED)
#undef SUM
#undef SAME
#undef SCALED
#undef POOL
