// The vocabulary of the kernel bodies: a vector of LANES floats and what GNU C cannot say in one operator.

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));
typedef uint32_t uvec __attribute__((vector_size(4 * LANES)));
typedef float unaligned_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec x) { *(unaligned_vec *)p = x; }
INLINE vec splat(float x) { return x - (vec){0}; }

/// The first `count` < LANES elements, zeros after them.
INLINE vec load_first(const float *p, ptrdiff_t count) {
  float lanes[LANES] = {0};
  for (ptrdiff_t i = 0; i < count; i++) lanes[i] = p[i];
  return load(lanes);
}

INLINE void store_first(float *p, vec x, ptrdiff_t count) {
  float lanes[LANES];
  store(lanes, x);
  for (ptrdiff_t i = 0; i < count; i++) p[i] = lanes[i];
}

/// a * b + c, rounded once where the instruction set has fused multiply-adds, else twice.
INLINE vec multiply_add(vec a, vec b, vec c) {
#if FUSED
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE float multiply_add_scalar(float a, float b, float c) {
#if FUSED
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

/// Per lane `a` where the mask is set, else `b`.
INLINE vec choose(ivec mask, vec a, vec b) { return (vec)(((ivec)a & mask) | ((ivec)b & ~mask)); }

/// A NaN in `x` stays, whichever way `bound` is.
INLINE vec at_least(vec x, vec bound) { return choose(x < bound, bound, x); }
INLINE vec at_most(vec x, vec bound) { return choose(x > bound, bound, x); }
INLINE vec clamp(vec x, vec low, vec high) { return at_most(at_least(x, low), high); }

/// The larger of two, NaN if either is.
INLINE vec larger(vec a, vec b) { return choose((a > b) | (a != a), a, b); }
INLINE vec smaller(vec a, vec b) { return choose((a < b) | (a != a), a, b); }

INLINE vec magnitude(vec x) { return (vec)((ivec)x & 0x7fffffff); }
INLINE vec with_sign_of(vec x, vec sign) {
  return (vec)(((ivec)x & 0x7fffffff) | ((ivec)sign & (int32_t)0x80000000));
}

typedef uint16_t halves __attribute__((vector_size(2 * LANES), aligned(2), may_alias));

/// bfloat16, rounded to nearest even, NaN kept.
INLINE halves round_half(vec x) {
  const uvec bits = (uvec)x;
  const uvec rounded = bits + 0x7fff + ((bits >> 16) & 1);
  return __builtin_convertvector((uvec)choose(x != x, (vec)(bits | 0x400000), (vec)rounded) >> 16, halves);
}

/// The first `count` elements as bfloat16.
INLINE void store_half(uint16_t *p, vec x, ptrdiff_t count) {
  const halves y = round_half(x);
  if (count >= LANES)
    *(halves *)p = y;
  else
    for (ptrdiff_t i = 0; i < count; i++) p[i] = y[i];
}
