// Class scores, raster samples, and the probe of the peak.
#include "cross.h"

#include <math.h>
#include <string.h>

enum { CLASS_COUNTS = 12 };
static const ptrdiff_t class_counts[CLASS_COUNTS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 33, 150};

void check_softmax(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < CLASS_COUNTS; e++) {
    const ptrdiff_t channels = class_counts[e], pixels = 2 * subject->lanes + 15, count = pixels * channels;
    const float *scores = fenced_numbers(count, 50);
    float *whole = fenced_copy(scores, count), *parts = fenced_copy(scores, count), *other = fenced_copy(scores, count);
    subject->softmax(whole, pixels, channels);
    reference->softmax(other, pixels, channels);
    for (ptrdiff_t p = 0; p < pixels; p++) {
      const float *of = scores + p * channels;
      subject->softmax(parts + p * channels, 1, channels);
      double most = -INFINITY, sum = 0;
      for (ptrdiff_t c = 0; c < channels; c++) most = fmax(most, of[c]);
      for (ptrdiff_t c = 0; c < channels; c++) sum += exp(of[c] - most);
      for (ptrdiff_t c = 0; c < channels; c++) {
        const ptrdiff_t i = p * channels + c;
        expect(near(whole[i], exp(of[c] - most) / sum, 3e-7, 0), "softmax of %td classes [%td][%td]: %g", channels, p,
               c, whole[i]);
        expect(near(whole[i], other[i], 3e-7, 0), "softmax differs from baseline at [%td][%td]", p, c);
        expect(same(whole[i], parts[i]), "softmax of pixel %td alone has other bits", p);
      }
    }
    settle("softmax");
  }
}

void check_layer_norm(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < CLASS_COUNTS; e++)
    for (int centred = 0; centred < 2; centred++) {
      const ptrdiff_t channels = class_counts[e], pixels = 5, count = pixels * channels;
      const float *x = fenced_numbers(count, 3), *scale = fenced_numbers(channels, 2);
      const float *shift = fenced_numbers(channels, 2);
      float *whole = fenced(count), *part = fenced(channels), *other = fenced(count);
      subject->layer_norm(x, scale, shift, 1e-3f, centred, whole, pixels, channels);
      reference->layer_norm(x, scale, shift, 1e-3f, centred, other, pixels, channels);
      for (ptrdiff_t p = 0; p < pixels; p++) {
        const float *of = x + p * channels;
        double mean = 0, variance = 0;
        for (ptrdiff_t c = 0; c < channels && centred; c++) mean += of[c] / (double)channels;
        for (ptrdiff_t c = 0; c < channels; c++) variance += (of[c] - mean) * (of[c] - mean) / (double)channels;
        subject->layer_norm(of, scale, shift, 1e-3f, centred, part, 1, channels);
        for (ptrdiff_t c = 0; c < channels; c++) {
          const ptrdiff_t i = p * channels + c;
          const double expected = (of[c] - mean) / sqrt(variance + 1e-3f) * scale[c] + shift[c];
          expect(near(whole[i], expected, 1e-5, 0) && near(whole[i], other[i], 1e-5, 0),
                 "layer_norm of %td channels [%td][%td]: %g, not %g", channels, p, c, whole[i], expected);
          expect(same(whole[i], part[c]), "layer_norm of pixel %td alone has other bits", p);
        }
      }
      settle("layer_norm");
    }
}

void check_sum_pixels(const ck_kernels *subject, const ck_kernels *reference) {
  for (ptrdiff_t channels = 1; channels <= 17; channels += channels < 15 ? 7 : 1) {
    for (ptrdiff_t pixels = 0; pixels < 4; pixels++) {
      const ptrdiff_t stride = channels + 3;
      const float *x = fenced_numbers(pixels * stride, 3);
      double *sums = fenced_bytes((size_t)channels * sizeof(double));
      double *others = fenced_bytes((size_t)channels * sizeof(double));
      for (ptrdiff_t c = 0; c < channels; c++) sums[c] = others[c] = (double)c;
      subject->sum_pixels(x, stride, pixels, sums, channels);
      reference->sum_pixels(x, stride, pixels, others, channels);
      for (ptrdiff_t c = 0; c < channels; c++) {
        double expected = (double)c;
        for (ptrdiff_t p = 0; p < pixels; p++) expected += (double)x[p * stride + c];
        expect(sums[c] == expected && others[c] == expected, "sum_pixels of %td channels [%td]: %g, not %g", channels,
               c, sums[c], expected);
      }
      settle("sum_pixels");
    }
  }
}

