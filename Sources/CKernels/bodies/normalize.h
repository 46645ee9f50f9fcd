// Normalisation of a pixel's channels by their own mean and variance.

INLINE float sum_of_lanes(vec x) {
  float lanes[LANES], sum = 0;
  store(lanes, x);
  for (int i = 0; i < LANES; i++) sum += lanes[i];
  return sum;
}

INLINE float mean_of(const float *x, ptrdiff_t channels) {
  vec sum = splat(0);
  ptrdiff_t c = 0;
  for (; channels - c >= LANES; c += LANES) sum += load(x + c);
  if (c < channels) sum += load_first(x + c, channels - c);
  return sum_of_lanes(sum) / (float)channels;
}

/// The variance about `*mean`; with `centred`, first moved by what it was off.
INLINE float variance_of(const float *x, ptrdiff_t channels, int centred, float *mean) {
  static const float ones[LANES] = {[0 ... LANES - 1] = 1};
  const vec middle = splat(*mean);
  vec first = splat(0), second = splat(0);
  ptrdiff_t c = 0;
  for (; channels - c >= LANES; c += LANES) {
    const vec d = load(x + c) - middle;
    first += d;
    second = multiply_add(d, d, second);
  }
  if (c < channels) {
    const vec d = (load_first(x + c, channels - c) - middle) * load_first(ones, channels - c);
    first += d;
    second = multiply_add(d, d, second);
  }
  const float variance = sum_of_lanes(second) / (float)channels;
  if (!centred) return variance;
  const float off = sum_of_lanes(first) / (float)channels;
  *mean += off;
  return variance - off * off;
}

static void layer_norm(const float *x, const float *scale, const float *shift, float epsilon, int centred,
                       float *output, ptrdiff_t pixels, ptrdiff_t channels) {
  for (ptrdiff_t p = 0; p < pixels; p++, x += channels, output += channels) {
    float mean = centred ? mean_of(x, channels) : 0;
    const float variance = variance_of(x, channels, centred, &mean);
    const vec middle = splat(mean), factor = 1 / square_root(at_least(splat(variance), splat(0)) + splat(epsilon));
    ptrdiff_t c = 0;
    for (; channels - c >= LANES; c += LANES)
      store(output + c, multiply_add((load(x + c) - middle) * factor, load(scale + c), load(shift + c)));
    const ptrdiff_t rest = channels - c;
    if (rest > 0) {
      const vec y = (load_first(x + c, rest) - middle) * factor;
      store_first(output + c, multiply_add(y, load_first(scale + c, rest), load_first(shift + c, rest)), rest);
    }
  }
}
