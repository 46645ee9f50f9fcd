#if defined(__aarch64__)
#define CK_TABLE ck_neon
#define LANES 4
#define FUSED 1
#define WIDE_VECTORS 4
#define WIDE_TILE 6
#define NARROW_VECTORS 2
#define NARROW_TILE 12
#define PRODUCT_WIDE_VECTORS 4
#define PRODUCT_WIDE_TILE 6
#define PRODUCT_NARROW_VECTORS 2
#define PRODUCT_NARROW_TILE 12
#include "bodies/kernels.h"
#endif
