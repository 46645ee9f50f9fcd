#include "ckernels.h"

extern const ck_kernels ck_avx512, ck_avx2, ck_neon, ck_baseline;

const ck_kernels *ck_table(int isa) {
  switch (isa) {
#if defined(__x86_64__)
  // __builtin_cpu_supports includes whether the operating system saves the registers.
  case CK_AVX512:
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("fma")
               ? &ck_avx512
               : NULL;
  case CK_AVX2:
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_avx2 : NULL;
#elif defined(__aarch64__)
  case CK_NEON: return &ck_neon;
#endif
  case CK_BASELINE: return &ck_baseline;
  default: return NULL;
  }
}
