#include "bundled_model.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char model[] = {
#embed "../../Fixtures/demo/model.keras"
};
static const unsigned char metadata[] = {
#embed "../../Fixtures/demo/model.json"
};

const size_t bundled_model_size = sizeof model;
const size_t bundled_metadata_size = sizeof metadata;
const unsigned char *bundledModelBytes(void) { return model; }
const unsigned char *bundledMetadataBytes(void) { return metadata; }
