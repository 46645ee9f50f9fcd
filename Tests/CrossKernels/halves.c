#include "cross.h"

#include <math.h>
#include <string.h>

static float widened(uint16_t half) {
  const uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

/// Half a unit in the last of 8 bits, at most.
static bool rounds(float value, uint16_t half) {
  if (isnan(value)) return isnan(widened(half));
  return near(widened(half), value, 1e-40, 1.0 / 256);
}

void check_product_panel(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  for (int v = 0; v < 2; v++)
    expect(subject->product_panel[v] % subject->lanes == 0, "a panel of %d", subject->product_panel[v]);
  expect(subject->product_panel[0] > subject->product_panel[1], "panels of %d and %d", subject->product_panel[0],
         subject->product_panel[1]);
}

void check_product_tile(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  for (int v = 0; v < 2; v++) expect(subject->product_tile[v] >= 1, "a tile of %d", subject->product_tile[v]);
}

void check_pack_halves(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < EDGES; e++) {
    const ptrdiff_t count = edge(subject, e);
    float *even = fenced_numbers(count, 3), *odd = fenced_numbers(count, 1e-3f);
    if (count > 2) {
      const uint32_t all_ones = 0x7fffffff;
      memcpy(even, &all_ones, 4);
      even[1] = 1 + 1.0f / 256;  // half way: to even
      odd[0] = -INFINITY;
    }
    uint16_t *pairs = fenced_bytes(4 * (size_t)count), *theirs = fenced_bytes(4 * (size_t)count);
    subject->pack_halves(even, odd, pairs, count);
    reference->pack_halves(even, odd, theirs, count);
    for (ptrdiff_t n = 0; n < count; n++) {
      expect(rounds(even[n], pairs[2 * n]) && rounds(odd[n], pairs[2 * n + 1]), "pack_halves of %g and %g", even[n],
             odd[n]);
      expect(pairs[2 * n] == theirs[2 * n] && pairs[2 * n + 1] == theirs[2 * n + 1], "pack_halves differs from baseline");
    }
    if (count > 2) expect(widened(pairs[2]) == 1, "half way became %g", widened(pairs[2]));

    // The transform to bfloat16 is the one to float32, rounded.
    for (int scheme = 0; scheme < 3; scheme++) {
      const ck_winograd *s = &subject->winograd[scheme];
      const float *rows[6];
      for (int i = 0; i < s->span; i++) rows[i] = fenced_numbers((s->step + s->span) * count, 1);
      const ptrdiff_t stride = 2 * count + 3, points = s->points * s->points;
      float *exact = fenced(points * stride);
      uint16_t *halves = fenced_bytes(2 * (size_t)(points * stride));
      s->input(rows, count, count, count, 2, exact, stride, count);
      s->input_half(rows, count, count, count, 2, halves, stride, count);
      for (ptrdiff_t point = 0; point < points; point++)
        for (ptrdiff_t i = 0; i < 2 * count; i++)
          expect(rounds(exact[point * stride + i], halves[point * stride + i]), "winograd %d: bfloat16 of %g", s->size,
                 exact[point * stride + i]);
    }
    settle("pack_halves");
  }
}
