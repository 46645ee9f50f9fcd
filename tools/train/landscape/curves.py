"""Smooth random lines (roads, rivers) and the distance to them."""
import numpy as np
from scipy import ndimage

from .canvas import GSD

STEP = 0.2  # metres between the points of a line: less than a pixel, so that its raster has no gaps


def wander(rng, start, heading, length, bend):
    """Points [k, 2] of a line whose curvature drifts randomly, at most about `bend` per metre."""
    coarse = rng.standard_normal(max(4, int(length / 40)) + 2)
    steps = int(length / STEP)
    curvature = bend * np.interp(np.linspace(0, len(coarse) - 1, steps), np.arange(len(coarse)), coarse)
    curvature -= curvature.mean()
    angle = heading + np.cumsum(curvature) * STEP
    return np.asarray(start) + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], 1), 0) * STEP


def distance_to(canvas, lines):
    """Distance in metres to the nearest of `lines`, and the station (metres along it) of that nearest point."""
    station = np.full(canvas.x.shape, -1, "f4")
    for line in lines:
        p = np.floor(line / GSD).astype(int)
        ok = ((p >= 0) & (p < canvas.size)).all(1)
        station[p[ok, 1], p[ok, 0]] = (np.arange(len(line)) * STEP)[ok]
    if (station < 0).all():
        return np.full(canvas.x.shape, 1e4, "f4"), np.zeros(canvas.x.shape, "f4")
    distance, (iy, ix) = ndimage.distance_transform_edt(station < 0, return_indices=True)
    distance = ndimage.gaussian_filter(distance.astype("f4"), 1.0) * GSD
    return distance, station[iy, ix]


def direction_at(line, index):
    """Unit tangent of `line` at point `index`."""
    a, b = line[max(0, index - 5)], line[min(len(line) - 1, index + 5)]
    t = b - a
    return t / (np.hypot(*t) + 1e-9)
