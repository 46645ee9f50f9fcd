#pragma once

#include <stddef.h>
#include <stdint.h>

// Compute kernels on rows of float32 pixels with interleaved channels, one table of functions per instruction set.
//
// Rules of every kernel:
//  - no allocation, no errors, no threads, no state; pointers need the alignment of their element only;
//  - nothing outside the named elements is read or written;
//  - each output element is computed by one sequence of operations, whatever its place in a vector or tile and however
//    many pixels there are, so a row may be cut anywhere without changing a bit;
//  - a NaN input gives NaN outputs where it takes part, through clamps and activations alike.
// All strides and lengths are in elements.

#pragma clang assume_nonnull begin

/// A stretch of input that each output pixel reads: `length` floats that start at `pixel0 + p * pixel_stride` for
/// pixel p.
typedef struct {
  const float *pixel0;
  ptrdiff_t pixel_stride;
  ptrdiff_t length;
} ck_run;

/// out[p][n] = clamp(bias[n] + sum over runs r and i < length_r of run_r[p][i] * weights[r][i][n], low, high)
/// for n < channels. `weights` is [sum of lengths][panel] and `bias` [panel], where `panel` is the width that the
/// function stands for; the sum is accumulated from `bias` in the order of the weights, each term by one
/// multiply-add, fused where the instruction set can.
typedef void (*ck_convolve)(const ck_run *runs, ptrdiff_t run_count, const float *weights, const float *bias,
                            float *output, ptrdiff_t output_stride, ptrdiff_t pixels, ptrdiff_t channels, float low,
                            float high);

/// out[p][c] = clamp(bias[c] + sum over taps t of taps[t].pixel0[p * pixel_stride + c] * weights[t][c], low, high);
/// `weights` is [taps][channels]; the `length` of the runs is ignored.
typedef void (*ck_depthwise)(const ck_run *taps, ptrdiff_t tap_count, const float *weights, const float *bias,
                             float *output, ptrdiff_t output_stride, ptrdiff_t pixels, ptrdiff_t channels, float low,
                             float high);

/// out[p][c] = the largest, or `scale` times the sum, of taps[t].pixel0[p * pixel_stride + c]; at least one tap.
/// The maximum ignores `scale`. The `length` of the runs is ignored.
typedef void (*ck_pool)(const ck_run *taps, ptrdiff_t tap_count, float scale, float *output, ptrdiff_t output_stride,
                        ptrdiff_t pixels, ptrdiff_t channels);

