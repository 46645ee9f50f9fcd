#include "cross.h"

#include <math.h>

void check_product(const ck_kernels *subject, const ck_kernels *reference) {
  (void)reference;
  for (int variant = 0; variant < 2; variant++) {
    const int tile = subject->product_tile[variant], panel = subject->product_panel[variant];
    const ptrdiff_t counts[] = {0, 1, 2, 3, 7, tile - 1, tile, tile + 1, 2 * tile + 3}, depth = 5, stride = 6;
    for (int e = 0; e < 9; e++) {
      const ptrdiff_t tiles = counts[e];
      const float *points = fenced_numbers(tiles == 0 ? 0 : (tiles - 1) * stride + depth, 1);
      const float *weights = fenced_numbers(depth * panel, 1);
      float *whole = fenced(tiles * panel), *parts = fenced(tiles * panel);
      subject->product[variant](points, stride, depth, weights, whole, tiles);
      for (ptrdiff_t t = 0; t < tiles; t++) {
        subject->product[variant](points + t * stride, stride, depth, weights, parts + t * panel, 1);
        for (int n = 0; n < panel; n++) {
          double sum = 0;
          for (ptrdiff_t k = 0; k < depth; k++) sum += (double)points[t * stride + k] * weights[k * panel + n];
          const float y = whole[t * panel + n];
          expect(near(y, sum, 1e-6, 1e-6), "product[%d] [%td][%d] = %g, defined as %g", variant, t, n, y,
                 sum);
          expect(same(y, parts[t * panel + n]), "product[%d] of tile %td alone has other bits", variant, t);
        }
      }
      settle("product");
    }
  }
}

// A row of tiles from `depth` to `channels` channels, with a gap after each pixel.
typedef struct {
  const ck_winograd *scheme;
  ptrdiff_t depth, channels, tiles, panel;
  const float *rows[8], *kernel, *bias;
} problem;

static ptrdiff_t width_of(const problem *p) { return p->scheme->step * (p->tiles - 1) + p->scheme->span; }
static double pixel(const problem *p, ptrdiff_t y, ptrdiff_t x, ptrdiff_t k) {
  return p->rows[y][x * (p->depth + 1) + k];
}
static double tap(const problem *p, ptrdiff_t y, ptrdiff_t x, ptrdiff_t k, ptrdiff_t n) {
  return p->kernel[(k * 9 + y * 3 + x) * p->channels + n];
}

static problem make_problem(const ck_winograd *scheme, ptrdiff_t depth, ptrdiff_t channels, ptrdiff_t tiles,
                            ptrdiff_t panel) {
  problem p = {scheme, depth, channels, tiles, panel, {0}, NULL, NULL};
  for (int i = 0; i < scheme->span; i++) p.rows[i] = fenced_numbers((width_of(&p) - 1) * (depth + 1) + depth, 1);
  p.kernel = fenced_numbers(depth * 9 * channels, 1);
  p.bias = fenced_numbers(panel, 1);
  return p;
}

/// Output pixel (y, x) of the row of tiles.
static double defined(const problem *p, ptrdiff_t y, ptrdiff_t x, ptrdiff_t n) {
  double sum = p->bias[n];
  for (ptrdiff_t k = 0; k < p->depth; k++) {
    if (p->scheme->size == 8) {
      // The first pixel is the one before the tile's own.
      for (ptrdiff_t i = y / 2 - 1; i <= y / 2; i++)
        for (ptrdiff_t j = x / 2 - 1; j <= x / 2; j++)
          if (y - 2 * i <= 2 && x - 2 * j <= 2) sum += pixel(p, i + 1, j + 1, k) * tap(p, y - 2 * i, x - 2 * j, k, n);
    } else {
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) sum += pixel(p, y + i, x + j, k) * tap(p, i, j, k, n);
    }
  }
  return fmin(fmax(sum, -4), 6);
}

// Memory that all three stages write.
typedef struct {
  ptrdiff_t point_stride, product_stride;
  float *points, *weights, *products, *output;
} stages;

static stages make_stages(const problem *p) {
  const ck_winograd *s = p->scheme;
  const ptrdiff_t points = s->points * s->points, weights = s->weight_points * s->weight_points;
  stages m = {p->tiles * p->depth + 3, p->tiles * p->panel, NULL, NULL, NULL, NULL};
  m.points = fenced((points - 1) * m.point_stride + p->tiles * p->depth);
  m.weights = fenced(weights * p->depth * p->panel);
  m.products = fenced(points * m.product_stride);
  m.output = fenced(s->size * p->tiles * s->size * (p->channels + 1));
  return m;
}

static void transform(const ck_winograd *s, const problem *p, const stages *m, ptrdiff_t first, ptrdiff_t tiles) {
  const float *rows[8];
  for (int i = 0; i < s->span; i++) rows[i] = p->rows[i] + first * s->step * (p->depth + 1);
  s->input(rows, p->depth + 1, p->depth + 1, p->depth, tiles, m->points + first * p->depth, m->point_stride, p->depth);
}

