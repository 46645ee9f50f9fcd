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

#if H5_VERSION_GE(1, 12, 0)
typedef H5L_info1_t seg_h5_link_info;
#define SEG_H5_ITERATE H5Literate1
#else
typedef H5L_info_t seg_h5_link_info;
#define SEG_H5_ITERATE H5Literate
#endif

/* What a visitor of links is told: the name, and whether the link is a hard one. Anything but 0 ends the visit. */
typedef struct {
  void *context;
  int (*visit)(void *context, const char *name, int is_hard);
} seg_h5_link_visitor;

static herr_t seg_h5_visit_link(hid_t group, const char *name, const seg_h5_link_info *info, void *visitor) {
  (void)group;
  const seg_h5_link_visitor *v = (const seg_h5_link_visitor *)visitor;
  return v->visit(v->context, name, info->type == H5L_TYPE_HARD);
}

/* Visits the links of a group by name; negative on failure. */
static inline int seg_h5_visit_links(hid_t group, seg_h5_link_visitor visitor) {
  return SEG_H5_ITERATE(group, H5_INDEX_NAME, H5_ITER_INC, NULL, seg_h5_visit_link, &visitor);
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
