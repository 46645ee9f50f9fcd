// Winograd's minimal filtering (Lavin and Gray 2016, arXiv 1509.09308): tiles of input pixels become values at points; at
// each point the tiles times the channels are a matrix to multiply; the products become output pixels. Both axes of an
// image are treated alike, by one of three schemes, named by the output pixels of a tile along an axis:
//
//   4  F(4, 3): 3 taps; 6 input pixels, 4 apart; the points 0, +-sqrt(1/2), +-sqrt(2) and infinity, whose powers stay
//      closer to 1 than those of 1 and 2
//   2  F(2, 3): 3 taps; 4 input pixels, 2 apart; the points 0, 1, -1 and infinity
//   8  transposed convolution of 3 taps with stride 2: even outputs have two taps, by F(4, 2) at the points 0, +-3/4, 3/2
//      and infinity, from 5 input pixels, 4 apart; odd outputs have one tap, whose points are the last 4 pixels
#define WINOGRAD_SPAN(m) ((m) == 8 ? 5 : (m) + 2)
#define WINOGRAD_STEP(m) ((m) == 8 ? 4 : (m))
#define WINOGRAD_POINTS(m) ((m) == 8 ? 9 : (m) + 2)
// Transformed weights along an axis: with stride 2 all odd points share one.
#define WINOGRAD_WEIGHTS(m) ((m) == 8 ? 6 : (m) + 2)

// The finite points of F(4, 3) beside 0: these and their negatives.
#define WINOGRAD_P 0.70710678118654752f
#define WINOGRAD_Q 1.41421356237309505f

/// Input pixels of a tile along an axis, transformed: t = B^T d.
INLINE void winograd_input_axis(const int m, const vec *d, const int stride, vec *t, const int step) {
  if (m == 4) {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride], d5 = d[5 * stride];
    const vec even = multiply_add(splat(-WINOGRAD_Q * WINOGRAD_Q), d2, d4);
    const vec odd = multiply_add(splat(-WINOGRAD_Q * WINOGRAD_Q), d1, d3);
    const vec far_even = multiply_add(splat(-WINOGRAD_P * WINOGRAD_P), d2, d4);
    const vec far_odd = multiply_add(splat(-WINOGRAD_P * WINOGRAD_P), d1, d3);
    t[0] = multiply_add(splat(-2.5f), d2, d0 + d4);
    t[step] = multiply_add(splat(WINOGRAD_P), odd, even);
    t[2 * step] = multiply_add(splat(-WINOGRAD_P), odd, even);
    t[3 * step] = multiply_add(splat(WINOGRAD_Q), far_odd, far_even);
    t[4 * step] = multiply_add(splat(-WINOGRAD_Q), far_odd, far_even);
    t[5 * step] = multiply_add(splat(-2.5f), d3, d1 + d5);
  } else if (m == 8) {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride];
    const vec near = splat(0.5625f), far = splat(1.5f);  // (3/4)^2 and 3/2
    const vec low = multiply_add(-near, d1, d3), high = multiply_add(-far, d2, d3);
    t[0] = multiply_add(-far, multiply_add(-near, d0, d2), low);
    t[step] = multiply_add(splat(0.75f), multiply_add(-far, d1, d2), high);
    t[2 * step] = multiply_add(splat(-0.75f), multiply_add(-far, d1, d2), high);
    t[3 * step] = low;
    t[4 * step] = multiply_add(-near, d2, d4) - far * low;
    t[5 * step] = d1;
    t[6 * step] = d2;
    t[7 * step] = d3;
    t[8 * step] = d4;
  } else {
    const vec d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride];
    t[0] = d0 - d2;
    t[step] = d1 + d2;
    t[2 * step] = d2 - d1;
    t[3 * step] = d1 - d3;
  }
}

/// Products of a tile along an axis, transformed back: y = A^T t.
INLINE void winograd_output_axis(const int m, const vec *t, const int stride, vec *y, const int step) {
  if (m == 4) {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride], t4 = t[4 * stride], t5 = t[5 * stride];
    const vec sum = t1 + t2, difference = t1 - t2, far_sum = t3 + t4, far_difference = t3 - t4;
    y[0] = t0 + sum + far_sum;
    y[step] = multiply_add(splat(WINOGRAD_Q), far_difference, splat(WINOGRAD_P) * difference);
    y[2 * step] = multiply_add(splat(2), far_sum, splat(0.5f) * sum);
    y[3 * step] =
        multiply_add(splat(2 * WINOGRAD_Q), far_difference, multiply_add(splat(0.5f * WINOGRAD_P), difference, t5));
  } else if (m == 8) {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride], t4 = t[4 * stride];
    const vec sum = t1 + t2, difference = t1 - t2;
    y[0] = t0 + sum + t3;
    y[2 * step] = multiply_add(splat(1.5f), t3, splat(0.75f) * difference);
    y[4 * step] = multiply_add(splat(2.25f), t3, splat(0.5625f) * sum);
    y[6 * step] = multiply_add(splat(3.375f), t3, multiply_add(splat(0.421875f), difference, t4));
    y[step] = t[5 * stride];
    y[3 * step] = t[6 * stride];
    y[5 * step] = t[7 * stride];
    y[7 * step] = t[8 * stride];
  } else {
    const vec t0 = t[0], t1 = t[stride], t2 = t[2 * stride], t3 = t[3 * stride];
    y[0] = t0 + t1 + t2;
    y[step] = t1 - t2 - t3;
  }
}

/// Kernel taps along an axis, transformed: u = G g.
INLINE void winograd_weight_axis(const int m, const vec *g, const int stride, vec *u, const int step) {
  const vec g0 = g[0], g1 = g[stride], g2 = g[2 * stride];
  if (m == 4) {
    const vec near = splat(-2.0f / 3), far = splat(1.0f / 6);
    const vec even = multiply_add(splat(0.5f), g2, g0) * near, odd = g1 * (near * WINOGRAD_P);
    const vec far_even = multiply_add(splat(2), g2, g0) * far, far_odd = g1 * (far * WINOGRAD_Q);
    u[0] = g0;
    u[step] = even + odd;
    u[2 * step] = even - odd;
    u[3 * step] = far_even + far_odd;
    u[4 * step] = far_even - far_odd;
    u[5 * step] = g2;
  } else if (m == 8) {
    // The even outputs' taps in the order of the input pixels, each over the product of its point's distances to the others.
    u[0] = g2 * splat(1 / 0.84375f);
    u[step] = multiply_add(splat(0.75f), g0, g2) * splat(1 / -0.84375f);
    u[2 * step] = multiply_add(splat(-0.75f), g0, g2) * splat(1 / -2.53125f);
    u[3 * step] = multiply_add(splat(1.5f), g0, g2) * splat(1 / 2.53125f);
    u[4 * step] = g0;
    u[5 * step] = g1;
  } else {
    const vec half = splat(0.5f), even = (g0 + g2) * half, odd = g1 * half;
    u[0] = g0;
    u[step] = even + odd;
    u[2 * step] = even - odd;
    u[3 * step] = g2;
  }
}