void check_argmax(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  for (int e = 0; e < CLASS_COUNTS; e++) {
    const ptrdiff_t channels = class_counts[e], pixels = 33;
    float *scores = fenced_numbers(pixels * channels, 4);
    // Whole numbers, so that there are equals.
    for (ptrdiff_t i = 0; i < pixels * channels; i++) scores[i] = roundf(scores[i]);
    uint8_t *labels = fenced_bytes((size_t)pixels);
    subject->argmax(scores, pixels, channels, labels);
    for (ptrdiff_t p = 0; p < pixels; p++) {
      ptrdiff_t best = 0;
      for (ptrdiff_t c = 1; c < channels; c++)
        if (scores[p * channels + c] > scores[p * channels + best]) best = c;
      expect(labels[p] == best, "argmax of pixel %td: %d, not %td", p, labels[p], best);
    }
    settle("argmax");
  }
}

void check_classify(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  const float odd[] = {NAN, INFINITY, -INFINITY};
  for (int e = 0; e < CLASS_COUNTS; e++) {
    const ptrdiff_t channels = class_counts[e], pixels = 53;
    float *scores = fenced_numbers(pixels * channels, 4), *classes = fenced(pixels);
    for (ptrdiff_t i = 0; i < pixels * channels; i++) scores[i] = roundf(scores[i]);
    for (ptrdiff_t p = 3; p < pixels; p += 7) scores[p * channels + p % channels] = odd[p % 3];
    const float least[] = {0.5f, -INFINITY, 1, 2};
    for (int r = 0; r < 4; r++) {
      const ptrdiff_t first = r / 2;
      subject->classify(scores, pixels, channels, least[r], first, classes);
      for (ptrdiff_t p = 0; p < pixels; p++) {
        const float *x = scores + p * channels;
        ptrdiff_t best = 0;
        bool finite = isfinite(x[0]);
        for (ptrdiff_t c = 1; c < channels; c++) {
          if (x[c] > x[best]) best = c;
          finite = finite && isfinite(x[c]);
        }
        const ptrdiff_t class = channels == 1 ? x[0] > least[r] : x[best] < least[r] ? 0 : best + first;
        expect(finite ? classes[p] == (float)class : isnan(classes[p]), "class of pixel %td: %g, not %td", p,
               classes[p], class);
      }
    }
    settle("classify");
  }
}

#define CHECK_SCALE(TYPE, NAME, LARGEST)                                                                               \
  void check_##NAME(const ck_kernels *subject, const ck_kernels *reference) {                                          \
    for (int e = 0; e < EDGES; e++) {                                                                                  \
      const ptrdiff_t pixels = edge(subject, e), channels = 3, stride = 4, count = pixels * stride;                    \
      TYPE *source = fenced_bytes((size_t)count * sizeof(TYPE));                                                       \
      for (ptrdiff_t i = 0; i < count; i++) source[i] = (TYPE)(LARGEST * (0.5f + 0.5f * next_number()));               \
      const float *scale = fenced_numbers(channels, 2), *offset = fenced_numbers(channels, 2);                         \
      float *output = fenced(pixels * channels), *other = fenced(pixels * channels);                                   \
      subject->NAME(source, stride, scale, offset, output, pixels, channels);                                          \
      reference->NAME(source, stride, scale, offset, other, pixels, channels);                                         \
      for (ptrdiff_t p = 0; p < pixels; p++)                                                                           \
        for (ptrdiff_t c = 0; c < channels; c++) {                                                                     \
          const double x = (double)source[p * stride + c], expected = x * scale[c] + offset[c];                        \
          const double bound = 2e-7 * (fabs(x * scale[c]) + fabs(offset[c]));                                          \
          const float y = output[p * channels + c];                                                                    \
          expect(near(y, expected, bound, 0), #NAME " of %g: %g, defined as %g", x, y, expected);                      \
          expect(near(y, other[p * channels + c], 2 * bound, 0), #NAME " of %g differs from baseline", x);             \
        }                                                                                                              \
      settle(#NAME);                                                                                                   \
    }                                                                                                                  \
  }

CHECK_SCALE(uint8_t, scale_u8, 255)
CHECK_SCALE(uint16_t, scale_u16, 65535)
CHECK_SCALE(float, scale_f32, 10000)

void check_burst(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  const int64_t once = subject->burst(1), often = subject->burst(1000);
  expect(once > 0 && often == 1000 * once, "1 round of %lld operations, 1000 of %lld", (long long)once,
         (long long)often);
}
