#include "cross.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static long expectations, failures;

void expect(bool holds, const char *format, ...) {
  expectations++;
  if (holds) return;
  const long most = 20;
  if (failures++ >= most) return;
  va_list values;
  va_start(values, format);
  fputs("wrong: ", stdout);
  vprintf(format, values);
  puts("");
  va_end(values);
}

// Memory from `map` on: canaries, the bytes that were asked for, an unmapped page.
typedef struct {
  uint8_t *map, *first;
  size_t length;
} fence;

enum { CANARY = 0x7f, FENCES = 64, FRONT = 256 };
static fence fences[FENCES];
static int fence_count;

void *fenced_bytes(size_t size) {
  if (fence_count == FENCES) {
    fputs("error: more fenced memory than a case may have; settle earlier\n", stderr);
    exit(2);
  }
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  fence *new = &fences[fence_count++];
  const size_t readable = (FRONT + size + page - 1) / page * page;
  new->length = readable + page;
  new->map = mmap(NULL, new->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (new->map == MAP_FAILED || mprotect(new->map + readable, page, PROT_NONE) != 0) {
    fputs("error: no memory\n", stderr);
    exit(2);
  }
  memset(new->map, CANARY, readable);
  new->first = new->map + readable - size;
  return new->first;
}

void settle(const char *what) {
  for (; fence_count > 0; fence_count--) {
    const fence *old = &fences[fence_count - 1];
    size_t touched = 0;
    for (const uint8_t *byte = old->map; byte < old->first; byte++) touched += *byte != CANARY;
    expect(touched == 0, "%s wrote before its memory", what);
    munmap(old->map, old->length);
  }
}

float *fenced(ptrdiff_t count) { return fenced_bytes((size_t)count * sizeof(float)); }

float *fenced_numbers(ptrdiff_t count, float scale) {
  float *numbers = fenced(count);
  for (ptrdiff_t i = 0; i < count; i++) numbers[i] = scale * next_number();
  return numbers;
}

float *fenced_copy(const float *values, ptrdiff_t count) {
  float *copy = fenced(count);
  memcpy(copy, values, (size_t)count * sizeof(float));
  return copy;
}

bool is_canary(float x) {
  const uint32_t canary = CANARY * 0x01010101u;
  return memcmp(&x, &canary, sizeof x) == 0;
}

float next_number(void) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (float)(state >> 40) / (float)(1 << 23) - 1;
}

bool near(double a, double b, double absolute, double relative) {
  if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
  return a == b || fabs(a - b) <= fmax(absolute, relative * fabs(b));
}

bool same(float a, float b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

// Bytes of the table that no check names; alignment leaves gaps smaller than a pointer.
static void expect_complete(void) {
  size_t end = 0;
#define COVER(NAME)                                                                                                    \
  expect(offsetof(ck_kernels, NAME) - end < sizeof(void *), "the member before " #NAME " has no check");               \
  end = offsetof(ck_kernels, NAME) + sizeof((ck_kernels *)0)->NAME;
  CHECKS(COVER)
#undef COVER
  expect(sizeof(ck_kernels) - end < sizeof(void *), "the last member of the table has no check");
}

static const char *running = "";

static void fault(int signal) {
  (void)signal;
  const char what[] = "wrong: a fault beside the memory of ";
  if (write(STDOUT_FILENO, what, sizeof what - 1) < 0 || write(STDOUT_FILENO, running, strlen(running)) < 0 ||
      write(STDOUT_FILENO, "\n", 1) < 0)
    _exit(2);
  _exit(1);
}

int main(int count, char **arguments) {
  static const char *const names[] = {
      [CK_AVX512] = "avx512", [CK_AVX2] = "avx2", [CK_NEON] = "neon", [CK_BASELINE] = "baseline"};
  const ck_kernels *subject = NULL, *reference = ck_table(CK_BASELINE);
  for (int isa = 0; count == 2 && isa <= CK_BASELINE; isa++)
    if (strcmp(arguments[1], names[isa]) == 0) subject = ck_table(isa);
  if (subject == NULL) {
    fputs("usage: cross_kernels avx512 | avx2 | neon | baseline, whichever this processor has\n", stderr);
    return 2;
  }
  signal(SIGSEGV, fault);
  setvbuf(stdout, NULL, _IOLBF, 0);
  expect_complete();
#define RUN(NAME)                                                                                                      \
  const long NAME##_before = expectations, NAME##_failed = failures;                                                   \
  running = #NAME;                                                                                                     \
  check_##NAME(subject, reference);                                                                                    \
  settle(#NAME);                                                                                                       \
  printf("%-14s %7ld expectations, %ld wrong\n", #NAME, expectations - NAME##_before, failures - NAME##_failed);
  CHECKS(RUN)
#undef RUN
  printf("%s: %ld expectations, %ld wrong\n", arguments[1], expectations, failures);
  return failures > 0;
}
