#pragma once
#include <hdf5.h>

// What Swift cannot import: macros that call functions, and names that differ between versions.

static inline hid_t hdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline unsigned hdf5_read_only(void) { return H5F_ACC_RDONLY; }
static inline hid_t hdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t hdf5_c_string(void) { return H5T_C_S1; }
static inline hid_t hdf5_all(void) { return H5S_ALL; }
static inline size_t hdf5_variable(void) { return H5T_VARIABLE; }

/// Where the header of an open object lies, counted from behind the user block; all ones on failure.
static inline uint64_t hdf5_address(hid_t object) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  return H5Oget_info1(object, &info) < 0 ? HADDR_UNDEF : info.addr;
}
