// Class scores to probabilities and labels.

/// Most channels of a pixel that is turned around to lie across vectors of pixels.
enum { FEW_CHANNELS = 32 };

/// Softmax of `count` <= LANES pixels: lane p of vector c is channel c of pixel p.
INLINE void softmax_pixels(float *x, ptrdiff_t count, ptrdiff_t channels) {
  float scores[FEW_CHANNELS][LANES] = {{0}};
  for (ptrdiff_t p = 0; p < count; p++)
    for (ptrdiff_t c = 0; c < channels; c++) scores[c][p] = x[p * channels + c];
  vec most = load(scores[0]), sum = splat(0);
  for (ptrdiff_t c = 1; c < channels; c++) most = larger(load(scores[c]), most);
  for (ptrdiff_t c = 0; c < channels; c++) {
    const vec power = exponential(load(scores[c]) - most);
    store(scores[c], power);
    sum += power;
  }
  const vec factor = 1 / sum;
  for (ptrdiff_t c = 0; c < channels; c++) store(scores[c], load(scores[c]) * factor);
  for (ptrdiff_t p = 0; p < count; p++)
    for (ptrdiff_t c = 0; c < channels; c++) x[p * channels + c] = scores[c][p];
}

/// `channels` is a constant where it is small, so that the turns become shuffles.
INLINE void softmax_few(float *x, ptrdiff_t pixels, ptrdiff_t channels) {
  ptrdiff_t p = 0;
  for (; pixels - p >= LANES; p += LANES) softmax_pixels(x + p * channels, LANES, channels);
  if (p < pixels) softmax_pixels(x + p * channels, pixels - p, channels);
}

/// A pixel of many channels, in vectors of channels.
static void softmax_many(float *x, ptrdiff_t channels) {
  float most = x[0], sum = 0;
  for (ptrdiff_t c = 1; c < channels; c++) most = x[c] > most || x[c] != x[c] ? x[c] : most;
  for (ptrdiff_t c = 0; c < channels; c++) x[c] -= most;
  activate_exp(x, channels, 0, 0, 0);
  for (ptrdiff_t c = 0; c < channels; c++) sum += x[c];
  const float factor = 1 / sum;
  for (ptrdiff_t c = 0; c < channels; c++) x[c] *= factor;
}

#define FEW(COUNT)                                                                                                     \
  case COUNT: softmax_few(x, pixels, COUNT); return;

static void softmax(float *x, ptrdiff_t pixels, ptrdiff_t channels) {
  switch (channels) { FEW(2) FEW(3) FEW(4) FEW(5) FEW(6) FEW(7) FEW(8) }
  if (channels <= 0) return;
  if (channels <= FEW_CHANNELS)
    softmax_few(x, pixels, channels);
  else
    for (ptrdiff_t p = 0; p < pixels; p++) softmax_many(x + p * channels, channels);
}

#undef FEW

/// The class numbers of `count` <= LANES pixels: lane p of vector c is channel c of pixel p.
INLINE void classify_pixels(const float *x, ptrdiff_t count, ptrdiff_t channels, float least, ptrdiff_t first,
                            float *output) {
  float scores[FEW_CHANNELS][LANES] = {{0}};
  for (ptrdiff_t p = 0; p < count; p++)
    for (ptrdiff_t c = 0; c < channels; c++) scores[c][p] = x[p * channels + c];
  vec most = load(scores[0]), best = splat(0);
  // What is finite minus itself is 0, all else NaN, and so are sums with it.
  vec nothing = most - most;
  for (ptrdiff_t c = 1; c < channels; c++) {
    const vec score = load(scores[c]);
    nothing += score - score;
    best = choose(score > most, splat((float)c), best);
    most = choose(score > most, score, most);
  }
  best = choose(most < splat(least), splat(0), best + (float)first) + nothing;
  if (count == LANES)
    store(output, best);
  else
    store_first(output, best, count);
}

static void classify_few(const float *x, ptrdiff_t pixels, ptrdiff_t channels, float least, ptrdiff_t first,
                         float *output) {
  for (ptrdiff_t p = 0; p < pixels; p += LANES)
    classify_pixels(x + p * channels, pixels - p < LANES ? pixels - p : LANES, channels, least, first, output + p);
}

static void classify(const float *x, ptrdiff_t pixels, ptrdiff_t channels, float least, ptrdiff_t first,
                     float *output) {
  if (channels > 1 && channels <= FEW_CHANNELS) {
    classify_few(x, pixels, channels, least, first, output);
    return;
  }
  for (ptrdiff_t p = 0; p < pixels; p++, x += channels) {
    float most = x[0], nothing = x[0] - x[0];
    ptrdiff_t best = 0;
    for (ptrdiff_t c = 1; c < channels; c++) {
      nothing += x[c] - x[c];
      if (x[c] > most) most = x[c], best = c;
    }
    if (channels == 1)
      best = most > least;
    else
      best = most < least ? 0 : best + first;
    output[p] = (float)best + nothing;
  }
}

static void argmax(const float *x, ptrdiff_t pixels, ptrdiff_t channels, uint8_t *output) {
  for (ptrdiff_t p = 0; p < pixels; p++, x += channels) {
    float most = x[0];
    ptrdiff_t best = 0;
    for (ptrdiff_t c = 1; c < channels; c++) {
      const int better = x[c] > most;
      most = better ? x[c] : most;
      best = better ? c : best;
    }
    output[p] = (uint8_t)best;
  }
}
