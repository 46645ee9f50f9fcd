// Elementwise kernels.
#include "cross.h"

#include <math.h>
#include <string.h>

static float plain(int operation, float a, float b) {
  switch (operation) {
  case CK_ADD: return a + b;
  case CK_SUBTRACT: return a - b;
  case CK_MULTIPLY: return a * b;
  case CK_DIVIDE: return a / b;
  case CK_MAXIMUM: return a > b || isnan(a) ? a : b;
  default: return a < b || isnan(a) ? a : b;
  }
}

void check_binary(const ck_kernels *subject, const ck_kernels *reference) {
  for (int operation = 0; operation < CK_BINARY_COUNT; operation++) {
    for (int e = 0; e < EDGES; e++) {
      const ptrdiff_t count = edge(subject, e);
      float *a = fenced_numbers(count, 3), *b = fenced_numbers(count, 3), *output = fenced(count);
      float *other = fenced(count);
      if (count > 1) a[count - 1] = b[0] = NAN;
      subject->binary[operation](a, b, output, count);
      reference->binary[operation](a, b, other, count);
      for (ptrdiff_t i = 0; i < count; i++)
        expect(same(output[i], plain(operation, a[i], b[i])) && same(output[i], other[i]),
               "binary[%d] (%g, %g) = %g, at %td of %td", operation, a[i], b[i], output[i], i, count);
      subject->binary[operation](a, b, a, count);
      expect(count == 0 || memcmp(a, output, (size_t)count * sizeof(float)) == 0, "binary[%d] in place", operation);
      settle("binary");
    }
  }
}

void check_binary_scalar(const ck_kernels *subject, const ck_kernels *reference) {
  for (int operation = 0; operation < CK_BINARY_COUNT; operation++) {
    for (int e = 0; e < EDGES * 2; e++) {
      const ptrdiff_t count = edge(subject, e / 2);
      const int reversed = e % 2;
      float *a = fenced_numbers(count, 3), *output = fenced(count), *other = fenced(count);
      subject->binary_scalar[operation](a, 0.3f, reversed, output, count);
      reference->binary_scalar[operation](a, 0.3f, reversed, other, count);
      for (ptrdiff_t i = 0; i < count; i++) {
        const float expected = reversed ? plain(operation, 0.3f, a[i]) : plain(operation, a[i], 0.3f);
        expect(same(output[i], expected) && same(output[i], other[i]), "binary_scalar[%d] of %g, reversed %d: %g",
               operation, a[i], reversed, output[i]);
      }
      settle("binary_scalar");
    }
  }
}

void check_blend(const ck_kernels *subject, const ck_kernels *reference) {
  for (int e = 0; e < EDGES; e++) {
    const ptrdiff_t count = edge(subject, e);
    const float *a = fenced_numbers(count, 3), *b = fenced_numbers(count, 3);
    float *output = fenced(count), *other = fenced(count), *parts = fenced(count);
    subject->blend(a, b, 0.3f, output, count);
    reference->blend(a, b, 0.3f, other, count);
    for (ptrdiff_t i = 0; i < count; i++) {
      subject->blend(a + i, b + i, 0.3f, parts + i, 1);
      const double expected = a[i] + ((double)b[i] - a[i]) * 0.3f;
      expect(near(output[i], expected, 1e-6, 0) && near(output[i], other[i], 1e-6, 0), "blend of %g and %g: %g", a[i],
             b[i], output[i]);
      expect(same(output[i], parts[i]), "blend at %td of %td alone has other bits", i, count);
    }
    settle("blend");
  }
}

/// Arguments from tiny to saturating.
static ptrdiff_t fill_arguments(float *x) {
  const float special[] = {0,    1,     -1,  0.5f, -0.5f, 1e-30f,   -1e-30f,   88,
                           -88,  100,   -100, 1e4f, -1e4f, INFINITY, -INFINITY, NAN};
  const float scales[] = {1e-4f, 0.1f, 1, 4, 12, 40};
  ptrdiff_t count = 0;
  for (int i = 0; i < 16; i++) x[count++] = special[i];
  for (int s = 0; s < 6; s++)
    for (int i = 0; i < 40; i++) x[count++] = scales[s] * next_number();
  return count;
}

void check_activate(const ck_kernels *subject, const ck_kernels *reference) {
  const float p0 = 0.75f, p1 = 1.25f, p2 = -0.5f;
  for (int function = 0; function < CK_ACTIVATION_COUNT; function++) {
    float x[512];
    const ptrdiff_t count = fill_arguments(x);
    float *output = fenced_copy(x, count), *other = fenced_copy(x, count);
    subject->activate[function](output, count, p0, p1, p2);
    reference->activate[function](other, count, p0, p1, p2);
    for (ptrdiff_t i = 0; i < count; i++)
      // Either may be off by half of this.
      expect(near(output[i], other[i], fmax(2e-7, isinf(x[i]) ? 0 : 2e-7 * fabs(x[i])), 4e-7),
             "activate[%d] of %g: %.9g, baseline %.9g", function, x[i], output[i], other[i]);
    settle("activate");

    for (int e = 0; e < EDGES; e++) {
      const ptrdiff_t length = edge(subject, e);
      float *whole = fenced_copy(x + 8, length), *parts = fenced_copy(x + 8, length);
      subject->activate[function](whole, length, p0, p1, p2);
      for (ptrdiff_t i = 0; i < length; i++) {
        subject->activate[function](parts + i, 1, p0, p1, p2);
        expect(same(whole[i], parts[i]), "activate[%d] at %td of %td alone has other bits", function, i, length);
      }
      settle("activate");
    }
  }
}
