// Raster samples to network input.

#define SCALE(NAME, TYPE)                                                                                              \
  static void NAME(const TYPE *source, ptrdiff_t source_stride, const float *scale, const float *offset,               \
                   float *output, ptrdiff_t pixels, ptrdiff_t channels) {                                              \
    for (ptrdiff_t p = 0; p < pixels; p++)                                                                             \
      for (ptrdiff_t c = 0; c < channels; c++)                                                                         \
        output[p * channels + c] = multiply_add_scalar((float)source[p * source_stride + c], scale[c], offset[c]);     \
  }

SCALE(scale_u8, uint8_t)
SCALE(scale_u16, uint16_t)
SCALE(scale_f32, float)

#undef SCALE
