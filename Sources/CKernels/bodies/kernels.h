// The kernels of one instruction set. The including file defines CK_TABLE, LANES, FUSED and the tile sizes.
#include "../include/ckernels.h"

// Multiply-adds are fused where the code says so and nowhere else.
#pragma clang fp contract(off)

#include "vector.h"

#include "convolve.h"
#include "depthwise.h"
#include "elementwise.h"
#include "resample.h"
#include "functions.h"
#include "activate.h"
#include "classes.h"
#include "pixels.h"
#include "burst.h"

#define BINARY(NAME) {NAME##_add, NAME##_subtract, NAME##_multiply, NAME##_divide, NAME##_maximum, NAME##_minimum}

extern const ck_kernels CK_TABLE;
const ck_kernels CK_TABLE = {
    .lanes = LANES,
    .panel = {WIDE_VECTORS * LANES, NARROW_VECTORS * LANES},
    .tile = {WIDE_TILE, NARROW_TILE},
    .convolve = {convolve_wide, convolve_narrow},
    .depthwise = depthwise,
    .max_pool = max_pool,
    .average_pool = average_pool,
    .binary = BINARY(rows),
    .binary_scalar = BINARY(scalar),
    .add_clamped = add_clamped,
    .blend = blend,
    .blend_pixels = blend_pixels,
    .pick_pixels = pick_pixels,
    .activate = ACTIVATIONS,
    .softmax = softmax,
    .argmax = argmax,
    .scale_u8 = scale_u8,
    .scale_u16 = scale_u16,
    .scale_f32 = scale_f32,
    .burst = burst,
};
