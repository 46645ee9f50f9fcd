#define CK_TABLE ck_baseline
#define LANES 4
#define FUSED 0
#define WIDE_VECTORS 2
#define WIDE_TILE 4
#define NARROW_VECTORS 1
#define NARROW_TILE 8
#define PRODUCT_WIDE_VECTORS 2
#define PRODUCT_WIDE_TILE 4
#define PRODUCT_NARROW_VECTORS 1
#define PRODUCT_NARROW_TILE 8
#include "bodies/kernels.h"
