// Sums over all pixels, in double precision.

typedef double double_vec __attribute__((vector_size(8 * LANES)));

/// Channels whose sums stay in registers.
enum { SUMMED_CHANNELS = 16 };

static void sum_pixels(const float *x, ptrdiff_t stride, ptrdiff_t pixels, double *sums, ptrdiff_t channels) {
  if (channels != SUMMED_CHANNELS) {
    for (ptrdiff_t p = 0; p < pixels; p++)
      for (ptrdiff_t c = 0; c < channels; c++) sums[c] += (double)x[p * stride + c];
    return;
  }
  double_vec sum[SUMMED_CHANNELS / LANES];
  __builtin_memcpy(sum, sums, sizeof sum);
  for (ptrdiff_t p = 0; p < pixels; p++)
#pragma clang loop unroll(full)
    for (int v = 0; v < SUMMED_CHANNELS / LANES; v++)
      sum[v] += __builtin_convertvector(load(x + p * stride + v * LANES), double_vec);
  __builtin_memcpy(sums, sum, sizeof sum);
}
