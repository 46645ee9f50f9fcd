#pragma once
#include <stddef.h>

/// The demonstration model of Fixtures/demo, a Keras archive.
const unsigned char *bundledModelBytes(void);
extern const size_t bundled_model_size;

/// Its sidecar JSON.
const unsigned char *bundledMetadataBytes(void);
extern const size_t bundled_metadata_size;
