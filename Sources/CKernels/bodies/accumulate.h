// The inner loop of every matrix product: one register tile of rows x vectors of output channels.

/// sum[p * vectors + v] += sum over i < length of x[p * stride + i] * weights[i][v], in order; returns where the weights
/// end. `tile` and `vectors` are constants at every call, so that the sums become registers. Where `ahead` is not 0,
/// weights are asked for that many steps before their turn.
INLINE const float *accumulate(const int tile, const int vectors, const int ahead, vec *sum, const float *x,
                               ptrdiff_t stride, ptrdiff_t length, const float *weights) {
  for (const float *end = x + length; x != end; x++, weights += vectors * LANES) {
    vec w[4];  // no panel has more
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      w[v] = load(weights + v * LANES);
      if (ahead) __builtin_prefetch(weights + (ahead * vectors + v) * LANES, 0, 3);
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < tile; p++) {
      const vec value = splat(x[p * stride]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[p * vectors + v] = multiply_add(value, w[v], sum[p * vectors + v]);
    }
  }
  return weights;
}
