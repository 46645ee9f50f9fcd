// Weighted sums of pixels of a row, and of rows.
#include "cross.h"

enum { SOURCES = 11 };

/// One span of each length, at the end of the row where it is even, else at its start; and how many weights they have together.
static ptrdiff_t make_spans(ck_span *spans, ptrdiff_t sources) {
  ptrdiff_t weights = 0;
  for (ptrdiff_t count = 1; count <= sources; count++) {
    spans[count - 1] = (ck_span){(int32_t)(count % 2 ? 0 : sources - count), (int32_t)count};
    weights += count;
  }
  return weights;
}

static void check_spans(const ck_kernels *subject, const ck_kernels *reference, ptrdiff_t channels, ptrdiff_t sources) {
  ck_span *spans = fenced_bytes((size_t)sources * sizeof(ck_span));
  const float *weights = fenced_numbers(make_spans(spans, sources), 1);
  const float *source = fenced_numbers(sources * channels, 1);
  float *whole = fenced(sources * channels), *parts = fenced(sources * channels), *other = fenced(sources * channels);
  subject->filter_pixels(source, sources, spans, weights, whole, sources, channels);
  reference->filter_pixels(source, sources, spans, weights, other, sources, channels);
  for (ptrdiff_t p = 0; p < sources; weights += spans[p].count, p++) {
    subject->filter_pixels(source, sources, spans + p, weights, parts + p * channels, 1, channels);
    for (ptrdiff_t c = 0; c < channels; c++) {
      const ptrdiff_t i = p * channels + c;
      double sum = 0;
      for (ptrdiff_t t = 0; t < spans[p].count; t++)
        sum += (double)source[(spans[p].first + t) * channels + c] * weights[t];
      expect(near(whole[i], sum, 2e-6, 0), "filter_pixels [%td][%td] = %g", p, c, whole[i]);
      expect(near(whole[i], other[i], 4e-6, 0), "filter_pixels differs from baseline at [%td][%td]", p, c);
      expect(same(whole[i], parts[i]), "filter_pixels of pixel %td alone has other bits", p);
    }
  }
  settle("filter_pixels");
}

void check_filter_pixels(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < EDGES; e++)
    for (ptrdiff_t sources = 1; sources <= SOURCES; sources++)
      check_spans(subject, reference, edge(subject, e), sources);
}

void check_filter_rows(const ck_kernels *subject, const ck_kernels *reference) {
  for (int i = 0; i < EDGES * SOURCES; i++) {
    const ptrdiff_t count = edge(subject, i / SOURCES), height = i % SOURCES + 1, cut = count / 3;
    const float *rows[SOURCES], *behind[SOURCES], *weights = fenced_numbers(height, 1);
    for (ptrdiff_t r = 0; r < height; r++) behind[r] = (rows[r] = fenced_numbers(count, 1)) + cut;
    float *whole = fenced(count), *parts = fenced(count), *other = fenced(count);
    subject->filter_rows(rows, weights, height, whole, count);
    reference->filter_rows(rows, weights, height, other, count);
    subject->filter_rows(rows, weights, height, parts, cut);
    subject->filter_rows(behind, weights, height, parts + cut, count - cut);
    for (ptrdiff_t c = 0; c < count; c++) {
      double sum = 0;
      for (ptrdiff_t r = 0; r < height; r++) sum += (double)rows[r][c] * weights[r];
      expect(near(whole[c], sum, 2e-6, 0), "filter_rows [%td] = %g", c, whole[c]);
      expect(near(whole[c], other[c], 4e-6, 0), "filter_rows differs from baseline at [%td]", c);
      expect(same(whole[c], parts[c]), "filter_rows has other bits at %td where it is cut", c);
    }
    settle("filter_rows");
  }
}
