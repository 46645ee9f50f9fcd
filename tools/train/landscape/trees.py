"""Woodland, tree rows and single trees: every crown is a lit dome or cone that casts a shadow."""
import numpy as np
from scipy import ndimage

from .canvas import BUILDING, GSD, WOODLAND

BROADLEAF = ((0.30, 0.38, 0.20), (0.34, 0.41, 0.22), (0.27, 0.35, 0.20), (0.38, 0.42, 0.25))
CONIFER = ((0.20, 0.28, 0.18), (0.23, 0.30, 0.19), (0.18, 0.26, 0.18))


def paint_trees(canvas, network, share, rows, singles):
    """Woods over about `share` of the scene, `rows` tree rows along the roads and `singles` single trees."""
    rng = canvas.rng
    field = canvas.noise(170, 4, 0.42)
    wood = field > np.quantile(field, 1 - share)
    conifers = canvas.noise(120, 2)
    wood &= ~canvas.cleared
    floor = wood & ~canvas.taken
    cover = ndimage.gaussian_filter(floor.astype("f4"), 3)
    canvas.paint(cover * 0.9, np.array((0.25, 0.27, 0.17)) * (1 + 0.10 * canvas.grain(1.2))[..., None])

    crown = np.zeros(wood.shape, "f4")      # height of the canopy
    tint = np.zeros(wood.shape + (3,), "f4")
    blocked = canvas.taken | (network.clearance < 1.2)
    spacing = 3.1
    ticks = np.arange(spacing / 2, canvas.extent, spacing)
    for x, y in np.stack(np.meshgrid(ticks, ticks), -1).reshape(-1, 2) + rng.uniform(-1.4, 1.4, (len(ticks) ** 2, 2)):
        i, j = int(y / GSD), int(x / GSD)
        if 0 <= i < canvas.size and 0 <= j < canvas.size and wood[i, j] and not blocked[i, j]:
            conifer = conifers[i, j] + rng.normal(0, 0.35) > 0.2
            _crown(canvas, crown, tint, x, y, conifer, rng.uniform(1.5, 3.4), rng.uniform(11, 19))
    woods = crown > 0
    _rows(canvas, network, crown, tint, blocked, rows)
    for x, y in rng.uniform(0, canvas.extent, (singles, 2)):
        i, j = int(y / GSD), int(x / GSD)
        if not blocked[i, j] and canvas.classes[i, j] == 0:
            for _ in range(rng.integers(1, 4)):
                dx, dy = rng.normal(0, 2.0, 2)
                _crown(canvas, crown, tint, x + dx, y + dy, False, rng.uniform(1.6, 3.8), rng.uniform(5, 12))
    _finish(canvas, crown, tint, woods)


def _rows(canvas, network, crown, tint, blocked, rows):
    rng = canvas.rng
    lines = network.asphalt + network.dirt
    for _ in range(rows):
        line, half = lines[rng.integers(len(lines))]
        first, last = sorted(rng.integers(0, len(line), 2))
        every, radius = int(rng.uniform(5, 10) / 0.2), rng.uniform(1.8, 3.6)
        side = rng.choice([-1, 1]) * (half + radius * 0.7 + rng.uniform(0.5, 2))
        for k in range(first, last, every):
            t = line[min(k + 1, len(line) - 1)] - line[max(k - 1, 0)]
            x, y = line[k] + side * np.array([-t[1], t[0]]) / (np.hypot(*t) + 1e-9) + rng.normal(0, 0.4, 2)
            i, j = int(y / GSD), int(x / GSD)
            if 0 <= i < canvas.size and 0 <= j < canvas.size and not blocked[i, j] and rng.random() < 0.9:
                _crown(canvas, crown, tint, x, y, False, radius * rng.uniform(0.8, 1.2), rng.uniform(7, 14))


def _crown(canvas, crown, tint, x, y, conifer, radius, tall):
    where = canvas.window(x, y, radius * 1.25)
    if where is None:
        return
    rng = canvas.rng
    dx, dy = canvas.x[where] - x, canvas.y[where] - y
    angle, lobes = np.arctan2(dy, dx), rng.integers(3, 7)
    r = np.hypot(dx, dy) / (radius * (1 + 0.13 * np.sin(lobes * angle + rng.uniform(0, 6.3))))
    if conifer:
        h = tall * (1 - 0.55 * r)
        colour = CONIFER[rng.integers(len(CONIFER))]
    else:
        h = tall - radius * 1.3 * (1 - np.sqrt(np.maximum(1 - r * r, 0)))
        colour = BROADLEAF[rng.integers(len(BROADLEAF))]
    h = h + rng.normal(0, 0.22, h.shape)
    top = (r < 1) & (h > crown[where])
    crown[where][top] = h[top]
    tint[where][top] = np.array(colour) * rng.normal(1, 0.09) * rng.normal(1, 0.03, 3)


def _finish(canvas, crown, tint, woods):
    leafy = (crown > 0) & (canvas.classes != BUILDING)
    closed = ndimage.binary_closing(woods, iterations=7, border_value=0) & (canvas.classes == 0)
    smooth = ndimage.gaussian_filter(np.where(leafy, crown, 0), 0.8)
    dy, dx = np.gradient(smooth, GSD)
    canvas.slope[leafy] = np.clip(np.stack([dx, dy], -1), -1.3, 1.3)[leafy]
    canvas.albedo[leafy] = (tint * (1 + 0.10 * canvas.grain(0.7))[..., None])[leafy]
    canvas.height[leafy] = crown[leafy]
    canvas.classes[leafy | closed] = WOODLAND
    canvas.taken |= leafy
