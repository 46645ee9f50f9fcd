// bfloat16 weights for the products of minimal filtering: pairs of input channels, as dot-product instructions take them.

/// pairs[2 * n] = even[n] and pairs[2 * n + 1] = odd[n], rounded to bfloat16.
static void pack_halves(const float *even, const float *odd, uint16_t *pairs, ptrdiff_t count) {
  for (ptrdiff_t n = 0; n < count; n += LANES) {
    const ptrdiff_t left = count - n < LANES ? count - n : LANES;
    const halves low = round_half(left == LANES ? load(even + n) : load_first(even + n, left));
    const halves high = round_half(left == LANES ? load(odd + n) : load_first(odd + n, left));
    for (ptrdiff_t i = 0; i < left; i++) {
      pairs[2 * (n + i)] = low[i];
      pairs[2 * (n + i) + 1] = high[i];
    }
  }
}