static void transform_weights(const ck_winograd *s, const problem *p, float *weights) {
  for (ptrdiff_t k = 0; k < p->depth; k++)
    s->weights(p->kernel + k * 9 * p->channels, p->channels, p->channels, p->panel, weights + k * p->panel,
               p->depth * p->panel);
}

static void transform_back(const ck_winograd *s, const problem *p, const stages *m, float *output, ptrdiff_t first,
                           ptrdiff_t height, ptrdiff_t pixels) {
  const ptrdiff_t stride = p->channels + 1;
  float *rows[8];
  for (int i = 0; i < s->size; i++) rows[i] = output + (i * p->tiles + first) * s->size * stride;
  s->output(m->products + first * p->panel, m->product_stride, p->panel, p->bias, rows, height, stride, pixels,
            p->channels, -4, 6);
}

static void multiply(ck_product kernel, const problem *p, const stages *m) {
  const int n = p->scheme->points, last = p->scheme->weight_points - 1;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const int weight = (i < last ? i : last) * (last + 1) + (j < last ? j : last);
      kernel(m->points + (i * n + j) * m->point_stride, p->depth, p->depth, m->weights + weight * p->depth * p->panel,
             m->products + (i * n + j) * m->product_stride, p->tiles);
    }
}

/// The stages that have a counterpart of the same layout in the other table.
static void compare_stages(const ck_winograd *other, const problem *p, const stages *m, float *output) {
  const ck_winograd *s = p->scheme;
  const stages theirs = make_stages(p);
  transform(other, p, &theirs, 0, p->tiles);
  transform_weights(other, p, theirs.weights);
  transform_back(other, p, m, theirs.output, 0, s->size, p->tiles * s->size);
  for (int point = 0; point < s->points * s->points; point++)
    for (ptrdiff_t i = 0; i < p->tiles * p->depth; i++) {
      const ptrdiff_t at = point * m->point_stride + i;
      expect(near(m->points[at], theirs.points[at], 1e-5, 1e-5), "winograd %d: input differs from baseline", s->size);
    }
  for (ptrdiff_t i = 0; i < s->weight_points * s->weight_points * p->depth * p->panel; i++)
    expect(near(m->weights[i], theirs.weights[i], 1e-6, 1e-6), "winograd %d: weights differ from baseline", s->size);
  for (ptrdiff_t i = 0; i < s->size * p->tiles * s->size * (p->channels + 1); i++)
    expect(near(output[i], theirs.output[i], 1e-5 * sqrt((double)p->depth), 1e-5),
           "winograd %d: output differs from baseline", s->size);
}

static void check_case(const ck_kernels *subject, const ck_kernels *reference, int scheme, ptrdiff_t depth,
                       ptrdiff_t tiles, ptrdiff_t channels) {
  const int narrow = channels <= subject->product_panel[1];
  const ck_winograd *s = &subject->winograd[scheme];
  const problem p = make_problem(s, depth, channels, tiles, subject->product_panel[narrow]);
  const stages m = make_stages(&p), alone = make_stages(&p);
  transform(s, &p, &m, 0, tiles);
  transform_weights(s, &p, m.weights);
  multiply(subject->product[narrow], &p, &m);
  transform_back(s, &p, &m, m.output, 0, s->size, tiles * s->size);
  compare_stages(&reference->winograd[scheme], &p, &m, m.output);

  // Tile by tile, the last one without its last row and column.
  for (ptrdiff_t t = 0; t < tiles; t++) {
    const int less = t == tiles - 1;
    transform(s, &p, &alone, t, 1);
    transform_back(s, &p, &m, alone.output, t, s->size - less, s->size - less);
  }
  for (int point = 0; point < s->points * s->points; point++)
    for (ptrdiff_t i = 0; i < tiles * depth; i++) {
      const ptrdiff_t at = point * m.point_stride + i;
      expect(same(m.points[at], alone.points[at]), "winograd %d: a tile's points alone have other bits", s->size);
    }
  const ptrdiff_t width = tiles * s->size;
  for (ptrdiff_t y = 0; y < s->size; y++)
    for (ptrdiff_t x = 0; x < width; x++) {
      const float *at = m.output + (y * width + x) * (channels + 1);
      const float *part = alone.output + (y * width + x) * (channels + 1);
      const bool left_out = x / s->size == tiles - 1 && (y == s->size - 1 || x == width - 1);
      for (ptrdiff_t n = 0; n < channels; n++) {
        const double expected = defined(&p, y, x, n);
        expect(near(at[n], expected, 1e-5 * sqrt((double)depth), 1e-4),
               "winograd %d from %td to %td channels: (%td, %td)[%td] = %g, defined as %g", s->size, depth, channels, y,
               x, n, at[n], expected);
        expect(left_out ? is_canary(part[n]) : same(at[n], part[n]), "winograd %d: (%td, %td) of a part", s->size, y,
               x);
      }
      expect(is_canary(at[channels]), "winograd %d wrote channel %td", s->size, channels);
    }
  settle("winograd");
}

