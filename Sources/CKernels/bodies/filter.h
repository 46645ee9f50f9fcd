// Sums of weighted rows, and of weighted pixels of a row: resizing by more than two of them.

/// The first `count` lanes of the sum over taps at `x[t * stride + c]`, or at `rows[t][c]` where there are rows. `known` is the number
/// of taps where the compiler is to know it, else 0.
INLINE vec filtered(const int known, const int whole, const float *x, ptrdiff_t stride, const float *const *rows,
                    const float *weights, ptrdiff_t taps, ptrdiff_t c, ptrdiff_t count) {
  const ptrdiff_t end = known ? known : taps;
  vec sum = {0};
  for (ptrdiff_t t = 0; t < end; t++) {
    const float *p = (rows ? rows[t] : x + t * stride) + c;
    const vec y = whole ? load(p) : load_first(p, count), w = splat(weights[t]);
    sum = t == 0 ? y * w : multiply_add(y, w, sum);
  }
  return sum;
}

/// Four vectors, whose sums do not wait for each other.
INLINE void filter_four(const int known, const float *x, ptrdiff_t stride, const float *const *rows,
                        const float *weights, ptrdiff_t taps, ptrdiff_t c, float *output) {
  const ptrdiff_t end = known ? known : taps;
  vec sums[4] = {{0}, {0}, {0}, {0}};
  for (ptrdiff_t t = 0; t < end; t++) {
    const float *p = (rows ? rows[t] : x + t * stride) + c;
    const vec w = splat(weights[t]);
    for (int v = 0; v < 4; v++)
      sums[v] = t == 0 ? load(p + v * LANES) * w : multiply_add(load(p + v * LANES), w, sums[v]);
  }
  for (int v = 0; v < 4; v++) store(output + c + v * LANES, sums[v]);
}

INLINE void filter_pixel(const int known, const float *x, ptrdiff_t taps, const float *weights, const float *source_end,
                         float *output, const float *output_end, ptrdiff_t channels) {
  ptrdiff_t c = 0;
  for (; channels - c >= 4 * LANES; c += 4 * LANES) filter_four(known, x, channels, NULL, weights, taps, c, output);
  for (; channels - c >= LANES; c += LANES)
    store(output + c, filtered(known, 1, x, channels, NULL, weights, taps, c, LANES));
  if (c == channels) return;
  // A whole vector where memory allows: the later pixels of the row overwrite what does not belong to this one.
  if (source_end - (x + (taps - 1) * channels + c) >= LANES && output_end - (output + c) >= LANES)
    store(output + c, filtered(known, 1, x, channels, NULL, weights, taps, c, LANES));
  else
    store_first(output + c, filtered(known, 0, x, channels, NULL, weights, taps, c, channels - c), channels - c);
}

static void filter_pixels(const float *source, ptrdiff_t source_pixels, const ck_span *spans, const float *weights,
                          float *output, ptrdiff_t pixels, ptrdiff_t channels) {
  const float *source_end = source + source_pixels * channels;
  const float *output_end = output + pixels * channels;
  for (ptrdiff_t p = 0; p < pixels; p++, output += channels) {
    const float *x = source + spans[p].first * channels;
    const ptrdiff_t taps = spans[p].count;
    switch (taps) {
    case 2: filter_pixel(2, x, taps, weights, source_end, output, output_end, channels); break;
    case 4: filter_pixel(4, x, taps, weights, source_end, output, output_end, channels); break;
    default: filter_pixel(0, x, taps, weights, source_end, output, output_end, channels);
    }
    weights += taps;
  }
}

INLINE void filter_known_rows(const int known, const float *const *rows, const float *weights, ptrdiff_t row_count,
                              float *output, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; count - i >= 4 * LANES; i += 4 * LANES) filter_four(known, NULL, 0, rows, weights, row_count, i, output);
  for (; count - i >= LANES; i += LANES)
    store(output + i, filtered(known, 1, NULL, 0, rows, weights, row_count, i, LANES));
  if (i < count)
    store_first(output + i, filtered(known, 0, NULL, 0, rows, weights, row_count, i, count - i), count - i);
}

static void filter_rows(const float *const *rows, const float *weights, ptrdiff_t row_count, float *output,
                        ptrdiff_t count) {
  switch (row_count) {
  case 2: filter_known_rows(2, rows, weights, row_count, output, count); break;
  case 4: filter_known_rows(4, rows, weights, row_count, output, count); break;
  default: filter_known_rows(0, rows, weights, row_count, output, count);
  }
}
