// Class scores to probabilities and labels.

/// Pixels are taken in groups small enough for the first-level cache: subtract the maxima, exponentiate the whole group
/// in full vectors, divide by the sums.
static void softmax(float *x, ptrdiff_t pixels, ptrdiff_t channels) {
  if (channels <= 0) return;
  const ptrdiff_t group = channels < 2048 ? 2048 / channels : 1;
  for (ptrdiff_t first = 0; first < pixels; first += group) {
    const ptrdiff_t count = pixels - first < group ? pixels - first : group;
    float *scores = x + first * channels;
    for (ptrdiff_t p = 0; p < count; p++) {
      float *y = scores + p * channels, most = y[0];
      for (ptrdiff_t c = 1; c < channels; c++) most = y[c] > most || y[c] != y[c] ? y[c] : most;
      for (ptrdiff_t c = 0; c < channels; c++) y[c] -= most;
    }
    activate_exp(scores, count * channels, 0, 0, 0);
    for (ptrdiff_t p = 0; p < count; p++) {
      float *y = scores + p * channels, sum = 0;
      for (ptrdiff_t c = 0; c < channels; c++) sum += y[c];
      const float factor = 1 / sum;
      for (ptrdiff_t c = 0; c < channels; c++) y[c] *= factor;
    }
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
