#pragma once
#include <hdf5.h>

#include "source_driver.h"

/* Swift cannot import macros that expand to mutable globals or casts; each function below gives one of them a value. */

static inline hid_t seg_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t seg_h5_c_string(void) { return H5T_C_S1; }
static inline hid_t seg_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t seg_h5_all(void) { return H5S_ALL; }
static inline size_t seg_h5_variable(void) { return H5T_VARIABLE; }

/* Stops the library from printing its error stack, and from reporting at exit what damaged files left open. */
static inline void seg_h5_silence(void) {
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* 1 for a hard link, 0 for any other, negative when there is none. */
static inline int seg_h5_is_hard_link(hid_t group, const char *name) {
#if H5_VERSION_GE(1, 12, 0)
  H5L_info1_t info;
  herr_t status = H5Lget_info1(group, name, &info, H5P_DEFAULT);
#else
  H5L_info_t info;
  herr_t status = H5Lget_info(group, name, &info, H5P_DEFAULT);
#endif
  return status < 0 ? -1 : info.type == H5L_TYPE_HARD;
}

/* Address and kind of an open object: 0 group, 1 dataset, 2 other, negative on failure. */
static inline int seg_h5_object(hid_t object, unsigned long long *address) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
#if H5_VERSION_GE(1, 10, 3)
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) return -1;
#else
  if (H5Oget_info(object, &info) < 0) return -1;
#endif
  *address = info.addr;
  return info.type == H5O_TYPE_GROUP ? 0 : info.type == H5O_TYPE_DATASET ? 1 : 2;
}
