// Kernels that keep channels apart.
#include "cross.h"

#include <math.h>

enum { TAPS = 3, STRIDE = 2 };

static void make_taps(ck_run *taps, const float *source, ptrdiff_t first, ptrdiff_t channels) {
  for (int t = 0; t < TAPS; t++)
    taps[t] = (ck_run){source + (first * STRIDE + t) * channels, STRIDE * channels, 0};
}

static float *make_source(ptrdiff_t pixels, ptrdiff_t channels) {
  return fenced_numbers(pixels == 0 ? 0 : ((pixels - 1) * STRIDE + TAPS) * channels, 1);
}

static const ptrdiff_t pixel_counts[] = {0, 1, 7, 8, 9, 19};

/// Taps side by side, as those of a kernel row.
static void check_depthwise_row(const ck_kernels *subject, const ck_kernels *reference, int count, ptrdiff_t stride,
                                ptrdiff_t channels, ptrdiff_t pixels) {
  const ptrdiff_t length = pixels == 0 ? 0 : ((pixels - 1) * stride + count) * channels;
  const float *source = fenced_numbers(length, 1);
  const float *weights = fenced_numbers(count * channels, 1), *bias = fenced_numbers(channels, 1);
  float *whole = fenced(pixels * channels), *parts = fenced(pixels * channels), *other = fenced(pixels * channels);
  ck_run taps[16];
  for (int t = 0; t < count; t++) taps[t] = (ck_run){source + t * channels, stride * channels, 0};
  subject->depthwise(taps, count, weights, bias, whole, channels, pixels, channels, -0.5f, 0.5f);
  reference->depthwise(taps, count, weights, bias, other, channels, pixels, channels, -0.5f, 0.5f);
  for (ptrdiff_t p = 0; p < pixels; p++) {
    for (int t = 0; t < count; t++) taps[t].pixel0 = source + (p * stride + t) * channels;
    subject->depthwise(taps, count, weights, bias, parts + p * channels, channels, 1, channels, -0.5f, 0.5f);
    for (ptrdiff_t c = 0; c < channels; c++) {
      const ptrdiff_t i = p * channels + c;
      double sum = bias[c];
      for (int t = 0; t < count; t++) sum += (double)taps[t].pixel0[c] * weights[t * channels + c];
      expect(near(whole[i], fmin(fmax(sum, -0.5), 0.5), 1e-6, 1e-6), "depthwise of %td channels, %d taps: [%td][%td]",
             channels, count, p, c);
      expect(near(whole[i], other[i], 2e-6, 0), "depthwise differs from baseline at [%td][%td]", p, c);
      expect(same(whole[i], parts[i]), "depthwise [%td][%td] alone has other bits", p, c);
    }
  }
  settle("depthwise");
}

void check_depthwise(const ck_kernels *subject, const ck_kernels *reference) {
  const struct { int taps; ptrdiff_t stride; } rows[] = {{3, 2}, {3, 1}, {5, 1}, {2, 1}, {6, 1}, {10, 1}, {5, 3}};
  for (int r = 0; r < 7; r++)
    for (int e = 0; e < EDGES * 6; e++)
      check_depthwise_row(subject, reference, rows[r].taps, rows[r].stride, edge(subject, e / 6), pixel_counts[e % 6]);
}

static void check_pool(const char *name, ck_pool subject, ck_pool reference, const ck_kernels *table, bool mean,
                       bool with_nan) {
  for (int e = 0; e < EDGES * 6; e++) {
    const ptrdiff_t channels = edge(table, e / 6), pixels = pixel_counts[e % 6], stride = channels + 1;
    float *source = make_source(pixels, channels);
    if (with_nan && pixels > 1 && channels > 0) source[channels] = NAN;
    float *output = fenced(pixels * stride), *other = fenced(pixels * stride);
    ck_run taps[TAPS];
    make_taps(taps, source, 0, channels);
    subject(taps, TAPS, 1.0f / TAPS, output, stride, pixels, channels);
    reference(taps, TAPS, 1.0f / TAPS, other, stride, pixels, channels);
    for (ptrdiff_t p = 0; p < pixels; p++) {
      for (ptrdiff_t c = 0; c < channels; c++) {
        double sum = 0, most = -INFINITY;
        for (int t = 0; t < TAPS; t++) {
          const double x = source[(p * STRIDE + t) * channels + c];
          sum += x;
          most = isnan(x) || x > most ? x : most;
          if (isnan(most)) break;
        }
        const double expected = mean ? sum / TAPS : most;
        const ptrdiff_t i = p * stride + c;
        expect(near(output[i], expected, mean ? 1e-6 : 0, 0), "%s of %td channels [%td][%td]: %g, defined as %g", name,
               channels, p, c, output[i], expected);
        expect(same(output[i], other[i]), "%s differs from baseline at [%td][%td]", name, p, c);
      }
      expect(is_canary(output[p * stride + channels]), "%s wrote channel %td", name, channels);
    }
    settle(name);
  }
}

void check_max_pool(const ck_kernels *subject, const ck_kernels *reference) {
  check_pool("max_pool", subject->max_pool, reference->max_pool, subject, false, false);
  check_pool("max_pool", subject->max_pool, reference->max_pool, subject, false, true);
}

void check_average_pool(const ck_kernels *subject, const ck_kernels *reference) {
  check_pool("average_pool", subject->average_pool, reference->average_pool, subject, true, false);
}
