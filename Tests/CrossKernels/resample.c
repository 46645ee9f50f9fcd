// Pixels of a row mixed and picked, and clamped sums.
#include "cross.h"

#include <math.h>

void check_add_clamped(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < EDGES; e++) {
    const ptrdiff_t count = edge(subject, e);
    float *a = fenced_numbers(count, 1), *b = fenced_numbers(count, 1), *output = fenced(count), *other = fenced(count);
    if (count > 1) a[count - 1] = b[0] = NAN;
    subject->add_clamped(a, b, -0.25f, 0.75f, output, count);
    reference->add_clamped(a, b, -0.25f, 0.75f, other, count);
    for (ptrdiff_t i = 0; i < count; i++) {
      const float sum = a[i] + b[i], expected = sum < -0.25f ? -0.25f : sum > 0.75f ? 0.75f : sum;
      expect(same(output[i], expected) && same(output[i], other[i]), "add_clamped of %g and %g: %g", a[i], b[i],
             output[i]);
    }
    settle("add_clamped");
  }
}

typedef void (*pixels_kernel)(const float *, ptrdiff_t, const ck_tap *, float *, ptrdiff_t, ptrdiff_t);

static void check_pixels(const char *name, pixels_kernel subject, pixels_kernel reference, bool mixes,
                         ptrdiff_t channels, ptrdiff_t sources) {
  // An upsampling by 4, clamped at both ends, and one tap that goes back.
  const ptrdiff_t pixels = 4 * sources + 1;
  ck_tap *taps = fenced_bytes((size_t)pixels * sizeof(ck_tap));
  for (ptrdiff_t p = 0; p < pixels - 1; p++) {
    const ptrdiff_t lower = p < 2 ? 0 : (p - 2) / 4;
    taps[p] = (ck_tap){(int32_t)lower, (int32_t)(lower + 1 < sources ? lower + 1 : lower), (float)(p % 4) / 4};
  }
  taps[pixels - 1] = (ck_tap){(int32_t)sources - 1, 0, 0.5f};
  const float *source = fenced_numbers(sources * channels, 1);
  float *whole = fenced(pixels * channels), *parts = fenced(pixels * channels), *other = fenced(pixels * channels);
  subject(source, sources, taps, whole, pixels, channels);
  reference(source, sources, taps, other, pixels, channels);
  for (ptrdiff_t p = 0; p < pixels; p++) {
    subject(source, sources, taps + p, parts + p * channels, 1, channels);
    for (ptrdiff_t c = 0; c < channels; c++) {
      const ptrdiff_t i = p * channels + c;
      const double a = source[taps[p].lower * channels + c], b = source[taps[p].upper * channels + c];
      expect(near(whole[i], mixes ? a + (b - a) * taps[p].weight : a, mixes ? 2e-7 : 0, 0), "%s [%td][%td] = %g", name,
             p, c, whole[i]);
      expect(near(whole[i], other[i], mixes ? 4e-7 : 0, 0), "%s differs from baseline at [%td][%td]", name, p, c);
      expect(same(whole[i], parts[i]), "%s of pixel %td alone has other bits", name, p);
    }
  }
  settle(name);
}

void check_blend_pixels(const ck_kernels *subject, const ck_kernels *reference) {
  for (int i = 0; i < EDGES * 11; i++)
    check_pixels("blend_pixels", subject->blend_pixels, reference->blend_pixels, true, edge(subject, i / 11),
                 i % 11 + 1);
}

void check_pick_pixels(const ck_kernels *subject, const ck_kernels *reference) {
  for (int i = 0; i < EDGES * 11; i++)
    check_pixels("pick_pixels", subject->pick_pixels, reference->pick_pixels, false, edge(subject, i / 11),
                 i % 11 + 1);
}
