// A roofline probe: multiply-adds between registers, enough independent ones to hide their latency.

static int64_t burst(int64_t rounds) {
  vec sum[12];
  for (int i = 0; i < 12; i++) sum[i] = splat((float)i);
  vec factor = splat(0.999f), term = splat(0.001f);
  for (int64_t round = 0; round < rounds; round++) {
    // Opaque to the optimiser, so that no round can be hoisted or merged.
    __asm__ volatile("" : "+r"(rounds));
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++) sum[i] = multiply_add(sum[i], factor, term);
  }
  vec total = splat(0);
  for (int i = 0; i < 12; i++) total += sum[i];
  volatile float sink = total[0];
  (void)sink;
  return rounds * 12 * LANES * 2;
}