/// The largest of every 2x2 pixels, in an image whose last row and column may stand alone or be left out.
static void check_pooled(const ck_kernels *subject, int scheme, ptrdiff_t tiles, ptrdiff_t channels) {
  const ck_winograd *s = &subject->winograd[scheme];
  const problem p = make_problem(s, 3, channels, tiles, subject->product_panel[channels <= subject->product_panel[1]]);
  const stages m = make_stages(&p);
  transform(s, &p, &m, 0, tiles);
  transform_weights(s, &p, m.weights);
  multiply(subject->product[channels <= subject->product_panel[1]], &p, &m);
  const ptrdiff_t stride = channels + 1;
  for (ptrdiff_t height = s->size - 1; height <= s->size; height++)
    for (ptrdiff_t width = tiles * s->size - 1; width <= tiles * s->size; width++)
      for (int kept = 0; kept < 2; kept++)
        for (int partial = 0; partial < 2; partial++) {
          const ptrdiff_t tall = (height + partial) / 2, wide = (width + partial) / 2;
          float *whole = fenced(s->size * width * stride), *pixels = fenced(s->size * width * stride);
          float *largest = fenced(s->size / 2 * (wide + 1) * stride), *rows[8], *again[8], *pooled[4];
          for (int i = 0; i < s->size; i++) rows[i] = whole + i * width * stride, again[i] = pixels + i * width * stride;
          for (int i = 0; i < s->size / 2; i++) pooled[i] = largest + i * (wide + 1) * stride;
          s->output(m.products, m.product_stride, p.panel, p.bias, rows, height, stride, width, channels, -4, 6);
          s->pooled(m.products, m.product_stride, p.panel, p.bias, kept ? again : NULL, pooled, height, tall, stride,
                    width, wide, channels, -4, 6);
          for (ptrdiff_t i = 0; i < s->size * width * stride; i++)
            expect(kept ? same(pixels[i], whole[i]) : is_canary(pixels[i]), "winograd %d: pixels beside the largest",
                   s->size);
          for (ptrdiff_t y = 0; y < s->size / 2; y++)
            for (ptrdiff_t x = 0; x <= wide; x++)
              for (ptrdiff_t n = 0; n < stride; n++) {
                const float y_is = pooled[y][x * stride + n];
                if (y >= tall || x >= wide || n >= channels) {
                  expect(is_canary(y_is), "winograd %d wrote beside the largest", s->size);
                  continue;
                }
                float most = rows[2 * y][2 * x * stride + n];
                if (2 * x + 1 < width) most = fmaxf(most, rows[2 * y][(2 * x + 1) * stride + n]);
                if (2 * y + 1 < height) most = fmaxf(most, rows[2 * y + 1][2 * x * stride + n]);
                if (2 * x + 1 < width && 2 * y + 1 < height)
                  most = fmaxf(most, rows[2 * y + 1][(2 * x + 1) * stride + n]);
                expect(y_is == most, "winograd %d: the largest at (%td, %td)", s->size, y, x);
              }
        }
  settle("winograd pooled");
}

/// Tiles of an image whose pixels stand for two each, against the same image written out.
static void check_doubled(const ck_kernels *subject, int scheme, ptrdiff_t depth, ptrdiff_t tiles, int first) {
  const ck_winograd *s = &subject->winograd[scheme];
  const ptrdiff_t fine = s->step * (tiles - 1) + s->span, coarse = (first + fine + 1) / 2;
  const ptrdiff_t count = s->points * s->points * tiles * depth;
  const float *small[8], *large[8];
  for (int i = 0; i < s->span; i++) {
    small[i] = fenced_numbers(coarse * depth, 1);
    float *row = fenced(fine * depth);
    for (ptrdiff_t x = 0; x < fine; x++)
      for (ptrdiff_t k = 0; k < depth; k++) row[x * depth + k] = small[i][(x + first) / 2 * depth + k];
    large[i] = row;
  }
  float *written = fenced(count), *doubled = fenced(count);
  s->input(large, depth, depth, depth, tiles, written, tiles * depth, depth);
  s->input(small, first ? 0 : depth, first ? depth : 0, depth, tiles, doubled, tiles * depth, depth);
  for (ptrdiff_t i = 0; i < count; i++)
    expect(same(written[i], doubled[i]), "winograd %d: pixels that stand for two", s->size);
  settle("winograd doubled");
}

void check_winograd(const ck_kernels *subject, const ck_kernels *reference) {
  const int lanes = subject->lanes;
  const ptrdiff_t depths[] = {1, lanes - 1, lanes, 2 * lanes + 1}, tiles[] = {1, 2, 9};
  const ptrdiff_t channels[] = {1, lanes, lanes + 1, subject->product_panel[0]};
  for (int scheme = 0; scheme < 3; scheme++)
    for (int i = 0; i < 4 * 3 * 4; i++)
      check_case(subject, reference, scheme, depths[i / 12], tiles[i / 4 % 3], channels[i % 4]);
  for (int scheme = 0; scheme < 2; scheme++)
    for (int i = 0; i < 3 * 4; i++) {
      check_pooled(subject, scheme, tiles[i / 4], channels[i % 4]);
      for (int first = 0; first < 2; first++) check_doubled(subject, scheme, depths[i % 4], tiles[i / 4], first);
    }
}
