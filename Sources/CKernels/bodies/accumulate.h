// The inner loop of every matrix product: one register tile of rows x vectors of output channels.

/// Rows that are reached from one pointer: with the stride as a scaled index of 0, 1 and 2.
enum { ROWS_TOGETHER = 3 };

/// sum[p * vectors + v] += x_p[i] * weights[i][v], where x_p is row p and `i` a constant.
INLINE void accumulate_step(const int tile, const int vectors, const int ahead, const int i, vec *sum,
                            const float *const *rows, ptrdiff_t stride, const float *weights) {
  vec w[4];  // no panel has more
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    const int at = (i * vectors + v) * LANES;
    w[v] = load(weights + at);
    // Once for a cache line of 16 floats.
    if (ahead && at % 16 == 0) __builtin_prefetch(weights + ahead * vectors * LANES + at, 0, 3);
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < tile; p++) {
    const vec value = splat(rows[p / ROWS_TOGETHER][p % ROWS_TOGETHER * stride + i]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[p * vectors + v] = multiply_add(value, w[v], sum[p * vectors + v]);
  }
}

/// sum[p * vectors + v] += sum over i < length of x[p * stride + i] * weights[i][v], in order; returns where the weights
/// end. `tile` and `vectors` are constants at every call, so that the sums become registers. Where `ahead` is not 0,
/// weights are asked for that many steps before their turn.
///
/// Four steps at a time, on few pointers: a core that another thread keeps busy issues hardly more instructions than the
/// multiply-adds and loads themselves.
INLINE const float *accumulate(const int tile, const int vectors, const int ahead, vec *sum, const float *x,
                               ptrdiff_t stride, ptrdiff_t length, const float *weights) {
  enum { DEEP = 4 };
  const float *rows[(NARROW_TILE > PRODUCT_NARROW_TILE ? NARROW_TILE : PRODUCT_NARROW_TILE) / ROWS_TOGETHER + 1];
  const int pointers = (tile + ROWS_TOGETHER - 1) / ROWS_TOGETHER;
#pragma clang loop unroll(full)
  for (int r = 0; r < pointers; r++) rows[r] = x + r * ROWS_TOGETHER * stride;

  // Pointers that are opaque to the optimiser stay pointers; it would add up the address of every row in every step.
#define ADVANCE(STEPS)                                                                                                 \
  weights += STEPS * vectors * LANES;                                                                                  \
  _Pragma("clang loop unroll(full)") for (int r = 0; r < pointers; r++) {                                              \
    rows[r] += STEPS;                                                                                                  \
    __asm__("" : "+r"(rows[r]));                                                                                       \
  }
  ptrdiff_t left = length;
#pragma clang loop unroll(disable)
  for (; left >= DEEP; left -= DEEP) {
#pragma clang loop unroll(full)
    for (int i = 0; i < DEEP; i++) accumulate_step(tile, vectors, ahead, i, sum, rows, stride, weights);
    ADVANCE(DEEP)
  }
#pragma clang loop unroll(disable)
  for (; left > 0; left--) {
    accumulate_step(tile, vectors, ahead, 0, sum, rows, stride, weights);
    ADVANCE(1)
  }
#undef ADVANCE
  return weights;
}
