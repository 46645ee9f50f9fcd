#include "bundled_model.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

const unsigned char bundled_model[] = {
#embed "../../Fixtures/demo/model.keras"
};
const size_t bundled_model_size = sizeof bundled_model;
