#include "cross.h"

#include <math.h>
#include <string.h>

void check_lanes(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  expect(subject->lanes >= 1 && (subject->lanes & (subject->lanes - 1)) == 0, "%d lanes", subject->lanes);
}

void check_panel(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  expect(subject->panel[0] > subject->panel[1], "panels of %d and %d", subject->panel[0], subject->panel[1]);
  for (int v = 0; v < 2; v++) expect(subject->panel[v] % subject->lanes == 0, "a panel of %d", subject->panel[v]);
}

void check_tile(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  for (int v = 0; v < 2; v++) expect(subject->tile[v] >= 1, "a tile of %d", subject->tile[v]);
}

// Two runs of different strides and the weights of one panel.
enum { RUNS = 2, TERMS = 8 };
static const ptrdiff_t lengths[RUNS] = {5, 3}, strides[RUNS] = {5, 7};

typedef struct {
  ck_run runs[RUNS];
  const float *weights, *bias;
  int panel;
} problem;

static problem make_problem(int panel, ptrdiff_t pixels) {
  problem made = {.panel = panel, .weights = fenced_numbers(TERMS * panel, 1), .bias = fenced_numbers(panel, 1)};
  for (int r = 0; r < RUNS; r++) {
    const ptrdiff_t count = pixels == 0 ? 0 : (pixels - 1) * strides[r] + lengths[r];
    made.runs[r] = (ck_run){fenced_numbers(count, 1), strides[r], lengths[r]};
  }
  return made;
}

static double defined(const problem *p, ptrdiff_t pixel, ptrdiff_t channel) {
  double sum = p->bias[channel];
  const float *weights = p->weights + channel;
  for (int r = 0; r < RUNS; r++)
    for (ptrdiff_t i = 0; i < lengths[r]; i++, weights += p->panel)
      sum += (double)p->runs[r].pixel0[pixel * strides[r] + i] * *weights;
  return fmin(fmax(sum, -0.5), 0.75);
}

/// The same by the narrow kernel of another table, panel by panel of its own width.
static void by_reference(const ck_kernels *reference, const problem *p, ptrdiff_t pixels, float *output) {
  const int width = reference->panel[1];
  for (int first = 0; first < p->panel; first += width) {
    float weights[TERMS * 64];
    for (int t = 0; t < TERMS; t++)
      memcpy(weights + t * width, p->weights + t * p->panel + first, (size_t)width * sizeof(float));
    reference->convolve[1](p->runs, RUNS, weights, p->bias + first, output + first, p->panel, pixels, width, -0.5f,
                           0.75f);
  }
}

static void check_case(const ck_kernels *subject, const ck_kernels *reference, int variant, ptrdiff_t pixels,
                       ptrdiff_t channels) {
  const int panel = subject->panel[variant];
  const problem p = make_problem(panel, pixels);
  const ptrdiff_t stride = channels + 2;
  float *whole = fenced(pixels * stride), *parts = fenced(pixels * stride), *other = fenced(pixels * panel);
  subject->convolve[variant](p.runs, RUNS, p.weights, p.bias, whole, stride, pixels, channels, -0.5f, 0.75f);
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
    ck_run runs[RUNS];
    for (int r = 0; r < RUNS; r++)
      runs[r] = (ck_run){p.runs[r].pixel0 + pixel * strides[r], strides[r], lengths[r]};
    subject->convolve[variant](runs, RUNS, p.weights, p.bias, parts + pixel * stride, stride, 1, channels, -0.5f,
                               0.75f);
  }
  by_reference(reference, &p, pixels, other);
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
    const float *row = whole + pixel * stride;
    for (ptrdiff_t n = 0; n < channels; n++) {
      const double expected = defined(&p, pixel, n);
      expect(near(row[n], expected, 1e-6, 1e-6), "convolve[%d] %td pixels, [%td][%td] = %g, defined as %g", variant,
             pixels, pixel, n, row[n], expected);
      expect(near(row[n], other[pixel * panel + n], 2e-6, 2e-6), "convolve[%d] [%td][%td] = %g, baseline %g", variant,
             pixel, n, row[n], other[pixel * panel + n]);
      expect(same(row[n], parts[pixel * stride + n]), "convolve[%d] [%td][%td] alone has other bits", variant, pixel,
             n);
    }
    expect(is_canary(row[channels]) && is_canary(row[channels + 1]), "convolve[%d] wrote channel %td", variant,
           channels);
  }
  settle("convolve");
}

void check_convolve(const ck_kernels *subject, const ck_kernels *reference) {
  for (int variant = 0; variant < 2; variant++) {
    const int tile = subject->tile[variant], panel = subject->panel[variant];
    const ptrdiff_t pixels[] = {0, 1, 2, 3, 7, tile - 1, tile, tile + 1, 2 * tile + 3};
    const ptrdiff_t channels[] = {0, 1, subject->lanes - 1, subject->lanes, panel - 1, panel};
    for (int i = 0; i < 9; i++)
      for (int j = 0; j < 6; j++) check_case(subject, reference, variant, pixels[i], channels[j]);

    problem p = make_problem(panel, 1);
    float *output = fenced(panel);
    ((float *)p.runs[0].pixel0)[2] = NAN;
    subject->convolve[variant](p.runs, RUNS, p.weights, p.bias, output, panel, 1, panel, 0, 6);
    for (int n = 0; n < panel; n++) expect(isnan(output[n]), "convolve[%d] clamped a NaN away", variant);
    settle("convolve");
  }
}
