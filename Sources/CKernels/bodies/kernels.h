// The kernels of one instruction set. The including file defines CK_TABLE, LANES, FUSED and the tile sizes.
#include "../include/ckernels.h"

// Multiply-adds are fused where the code says so and nowhere else.
#pragma clang fp contract(off)

#include "vector.h"

#include "accumulate.h"
#include "convolve.h"
#include "winograd_axis.h"
#include "winograd_tiles.h"
#include "winograd_pixels.h"
#include "product.h"
#include "product_half.h"
#include "depthwise.h"
#include "elementwise.h"
#include "resample.h"
#include "filter.h"
#include "functions.h"
#include "activate.h"
#include "classes.h"
#include "normalize.h"
#include "sums.h"
#include "pixels.h"
#include "burst.h"

#define BINARY(NAME) {NAME##_add, NAME##_subtract, NAME##_multiply, NAME##_divide, NAME##_maximum, NAME##_minimum}

extern const ck_kernels CK_TABLE;
const ck_kernels CK_TABLE = {
    .lanes = LANES,
    .panel = {WIDE_VECTORS * LANES, NARROW_VECTORS * LANES},
    .tile = {WIDE_TILE, NARROW_TILE},
    .convolve = {convolve_wide, convolve_narrow},
    .winograd = {{4, 6, 4, 6, 6, winograd4_input, winograd4_input_half, winograd4_weights, winograd4_output,
                  winograd4_pooled},
                 {2, 4, 2, 4, 4, winograd2_input, winograd2_input_half, winograd2_weights, winograd2_output,
                  winograd2_pooled},
                 {8, 5, 4, 9, 6, winograd8_input, winograd8_input_half, winograd8_weights, winograd8_output,
                  NULL}},
    .product_panel = {PRODUCT_WIDE_VECTORS * LANES, PRODUCT_NARROW_VECTORS * LANES},
    .product_tile = {PRODUCT_WIDE_TILE, PRODUCT_NARROW_TILE},
    .product = {product_wide, product_narrow},
    .pack_halves = pack_halves,
    .depthwise = depthwise,
    .max_pool = max_pool,
    .average_pool = average_pool,
    .binary = BINARY(rows),
    .binary_scalar = BINARY(scalar),
    .add_clamped = add_clamped,
    .blend = blend,
    .blend_pixels = blend_pixels,
    .pick_pixels = pick_pixels,
    .filter_pixels = filter_pixels,
    .filter_rows = filter_rows,
    .activate = ACTIVATIONS,
    .softmax = softmax,
    .layer_norm = layer_norm,
    .sum_pixels = sum_pixels,
    .argmax = argmax,
    .classify = classify,
    .scale_u8 = scale_u8,
    .scale_u16 = scale_u16,
    .scale_f32 = scale_f32,
    .burst = burst,
};
