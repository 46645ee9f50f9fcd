#pragma once
#include <stddef.h>

/// The demonstration model of Fixtures/demo, a Keras archive.
extern const unsigned char bundled_model[];
extern const size_t bundled_model_size;
