// Activations in place; each function gives one vector, ACTIVATION makes the kernel of it.

#define ACTIVATION(NAME, EXPRESSION)                                                                                   \
  INLINE vec NAME##_of(const vec x, const vec p0, const vec p1, const vec p2) {                                        \
    (void)p0, (void)p1, (void)p2;                                                                                      \
    return EXPRESSION;                                                                                                 \
  }                                                                                                                    \
  static void activate_##NAME(float *x, ptrdiff_t count, float p0, float p1, float p2) {                               \
    const vec a = splat(p0), b = splat(p1), c = splat(p2);                                                             \
    ptrdiff_t i = 0;                                                                                                   \
    for (; count - i >= LANES; i += LANES) store(x + i, NAME##_of(load(x + i), a, b, c));                              \
    if (i < count) store_first(x + i, NAME##_of(load_first(x + i, count - i), a, b, c), count - i);                    \
  }

INLINE vec square_root(vec x) { return __builtin_elementwise_sqrt(x); }
// Arguments far below zero are bounded where the result vanishes, so that minus infinity times nothing is nothing.
INLINE vec bounded_below(vec x) { return at_least(x, splat(-200.0f)); }

INLINE vec gelu_erf(vec x) {
  // Beyond 20 either tail is nothing.
  const vec tail = clamp(x, splat(-20.0f), splat(20.0f)) * 0.5f * erfc_positive(magnitude(x) * 0.70710678f);
  return choose(x < 0, tail, x - tail);
}

/// x * tanh(softplus(x)) without cancellation; beyond 20 it is x to the last bit.
INLINE vec mish_of_exponential(vec x) {
  const vec e = exponential(at_most(x, splat(20.0f))), n = e * (e + 2);
  return bounded_below(x) * (n / (n + 2));
}

INLINE vec gelu_tangent(vec x) {
  // 0.5 (1 + tanh(z)) = sigmoid(2 z).
  const vec z = x * multiply_add(x * x, splat(2 * 0.79788456f * 0.044715f), splat(2 * 0.79788456f));
  return bounded_below(x) * sigmoid(z);
}

/// Below -87 next to nothing is left, beyond 87 it is x.
INLINE vec swish(vec x) {
  const vec bounded = at_least(x, splat(-87));
  return bounded / logistic_divisor(at_most(bounded, splat(87)));
}

INLINE vec soft_sign(vec x) {
  const vec y = clamp(x, splat(-1e30f), splat(1e30f));
  return y / (magnitude(y) + 1);
}

INLINE vec square_plus(vec x, vec b) {
  // Of numbers beyond 1e15 the square root is the number itself, and their squares might overflow.
  const vec m = magnitude(x), root = square_root(multiply_add(m, m, b));
  const vec sum = m + choose(m > 1e15f, m, root);
  return choose(x < 0, b * 0.5f / sum, sum * 0.5f);
}

INLINE vec tangent_shrink(vec x) {
  const vec m = magnitude(x), z = m * m;
  // x - tanh(x) loses what the two have in common: near 0 by the series, else as m - 1 + 2 q / (1 + q) with q = e^(-2 m).
  static const float c[] = {0.33333333f, -0.13333333f, 0.053968254f, -0.021869489f, 0.0088632355f, -0.0035921280f};
  const vec small = m * z * polynomial(z, c, 5);
  const vec q = exponential(m * -2);
  return with_sign_of(choose(m < 0.5f, small, m - 1 + 2 * q / (q + 1)), x);
}

INLINE vec sparse_softplus(vec x) {
  const vec t = x + 1;
  return choose(x >= 1, x, choose(x <= -1, splat(0), t * t * 0.25f));
}

ACTIVATION(clamp, clamp(x, p0, p1))
ACTIVATION(leaky, choose(x < 0, x * p0, x))
ACTIVATION(elu, p1 * choose(x < 0, p0 * expm1_negative(at_most(x, splat(0))), x))
ACTIVATION(celu, choose(x < 0, p0 * expm1_negative(at_most(x / p0, splat(0))), x))
ACTIVATION(exp, exponential(x))
ACTIVATION(log, logarithm(x))
ACTIVATION(sqrt, square_root(x))
ACTIVATION(rsqrt, splat(1) / square_root(x))
ACTIVATION(reciprocal, splat(1) / x)
ACTIVATION(abs, magnitude(x))
ACTIVATION(neg, -x)
ACTIVATION(square, x * x)
ACTIVATION(sigmoid, sigmoid(x))
ACTIVATION(tanh, hyperbolic_tangent(x))
ACTIVATION(silu, swish(x))
ACTIVATION(softplus, softplus(x))
ACTIVATION(log_sigmoid, -softplus(-x))
ACTIVATION(softsign, soft_sign(x))
ACTIVATION(mish, mish_of_exponential(x))
ACTIVATION(erf, error_function(x))
ACTIVATION(gelu, gelu_erf(x))
ACTIVATION(gelu_tanh, gelu_tangent(x))
ACTIVATION(hard_sigmoid, clamp(multiply_add(x, p0, p1), splat(0), splat(1)))
ACTIVATION(hard_swish, x *clamp(x + 3, splat(0), splat(6)) * (1.0f / 6))
ACTIVATION(thresholded, choose((x > p0) | (x != x), x, splat(0)))
ACTIVATION(relu_general, choose(x > p2, at_most(x, p0), p1 *(x - p2)))
ACTIVATION(squareplus, square_plus(x, p0))
ACTIVATION(tanh_shrink, tangent_shrink(x))
ACTIVATION(soft_shrink, x - clamp(x, -p0, p0))
ACTIVATION(hard_shrink, choose((magnitude(x) > p0) | (x != x), x, splat(0)))
ACTIVATION(sparse_plus, sparse_softplus(x))

#undef ACTIVATION

#define ACTIVATIONS                                                                                                    \
  {                                                                                                                    \
      [CK_CLAMP] = activate_clamp,           [CK_LEAKY] = activate_leaky,                                              \
      [CK_ELU] = activate_elu,               [CK_CELU] = activate_celu,                                                \
      [CK_EXP] = activate_exp,               [CK_LOG] = activate_log,                                                  \
      [CK_SQRT] = activate_sqrt,             [CK_RSQRT] = activate_rsqrt,                                              \
      [CK_RECIPROCAL] = activate_reciprocal, [CK_ABS] = activate_abs,                                                  \
      [CK_NEG] = activate_neg,               [CK_SQUARE] = activate_square,                                            \
      [CK_SIGMOID] = activate_sigmoid,       [CK_TANH] = activate_tanh,                                                \
      [CK_SILU] = activate_silu,             [CK_SOFTPLUS] = activate_softplus,                                        \
      [CK_LOG_SIGMOID] = activate_log_sigmoid, [CK_SOFTSIGN] = activate_softsign,                                      \
      [CK_MISH] = activate_mish,             [CK_ERF] = activate_erf,                                                  \
      [CK_GELU] = activate_gelu,             [CK_GELU_TANH] = activate_gelu_tanh,                                      \
      [CK_HARD_SIGMOID] = activate_hard_sigmoid, [CK_HARD_SWISH] = activate_hard_swish,                                \
      [CK_THRESHOLDED] = activate_thresholded, [CK_RELU_GENERAL] = activate_relu_general,                              \
      [CK_SQUAREPLUS] = activate_squareplus, [CK_TANH_SHRINK] = activate_tanh_shrink,                                  \
      [CK_SOFT_SHRINK] = activate_soft_shrink, [CK_HARD_SHRINK] = activate_hard_shrink,                                \
      [CK_SPARSE_PLUS] = activate_sparse_plus,                                                                         \
  }