/// Winograd's minimal filtering of 3x3 kernels: tiles of `size` x `size` output pixels, each computed at `points` x
/// `points` points from `span` x `span` input pixels, `step` apart. With `size` 4 and 2, convolution with stride 1; with
/// `size` 8, transposed convolution with stride 2, whose output pixel (y, x) adds up kernel[y - 2i][x - 2j] * input(i, j)
/// and whose first input pixel is the one before the tile's own.
typedef struct {
  int size, span, step, points;
  /// Points of the weights along an axis; a point p of the input beyond them uses the last.
  int weight_points;
  /// points[i * points + j][t][c] for the tiles t of a row, whose `span` input rows start at rows[0 ...]; tile t reads
  /// `span` pixels from step * t on. From an even pixel to the next it is `odd_stride`, from an odd one `even_stride`:
  /// where one of them is 0, pixels are read twice, as after an upsampling.
  void (*input)(const float *_Nonnull const *_Nonnull rows, ptrdiff_t even_stride, ptrdiff_t odd_stride,
                ptrdiff_t channels, ptrdiff_t tiles, float *points, ptrdiff_t point_stride, ptrdiff_t tile_stride);
  /// The same as bfloat16.
  void (*input_half)(const float *_Nonnull const *_Nonnull rows, ptrdiff_t even_stride, ptrdiff_t odd_stride,
                     ptrdiff_t channels, ptrdiff_t tiles, uint16_t *points, ptrdiff_t point_stride,
                     ptrdiff_t tile_stride);
  /// weights[i * weight_points + j][n] of one input channel for n < panel, from kernel[tap][n] for n < count and zeros
  /// after them; `panel` is a multiple of the lanes.
  void (*weights)(const float *kernel, ptrdiff_t tap_stride, ptrdiff_t count, ptrdiff_t panel, float *weights,
                  ptrdiff_t point_stride);
  /// rows[i][x * pixel_stride + n] = clamp(result + bias[n], low, high) for i < height <= size, x < pixels, n <
  /// channels, from products[point][x / size][n]; products and bias are there up to the next multiple of the lanes.
  void (*output)(const float *products, ptrdiff_t point_stride, ptrdiff_t tile_stride, const float *bias,
                 float *_Nonnull const *_Nonnull rows, ptrdiff_t height, ptrdiff_t pixel_stride, ptrdiff_t pixels,
                 ptrdiff_t channels, float low, float high);
  /// The same, and pooled[i][x * pixel_stride + n], the largest of the pixels (2i, 2x) to (2i + 1, 2x + 1) that there
  /// are, for i < pooled_height and x < pooled_pixels; `rows` may be NULL where only these are wanted. NULL for `size` 8.
  void (*_Nullable pooled)(const float *products, ptrdiff_t point_stride, ptrdiff_t tile_stride, const float *bias,
                           float *_Nonnull const *_Nullable rows, float *_Nonnull const *_Nonnull pooled,
                           ptrdiff_t height, ptrdiff_t pooled_height, ptrdiff_t pixel_stride, ptrdiff_t pixels,
                           ptrdiff_t pooled_pixels, ptrdiff_t channels, float low, float high);
} ck_winograd;

/// products[t][n] = sum over k < depth of points[t * tile_stride + k] * weights[k][n], in order, for n < panel, the
/// width that the function stands for; products lie side by side.
typedef void (*ck_product)(const float *points, ptrdiff_t tile_stride, ptrdiff_t depth, const float *weights,
                           float *products, ptrdiff_t tiles);
/// The same of bfloat16, summed in float32: `depth` is even, and weights are [k / 2][n][k % 2].
typedef void (*ck_half_product)(const uint16_t *points, ptrdiff_t tile_stride, ptrdiff_t depth,
                                const uint16_t *weights, float *products, ptrdiff_t tiles);

enum { CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM, CK_MINIMUM, CK_BINARY_COUNT };

/// out[i] = a[i] op b[i]; `output` may be `a` or `b`.
typedef void (*ck_binary)(const float *a, const float *b, float *output, ptrdiff_t count);
/// out[i] = a[i] op b, or b op a[i] where `reversed` is not 0; `output` may be `a`.
typedef void (*ck_binary_scalar)(const float *a, float b, int reversed, float *output, ptrdiff_t count);

/// Two pixels of a row and how far from the lower to the upper one an output pixel lies.
typedef struct {
  int32_t lower, upper;
  float weight;
} ck_tap;

/// The pixels of a row that an output pixel mixes: `count` of them, at least 1, from `first` on.
typedef struct {
  int32_t first, count;
} ck_span;

