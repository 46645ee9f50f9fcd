// Vectorised elementary functions. Polynomials are fitted at Chebyshev nodes; each comment names the interval.

INLINE vec polynomial(vec x, const float *coefficients, const int degree) {
  vec y = splat(coefficients[degree]);
#pragma clang loop unroll(full)
  for (int i = degree - 1; i >= 0; i--) y = multiply_add(y, x, splat(coefficients[i]));
  return y;
}

/// x = n ln 2 + r with |r| <= ln(2) / 2; returns e^r - 1 and gives n. The argument must lie in -126 ln 2 ... 128 ln 2.
INLINE vec expm1_reduced(vec x, ivec *n) {
  // Adding 1.5 * 2^23 rounds to an integer, which is left in the low bits.
  const float magic = 0x1.8p23f;
  const vec shifted = multiply_add(x, splat(0x1.715476p0f), splat(magic));
  const vec whole = shifted - splat(magic);
  *n = (ivec)shifted - (ivec)splat(magic);
  vec r = multiply_add(whole, splat(-0.693359375f), x);
  r = multiply_add(whole, splat(2.12194440e-4f), r);
  // (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2.
  static const float c[] = {5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f,
                            8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f};
  return multiply_add(polynomial(r, c, 5), r * r, r);
}

/// 2^n for -126 <= n <= 127.
INLINE vec power_of_two(ivec n) { return (vec)((uvec)(n + 127) << 23); }

INLINE vec exponential(vec x) {
  const vec bounded = clamp(x, splat(-104.0f), splat(89.0f));
  ivec n;
  const vec y = expm1_reduced(bounded, &n) + 1;
  // In two steps, so that subnormal and overflowing results come out right.
  const ivec half = n >> 1;
  return y * power_of_two(half) * power_of_two(n - half);
}

/// e^x - 1 for x <= 0.
INLINE vec expm1_negative(vec x) {
  ivec n;
  const vec y = expm1_reduced(at_least(x, splat(-40.0f)), &n);
  const vec scale = power_of_two(n);
  return multiply_add(y, scale, scale - 1);
}

/// log(1 + e) for 0 <= e <= 1, as 2 artanh(e / (2 + e)).
INLINE vec log1p_unit(vec e) {
  const vec s = e / (e + 2), z = s * s;
  // (2 artanh(s) / s - 2) / s^2 in s^2 on 0 ... 1/9.
  static const float c[] = {0.66666667f, 0.40000011f, 0.28570289f, 0.22265117f, 0.17460561f, 0.20802455f};
  return multiply_add(s * z, polynomial(z, c, 5), s + s);
}

INLINE vec logarithm(vec x) {
  const ivec subnormal = x < 0x1p-126f;
  const vec scaled = choose(subnormal, x * 0x1p23f, x);
  // x = 2^n m with m in sqrt(1/2) ... sqrt(2).
  const ivec bits = (ivec)scaled - 0x3f3504f3;
  const ivec n = (bits >> 23) - (subnormal & 23);
  const vec m = (vec)((bits & 0x007fffff) + 0x3f3504f3);
  const vec s = (m - 1) / (m + 1), z = s * s;
  static const float c[] = {0.66666667f, 0.40000011f, 0.28570289f, 0.22265117f, 0.17460561f, 0.20802455f};
  const vec count = __builtin_convertvector(n, vec);
  vec y = multiply_add(s * z, polynomial(z, c, 5), s + s);
  y = multiply_add(count, splat(0.693359375f), multiply_add(count, splat(-2.12194440e-4f), y));
  y = choose(x == 0, splat(-__builtin_inff()), y);
  y = choose(x == __builtin_inff(), x, y);
  return choose((x < 0) | (x != x), splat(__builtin_nanf("")), y);
}

INLINE vec softplus(vec x) {
  return at_least(x, splat(0)) + log1p_unit(exponential(-magnitude(x)));
}

INLINE vec sigmoid(vec x) {
  const vec e = exponential(-magnitude(x));
  return choose(x < 0, e, splat(1)) / (e + 1);
}

/// 1 + e^-x for -87 <= x <= 87.
INLINE vec logistic_divisor(vec x) {
  // e^-x = 2^n e^-s with |s| <= ln(2) / 2, as in `expm1_reduced`.
  const float magic = 0x1.8p23f;
  const vec shifted = multiply_add(x, splat(-0x1.715476p0f), splat(magic));
  const vec whole = shifted - splat(magic);
  vec s = multiply_add(whole, splat(0.693359375f), x);
  s = multiply_add(whole, splat(-2.12194440e-4f), s);
  static const float c[] = {5.0000001201e-1f, -1.6666665459e-1f, 4.1665795894e-2f,
                            -8.3334519073e-3f, 1.3981999507e-3f, -1.9875691500e-4f};
  const vec y = multiply_add(polynomial(s, c, 5), s * s, splat(1) - s);
  // The low bits of `shifted` are n; added to the exponent they multiply by 2^n.
  return (vec)((uvec)y + ((uvec)shifted << 23)) + 1;
}

INLINE vec hyperbolic_tangent(vec x) {
  const vec e = expm1_negative(magnitude(x) * -2);
  return with_sign_of(-e / (e + 2), x);
}

/// erfc(t) for t >= 0, as e^(-t^2) times a polynomial in u = 1 / (1 + 0.4 t).
INLINE vec erfc_positive(vec t) {
  const vec bounded = at_most(t, splat(11.0f));
  const vec u = splat(1) / multiply_add(bounded, splat(0.4f), splat(1));
  static const float c[] = {-9.73985376e-06f, 2.25937662e-01f, 2.22583618e-01f,  2.28786632e-01f,
                            7.83551736e-02f,  3.97658199e-01f, -4.90447327e-01f, 7.71722585e-01f,
                            -6.54052189e-01f, 2.59839068e-01f, -4.03736813e-02f};
  return polynomial(u, c, 10) * exponential(-bounded * bounded);
}

INLINE vec error_function(vec x) {
  const vec t = magnitude(x);
  // erf(x) / x in x^2 on 0 ... 1.
  static const float c[] = {1.12837917f,    -0.376126269f,    0.112835975f,   -0.0268543288f,
                            0.00518931194f, -0.000801885499f, 7.88249712e-05f};
  const vec small = x * polynomial(x * x, c, 6);
  return choose(t < 1.0f, small, with_sign_of(splat(1) - erfc_positive(t), x));
}
