"""Arable land and meadows: regions of parallel parcels, each with one crop and its row texture."""
from dataclasses import dataclass

import numpy as np

from .canvas import GSD


@dataclass(frozen=True)
class Crop:
    colour: tuple
    row: tuple          # range of the row spacing, metres; rows thinner than two pixels cannot be seen
    contrast: float     # of the rows
    mottle: float       # of patches of wet soil, lodging and weeds
    tramlines: float    # share of the parcels with tractor tracks
    share: float


CROPS = (
    Crop((0.41, 0.47, 0.29), (2.0, 5.0), 0.020, 0.090, 0.0, 5),    # meadow
    Crop((0.50, 0.51, 0.33), (2.0, 6.0), 0.030, 0.080, 0.0, 3),    # mown meadow
    Crop((0.35, 0.45, 0.26), (0.6, 1.0), 0.020, 0.060, 0.9, 3),    # green cereal
    Crop((0.71, 0.63, 0.43), (0.6, 1.0), 0.015, 0.050, 0.9, 4),    # ripe cereal
    Crop((0.65, 0.59, 0.43), (3.0, 7.0), 0.050, 0.050, 0.3, 3),    # stubble
    Crop((0.46, 0.38, 0.29), (0.8, 1.6), 0.060, 0.110, 0.1, 3),    # ploughed
    Crop((0.61, 0.53, 0.41), (1.0, 3.0), 0.030, 0.090, 0.2, 3),    # bare, dry
    Crop((0.71, 0.68, 0.27), (0.6, 1.0), 0.020, 0.060, 0.7, 1),    # rape in flower
    Crop((0.30, 0.40, 0.21), (0.75, 1.0), 0.060, 0.050, 0.2, 2),   # maize
    Crop((0.34, 0.45, 0.23), (0.9, 1.5), 0.090, 0.070, 0.4, 2),    # potatoes and beets
    Crop((0.53, 0.50, 0.36), (3.0, 8.0), 0.015, 0.140, 0.0, 2),    # fallow
)


def paint_fields(canvas):
    """Covers the whole scene; returns the direction of the parcels at every pixel, in radians."""
    rng = canvas.rng
    count = max(3, int(round((canvas.extent / 190) ** 2)))
    seeds = rng.uniform(-30, canvas.extent + 30, (count, 2))
    region = np.zeros(canvas.x.shape, "i4")
    nearest = np.full(canvas.x.shape, np.inf, "f4")
    for k, (sx, sy) in enumerate(seeds):
        d = (canvas.x - sx) ** 2 + (canvas.y - sy) ** 2
        region[d < nearest] = k
        np.minimum(nearest, d, out=nearest)

    main = rng.uniform(0, np.pi)
    theta = (main + rng.choice([0, np.pi / 2], count) + rng.normal(0, 0.12, count)).astype("f4")
    c, s = np.cos(theta)[region], np.sin(theta)[region]
    along, across = canvas.x * c + canvas.y * s, canvas.y * c - canvas.x * s

    parcel = np.zeros(region.shape, "i4")
    margin = np.full(region.shape, np.inf, "f4")
    total = 0
    for k in range(count):
        m = region == k
        if not m.any():
            continue
        width = rng.choice([rng.uniform(9, 22), rng.uniform(30, 110)], p=[0.4, 0.6])
        cuts = np.cumsum(rng.uniform(0.6, 1.6, 400) * width) - rng.uniform(0, width) - canvas.extent * 1.6
        lengths = np.cumsum(rng.uniform(0.7, 1.5, 60) * rng.uniform(130, 320)) - canvas.extent * 1.7
        a, b = across[m], along[m]
        i, j = np.searchsorted(cuts, a), np.searchsorted(lengths, b)
        parcel[m] = total + i * 64 + j
        total += 402 * 64
        edges = [np.abs(a - cuts[np.clip(i - 1, 0, 399)]), np.abs(a - cuts[np.clip(i, 0, 399)]),
                 np.abs(b - lengths[np.clip(j - 1, 0, 59)]), np.abs(b - lengths[np.clip(j, 0, 59)])]
        margin[m] = np.minimum.reduce(edges)

    ids, parcel = np.unique(parcel, return_inverse=True)
    parcel = parcel.reshape(region.shape)
    _paint_crops(canvas, parcel, len(ids), across)
    balk = canvas.noise(6) * 0.25 + 0.55
    canvas.paint(np.clip(1.0 - margin / np.maximum(balk, 0.15), 0, 1) * 0.6, (0.44, 0.47, 0.31))
    return theta[region]


def _paint_crops(canvas, parcel, count, across):
    rng = canvas.rng
    share = np.array([c.share for c in CROPS]) * rng.uniform(0.3, 1.7, len(CROPS))
    crop = rng.choice(len(CROPS), count, p=share / share.sum())

    def per_parcel(values):
        return np.asarray(values, "f4")[parcel]

    colour = np.array([CROPS[k].colour for k in crop]) * rng.normal(1, 0.07, (count, 1)) \
        * rng.normal(1, 0.025, (count, 3))
    row = np.maximum(per_parcel([rng.uniform(*CROPS[k].row) for k in crop]), 2.2 * GSD)
    wave = np.sin(2 * np.pi * across / row + 0.5 * canvas.noise(25))
    tone = 1 + wave * per_parcel([CROPS[k].contrast for k in crop])
    tone += canvas.noise(45, 5, 0.6) * per_parcel([CROPS[k].mottle * rng.uniform(0.4, 1.2) for k in crop])
    tone += canvas.grain(0.6) * 0.030 + canvas.grain(1.5) * 0.022

    spacing = per_parcel(rng.uniform(15, 27, count))
    offset = np.abs((across + per_parcel(rng.uniform(0, 27, count))) % spacing - 2.0)
    track = np.minimum(np.abs(offset - 0.9), 3.0)
    driven = per_parcel([rng.random() < CROPS[k].tramlines for k in crop])
    tone -= driven * np.clip(1 - track / 0.35, 0, 1) * 0.10
    canvas.albedo[:] = colour.astype("f4")[parcel] * tone[..., None]