/// Elementwise functions with up to three parameters.
enum {
  CK_CLAMP,              // min(max(x, p0), p1)
  CK_LEAKY,              // x < 0 ? p0 * x : x
  CK_ELU,                // p1 * (x < 0 ? p0 * (e^x - 1) : x)
  CK_CELU,               // x < 0 ? p0 * (e^(x / p0) - 1) : x
  CK_EXP, CK_LOG, CK_SQRT, CK_RSQRT, CK_RECIPROCAL, CK_ABS, CK_NEG, CK_SQUARE,
  CK_SIGMOID, CK_TANH, CK_SILU, CK_SOFTPLUS, CK_LOG_SIGMOID, CK_SOFTSIGN, CK_MISH,
  CK_ERF, CK_GELU, CK_GELU_TANH,
  CK_HARD_SIGMOID,       // clamp(p0 * x + p1, 0, 1)
  CK_HARD_SWISH,         // x * clamp(x + 3, 0, 6) / 6
  CK_THRESHOLDED,        // x > p0 ? x : 0
  CK_RELU_GENERAL,       // x > p2 ? min(x, p0) : p1 * (x - p2)
  CK_SQUAREPLUS,         // (x + sqrt(x^2 + p0)) / 2
  CK_TANH_SHRINK,        // x - tanh(x)
  CK_SOFT_SHRINK,        // x - min(max(x, -p0), p0)
  CK_HARD_SHRINK,        // |x| > p0 ? x : 0
  CK_SPARSE_PLUS,        // x <= -1 ? 0 : x >= 1 ? x : (x + 1)^2 / 4
  CK_ACTIVATION_COUNT
};

/// x[i] = f(x[i]).
typedef void (*ck_activate)(float *x, ptrdiff_t count, float p0, float p1, float p2);

typedef struct {
  /// Floats in a vector.
  int lanes;
  /// Output channels of a packed weight panel and pixels of a register tile: the wide variant, then the narrow one.
  int panel[2], tile[2];

  ck_convolve _Nonnull convolve[2];
  /// For tiles of 4, 2 and 8 output pixels a side.
  ck_winograd winograd[3];
  /// Output channels of a panel of transformed weights and tiles of a register tile: the wide variant, then the narrow
  /// one.
  int product_panel[2], product_tile[2];
  ck_product _Nonnull product[2];
  /// pairs[n][0] = even[n] and pairs[n][1] = odd[n] as bfloat16 for n < count.
  void (*pack_halves)(const float *even, const float *odd, uint16_t *pairs, ptrdiff_t count);
  ck_depthwise depthwise;
  ck_pool max_pool, average_pool;
  ck_binary _Nonnull binary[CK_BINARY_COUNT];
  ck_binary_scalar _Nonnull binary_scalar[CK_BINARY_COUNT];
  /// out[i] = clamp(a[i] + b[i], low, high); `output` may be `a` or `b`.
  void (*add_clamped)(const float *a, const float *b, float low, float high, float *output, ptrdiff_t count);
  /// out[i] = a[i] + (b[i] - a[i]) * weight; `output` may be `a` or `b`.
  void (*blend)(const float *a, const float *b, float weight, float *output, ptrdiff_t count);
  /// out[p][c] = a + (b - a) * taps[p].weight with a = source[taps[p].lower][c] and b = source[taps[p].upper][c];
  /// `source` has `source_pixels`, output pixels lie side by side.
  void (*blend_pixels)(const float *source, ptrdiff_t source_pixels, const ck_tap *taps, float *output,
                       ptrdiff_t pixels, ptrdiff_t channels);
  /// out[p][c] = source[taps[p].lower][c], laid out as for `blend_pixels`.
  void (*pick_pixels)(const float *source, ptrdiff_t source_pixels, const ck_tap *taps, float *output,
                      ptrdiff_t pixels, ptrdiff_t channels);
  /// out[p][c] = sum over t < spans[p].count of source[spans[p].first + t][c] * w[t], in order, each term after the first
  /// by one multiply-add; the weights w of the pixels lie behind one another. Laid out as for `blend_pixels`.
  void (*filter_pixels)(const float *source, ptrdiff_t source_pixels, const ck_span *spans, const float *weights,
                        float *output, ptrdiff_t pixels, ptrdiff_t channels);
  /// out[i] = sum over r < row_count of rows[r][i] * weights[r], as for `filter_pixels`; at least one row.
  void (*filter_rows)(const float *_Nonnull const *_Nonnull rows, const float *weights, ptrdiff_t row_count,
                      float *output, ptrdiff_t count);
  ck_activate _Nonnull activate[CK_ACTIVATION_COUNT];
  /// Softmax in place over each pixel's channels, with the largest subtracted first.
  void (*softmax)(float *x, ptrdiff_t pixels, ptrdiff_t channels);
  /// out[p][c] = (x[p][c] - mean) / sqrt(variance + epsilon) * scale[c] + shift[c], mean and variance over the channels
  /// of pixel p; where `centred` is 0, the mean counts as 0 and the variance is that about 0. `output` may be `x`.
  void (*layer_norm)(const float *x, const float *scale, const float *shift, float epsilon, int centred, float *output,
                     ptrdiff_t pixels, ptrdiff_t channels);
  /// sums[c] += x[p * stride + c] for c < channels over the pixels in order; fastest for 16 channels.
  void (*sum_pixels)(const float *x, ptrdiff_t stride, ptrdiff_t pixels, double *sums, ptrdiff_t channels);
  /// Index of each pixel's first largest channel; 1 to 256 channels.
  void (*argmax)(const float *x, ptrdiff_t pixels, ptrdiff_t channels, uint8_t *output);
  /// The same as numbers, plus `first`, but 0 where the largest is below `least`; of a single channel, 1 where it is above
  /// `least`, else 0. NaN for a pixel with a score that is not finite.
  void (*classify)(const float *x, ptrdiff_t pixels, ptrdiff_t channels, float least, ptrdiff_t first, float *output);
  /// out[p * channels + c] = source[p * source_stride + c] * scale[c] + offset[c].
  void (*scale_u8)(const uint8_t *source, ptrdiff_t source_stride, const float *scale, const float *offset,
                   float *output, ptrdiff_t pixels, ptrdiff_t channels);
  void (*scale_u16)(const uint16_t *source, ptrdiff_t source_stride, const float *scale, const float *offset,
                    float *output, ptrdiff_t pixels, ptrdiff_t channels);
  void (*scale_f32)(const float *source, ptrdiff_t source_stride, const float *scale, const float *offset,
                    float *output, ptrdiff_t pixels, ptrdiff_t channels);
  /// Runs `rounds` rounds of independent multiply-adds in registers and returns the number of floating-point operations
  /// done.
  int64_t (*burst)(int64_t rounds);
} ck_kernels;

