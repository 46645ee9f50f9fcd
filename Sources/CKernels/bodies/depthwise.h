// Kernels that keep channels apart: depthwise convolution and pooling over taps.

/// One vector of channels of up to 8 pixels; `count` < LANES marks the channels left over.
INLINE void depthwise_tile(const int tile, const ck_run *taps, ptrdiff_t tap_count, const float *weights,
                           const float *bias, float *output, ptrdiff_t output_stride, ptrdiff_t first,
                           ptrdiff_t channel, ptrdiff_t channels, vec low, vec high) {
  const ptrdiff_t count = channels - channel;
  const int whole = count >= LANES;
  vec sum[8];
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++) sum[p] = whole ? load(bias + channel) : load_first(bias + channel, count);
  for (ptrdiff_t t = 0; t < tap_count; t++) {
    const float *w = weights + t * channels + channel;
    const float *x = taps[t].pixel0 + first * taps[t].pixel_stride + channel;
    const vec weight = whole ? load(w) : load_first(w, count);
#pragma clang loop unroll(full)
    for (int p = 0; p < tile; p++) {
      const float *from = x + p * taps[t].pixel_stride;
      sum[p] = multiply_add(whole ? load(from) : load_first(from, count), weight, sum[p]);
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++) {
    float *to = output + (first + p) * output_stride + channel;
    const vec y = clamp(sum[p], low, high);
    if (whole)
      store(to, y);
    else
      store_first(to, y, count);
  }
}

static void depthwise(const ck_run *taps, ptrdiff_t tap_count, const float *weights, const float *bias, float *output,
                      ptrdiff_t output_stride, ptrdiff_t pixels, ptrdiff_t channels, float low, float high) {
  const vec lowest = splat(low), highest = splat(high);
  ptrdiff_t first = 0;
  for (; pixels - first >= 8; first += 8)
    for (ptrdiff_t c = 0; c < channels; c += LANES)
      depthwise_tile(8, taps, tap_count, weights, bias, output, output_stride, first, c, channels, lowest, highest);
  for (; first < pixels; first++)
    for (ptrdiff_t c = 0; c < channels; c += LANES)
      depthwise_tile(1, taps, tap_count, weights, bias, output, output_stride, first, c, channels, lowest, highest);
}

#define POOL(NAME, COMBINE, FINISH)                                                                                    \
  static void NAME(const ck_run *taps, ptrdiff_t tap_count, float scale, float *output, ptrdiff_t output_stride,       \
                   ptrdiff_t pixels, ptrdiff_t channels) {                                                             \
    const vec factor = splat(scale);                                                                                   \
    (void)factor;                                                                                                      \
    for (ptrdiff_t p = 0; p < pixels; p++) {                                                                           \
      float *to = output + p * output_stride;                                                                          \
      ptrdiff_t c = 0;                                                                                                 \
      for (; channels - c >= LANES; c += LANES) {                                                                      \
        vec y = load(taps[0].pixel0 + p * taps[0].pixel_stride + c);                                                   \
        for (ptrdiff_t t = 1; t < tap_count; t++)                                                                      \
          y = COMBINE(y, load(taps[t].pixel0 + p * taps[t].pixel_stride + c));                                         \
        store(to + c, FINISH(y));                                                                                      \
      }                                                                                                                \
      if (c < channels) {                                                                                              \
        vec y = load_first(taps[0].pixel0 + p * taps[0].pixel_stride + c, channels - c);                               \
        for (ptrdiff_t t = 1; t < tap_count; t++)                                                                      \
          y = COMBINE(y, load_first(taps[t].pixel0 + p * taps[t].pixel_stride + c, channels - c));                     \
        store_first(to + c, FINISH(y), channels - c);                                                                  \
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
