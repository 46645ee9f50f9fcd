// Resampling of a row: each output pixel is one source pixel, or a mixture of two.

/// One vector of channels, or the `count` of them that are left over.
INLINE void resample_vector(const int mixes, const int whole, const float *lower, const float *upper, vec weight,
                            float *output, ptrdiff_t count) {
  vec y = whole ? load(lower) : load_first(lower, count);
  if (mixes) y = multiply_add((whole ? load(upper) : load_first(upper, count)) - y, weight, y);
  if (whole)
    store(output, y);
  else
    store_first(output, y, count);
}

INLINE void resample(const int mixes, const float *source, ptrdiff_t source_pixels, const ck_tap *taps, float *output,
                     ptrdiff_t pixels, ptrdiff_t channels) {
  const float *source_end = source + source_pixels * channels;
  const float *output_end = output + pixels * channels;
  for (ptrdiff_t p = 0; p < pixels; p++, output += channels) {
    const float *lower = source + taps[p].lower * channels, *upper = source + taps[p].upper * channels;
    const vec weight = splat(taps[p].weight);
    ptrdiff_t c = 0;
    for (; channels - c >= LANES; c += LANES)
      resample_vector(mixes, 1, lower + c, upper + c, weight, output + c, LANES);
    if (c == channels) continue;
    // A whole vector where memory allows: the later pixels of the row overwrite what does not belong to this one.
    const float *last = mixes && upper > lower ? upper : lower;
    if (source_end - (last + c) >= LANES && output_end - (output + c) >= LANES)
      resample_vector(mixes, 1, lower + c, upper + c, weight, output + c, LANES);
    else
      resample_vector(mixes, 0, lower + c, upper + c, weight, output + c, channels - c);
  }
}

static void blend_pixels(const float *source, ptrdiff_t source_pixels, const ck_tap *taps, float *output,
                         ptrdiff_t pixels, ptrdiff_t channels) {
  resample(1, source, source_pixels, taps, output, pixels, channels);
}

static void pick_pixels(const float *source, ptrdiff_t source_pixels, const ck_tap *taps, float *output,
                        ptrdiff_t pixels, ptrdiff_t channels) {
  resample(0, source, source_pixels, taps, output, pixels, channels);
}