enum { CK_AVX512, CK_AVX2, CK_NEON, CK_BASELINE };

/// The kernels for an instruction set, or NULL where this processor or its operating system cannot run them.
const ck_kernels *_Nullable ck_table(int isa);

/// The products of bfloat16 for a panel variant, or NULL where these kernels or this processor have none.
ck_half_product _Nullable ck_half_product_of(const ck_kernels *kernels, int variant);

// The members that are arrays, indexed; Swift sees C arrays as tuples.

static inline int ck_panel(const ck_kernels *kernels, int variant) { return kernels->panel[variant]; }
static inline int ck_tile(const ck_kernels *kernels, int variant) { return kernels->tile[variant]; }
static inline ck_convolve ck_convolve_of(const ck_kernels *kernels, int variant) { return kernels->convolve[variant]; }
static inline const ck_winograd *ck_winograd_of(const ck_kernels *kernels, int variant) {
  return &kernels->winograd[variant];
}
static inline int ck_product_panel(const ck_kernels *kernels, int variant) { return kernels->product_panel[variant]; }
static inline int ck_product_tile(const ck_kernels *kernels, int variant) { return kernels->product_tile[variant]; }
static inline ck_product ck_product_of(const ck_kernels *kernels, int variant) { return kernels->product[variant]; }
static inline ck_binary ck_binary_of(const ck_kernels *kernels, int operation) { return kernels->binary[operation]; }
static inline ck_binary_scalar ck_binary_scalar_of(const ck_kernels *kernels, int operation) {
  return kernels->binary_scalar[operation];
}
static inline ck_activate ck_activate_of(const ck_kernels *kernels, int function) {
  return kernels->activate[function];
}

#pragma clang assume_nonnull end
