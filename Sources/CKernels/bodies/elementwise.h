// Elementwise arithmetic on rows.

#define SUM(a, b) ((a) + (b))
#define DIFFERENCE(a, b) ((a) - (b))
#define PRODUCT(a, b) ((a) * (b))
#define QUOTIENT(a, b) ((a) / (b))

#define ROWS(NAME, OP)                                                                                                 \
  static void rows_##NAME(const float *a, const float *b, float *output, ptrdiff_t count) {                            \
    ptrdiff_t i = 0;                                                                                                   \
    for (; count - i >= LANES; i += LANES) store(output + i, OP(load(a + i), load(b + i)));                            \
    if (i < count)                                                                                                     \
      store_first(output + i, OP(load_first(a + i, count - i), load_first(b + i, count - i)), count - i);              \
  }                                                                                                                    \
  static void scalar_##NAME(const float *a, float b, int reversed, float *output, ptrdiff_t count) {                   \
    const vec other = splat(b);                                                                                        \
    ptrdiff_t i = 0;                                                                                                   \
    for (; count - i >= LANES; i += LANES) {                                                                           \
      const vec x = load(a + i);                                                                                       \
      store(output + i, reversed ? OP(other, x) : OP(x, other));                                                       \
    }                                                                                                                  \
    if (i < count) {                                                                                                   \
      const vec x = load_first(a + i, count - i);                                                                      \
      store_first(output + i, reversed ? OP(other, x) : OP(x, other), count - i);                                      \
    }                                                                                                                  \
  }

ROWS(add, SUM)
ROWS(subtract, DIFFERENCE)
ROWS(multiply, PRODUCT)
ROWS(divide, QUOTIENT)
ROWS(maximum, larger)
ROWS(minimum, smaller)

#undef SUM
#undef DIFFERENCE
#undef PRODUCT
#undef QUOTIENT
#undef ROWS

static void add_clamped(const float *a, const float *b, float low, float high, float *output, ptrdiff_t count) {
  const vec lowest = splat(low), highest = splat(high);
  ptrdiff_t i = 0;
  for (; count - i >= LANES; i += LANES) store(output + i, clamp(load(a + i) + load(b + i), lowest, highest));
  if (i < count) {
    const vec sum = load_first(a + i, count - i) + load_first(b + i, count - i);
    store_first(output + i, clamp(sum, lowest, highest), count - i);
  }
}

static void blend(const float *a, const float *b, float weight, float *output, ptrdiff_t count) {
  const vec w = splat(weight);
  ptrdiff_t i = 0;
  for (; count - i >= LANES; i += LANES) {
    const vec x = load(a + i);
    store(output + i, multiply_add(load(b + i) - x, w, x));
  }
  if (i < count) {
    const vec x = load_first(a + i, count - i);
    store_first(output + i, multiply_add(load_first(b + i, count - i) - x, w, x), count - i);
  }
}
