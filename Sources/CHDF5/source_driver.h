#pragma once
#include <hdf5.h>
#include <stdlib.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

/*
 * A read-only file driver for libhdf5 over bytes that a function hands out. It opens nothing by itself: whatever name a
 * file gives, this driver answers with the bytes that it was set up with.
 */

/* Bytes to read: `read` fills a buffer with `count` bytes from `offset` on and returns 0, or anything else on failure. */
typedef struct {
  void *context;
  unsigned long long size;
  int (*read)(void *context, unsigned long long offset, size_t count, void *buffer);
} seg_h5_source;

typedef struct {
  H5FD_t base;
  seg_h5_source source;
  haddr_t end_of_allocation;
} seg_h5_source_file;

static H5FD_t *seg_h5_source_open(const char *name, unsigned flags, hid_t access, haddr_t limit) {
  (void)name;
  (void)limit;
  const seg_h5_source *source = (const seg_h5_source *)H5Pget_driver_info(access);
  if (source == NULL || (flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC | H5F_ACC_CREAT)) != 0) return NULL;
  seg_h5_source_file *file = (seg_h5_source_file *)calloc(1, sizeof *file);
  if (file == NULL) return NULL;
  file->source = *source;
  return &file->base;
}

static herr_t seg_h5_source_close(H5FD_t *file) {
  free(file);
  return 0;
}

static herr_t seg_h5_source_query(const H5FD_t *file, unsigned long *features) {
  (void)file;
  if (features != NULL) *features = 0;
  return 0;
}

static haddr_t seg_h5_source_get_eoa(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const seg_h5_source_file *)file)->end_of_allocation;
}

static herr_t seg_h5_source_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((seg_h5_source_file *)file)->end_of_allocation = address;
  return 0;
}

static haddr_t seg_h5_source_get_eof(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const seg_h5_source_file *)file)->source.size;
}

static herr_t seg_h5_source_read(
    H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer) {
  (void)type;
  (void)transfer;
  const seg_h5_source *source = &((const seg_h5_source_file *)file)->source;
  if (address > source->size || size > source->size - address) return -1;
  return source->read(source->context, address, size, buffer) == 0 ? 0 : -1;
}

static herr_t seg_h5_source_write(
    H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void *buffer) {
  (void)file;
  (void)type;
  (void)transfer;
  (void)address;
  (void)size;
  (void)buffer;
  return -1;
}

/* The identifier of the driver; once per process. Closing a file closes what is still open in it. */
static inline hid_t seg_h5_register_source_driver(void) {
  static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = H5_VFD_RESERVED + 1,
#endif
    .name = "seginfer",
    .maxaddr = (haddr_t)1 << 62,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(seg_h5_source),
    .open = seg_h5_source_open,
    .close = seg_h5_source_close,
    .query = seg_h5_source_query,
    .get_eoa = seg_h5_source_get_eoa,
    .set_eoa = seg_h5_source_set_eoa,
    .get_eof = seg_h5_source_get_eof,
    .read = seg_h5_source_read,
    .write = seg_h5_source_write,
    .fl_map = H5FD_FLMAP_SINGLE,
  };
  return H5FDregister(&driver);
}

/* Opens the bytes of a source as an HDF5 file; negative on failure. What `context` points to must outlive the file. */
static inline hid_t seg_h5_open_source(hid_t driver, seg_h5_source source) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return -1;
  hid_t file = H5Pset_driver(access, driver, &source) < 0 ? -1 : H5Fopen("image", H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}
