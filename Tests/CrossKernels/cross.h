// Holds the kernels of one instruction set against the baseline's and against plain loops; for processors that the
// tests in Swift cannot run on, in emulation: see tools/check_neon.
#pragma once

#include "ckernels.h"

#include <stdbool.h>

/// Every member of `ck_kernels`, in its order. Another kernel is a name here and a function `check_<name>`.
#define CHECKS(X)                                                                                                      \
  X(lanes) X(panel) X(tile)                                                                                            \
  X(convolve) X(winograd) X(product_panel) X(product_tile) X(product) X(pack_halves)                                   \
  X(depthwise) X(max_pool) X(average_pool)                                                                             \
  X(binary) X(binary_scalar) X(add_clamped) X(blend) X(blend_pixels) X(pick_pixels)                                    \
  X(filter_pixels) X(filter_rows) X(activate)                                                                          \
  X(softmax) X(layer_norm) X(sum_pixels) X(argmax) X(classify) X(scale_u8) X(scale_u16) X(scale_f32) X(burst)

#define DECLARE(NAME) void check_##NAME(const ck_kernels *subject, const ck_kernels *reference);
CHECKS(DECLARE)
#undef DECLARE

/// Counts an expectation, and prints it where it does not hold.
void expect(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// `size` bytes between canaries and an unmapped page, themselves full of canaries; freed by `settle`.
void *fenced_bytes(size_t size);
/// The same for floats, whose canary is a NaN.
float *fenced(ptrdiff_t count);
/// Fenced floats, uniform in -scale ..< scale.
float *fenced_numbers(ptrdiff_t count, float scale);
/// A fenced copy.
float *fenced_copy(const float *values, ptrdiff_t count);
bool is_canary(float x);
/// Expects the canaries before all fenced memory to be there still, and frees it.
void settle(const char *what);

/// The next of a reproducible sequence in -1 ..< 1.
float next_number(void);

/// |a - b| is at most the larger of `absolute` and `relative` * |b|; or both are NaN, or the same infinity.
bool near(double a, double b, double absolute, double relative);
/// Equal to the bit, or both NaN.
bool same(float a, float b);

enum { EDGES = 6 };
/// Counts around the edges of a vector.
static inline ptrdiff_t edge(const ck_kernels *kernels, int index) {
  const ptrdiff_t lanes = kernels->lanes, counts[EDGES] = {0, 1, lanes - 1, lanes, lanes + 1, 4 * lanes + 3};
  return counts[index];
}
