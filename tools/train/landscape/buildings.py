"""Farmsteads and villages along the roads: roofs of several shapes and colours, and their yards."""
import numpy as np
from scipy import ndimage

from .canvas import BUILDING
from .curves import STEP, direction_at

ROOFS = (
    ((0.62, 0.34, 0.26), 4), ((0.55, 0.28, 0.23), 3), ((0.70, 0.43, 0.33), 2),   # clay tiles
    ((0.43, 0.31, 0.26), 2), ((0.33, 0.27, 0.25), 1),                            # brown
    ((0.36, 0.37, 0.40), 2), ((0.50, 0.51, 0.53), 3), ((0.66, 0.66, 0.66), 2),   # slate, cement, sheet metal
    ((0.80, 0.80, 0.79), 1), ((0.36, 0.45, 0.40), 1), ((0.35, 0.43, 0.55), 1),   # white, green and blue sheets
)


def paint_buildings(canvas, network, groups):
    """Places about `groups` hamlets along the roads; every roof is of class building."""
    rng = canvas.rng
    lines = [(l, h) for l, h in network.asphalt for _ in range(3)] + list(network.dirt)
    for _ in range(groups):
        line, half = lines[rng.integers(len(lines))]
        inside = np.flatnonzero(((line > 10) & (line < canvas.extent - 10)).all(1))
        if not len(inside):
            continue
        at = int(rng.choice(inside))
        for _ in range(rng.integers(1, 8)):
            _farmstead(canvas, network, line, at, half)
            at = (at + int(rng.uniform(22, 45) / STEP)) % len(line)


def _farmstead(canvas, network, line, at, half):
    rng = canvas.rng
    t = direction_at(line, at)
    side = rng.choice([-1, 1]) * np.array([-t[1], t[0]])
    turn = np.arctan2(t[1], t[0]) + rng.normal(0, 0.05)
    depth = half + rng.uniform(7, 13)
    house = line[at] + side * (depth + 4)
    _paint_yard(canvas, network, house + side * 9, turn, rng.uniform(9, 14), rng.uniform(13, 20))
    _building(canvas, network, house, turn + rng.choice([0, np.pi / 2]), rng.uniform(9, 15), rng.uniform(7.5, 11), 5.5)
    if rng.random() < 0.75:
        barn = house + side * rng.uniform(17, 26) + t * rng.uniform(-7, 7)
        _building(canvas, network, barn, turn + rng.choice([0, np.pi / 2]), rng.uniform(13, 34), rng.uniform(8, 14),
                  5.0)
    if rng.random() < 0.6:
        shed = house + side * rng.uniform(6, 20) + t * rng.choice([-1, 1]) * rng.uniform(10, 14)
        _building(canvas, network, shed, turn + np.pi / 2, rng.uniform(4, 9), rng.uniform(3.5, 6), 2.8)


def _local(canvas, where, centre, turn):
    dx, dy = canvas.x[where] - centre[0], canvas.y[where] - centre[1]
    return dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)


def _paint_yard(canvas, network, centre, turn, across, along):
    where = canvas.window(*centre, 40)
    if where is None:
        return
    rng = canvas.rng
    a, b = _local(canvas, where, centre, turn)
    shape = a.shape
    ragged = ndimage.gaussian_filter(rng.standard_normal(shape), 12) * 30
    cover = np.clip((1 - np.maximum(np.abs(a) / across, np.abs(b) / along)) * 6 + ragged * 0.5, 0, 1)
    free = canvas.classes[where] == 0
    canvas.cleared[where] |= cover > 0.3
    grass = 1 + 0.08 * ndimage.gaussian_filter(rng.standard_normal(shape), 1.5)[..., None] * 3
    garden = np.array((0.42, 0.47, 0.30)) * grass
    gravel = np.array(((0.60, 0.57, 0.51), (0.56, 0.53, 0.46), (0.52, 0.50, 0.47))[rng.integers(3)])
    paved = np.clip((1 - np.maximum(np.abs(a) / (across * 0.55), np.abs(b) / (along * 0.7))) * 5, 0, 1)
    tile = canvas.albedo[where]
    tile += (cover * free * 0.9)[..., None] * (garden - tile)
    gravel = gravel * (1 + 0.05 * rng.standard_normal(shape)[..., None])
    tile += (np.clip(paved + ragged * 0.3, 0, 1) * cover * free * 0.85)[..., None] * (gravel - tile)


def _parts(rng, length, width):
    """Rectangles (a, b, half length, half width, turned) that make the plan: one, an L or a T."""
    parts = [(0.0, 0.0, length / 2, width / 2, False)]
    if length > 9 and rng.random() < 0.4:
        wing = rng.uniform(0.6, 0.95) * width
        reach = rng.uniform(0.5, 0.9) * length
        a = 0.0 if rng.random() < 0.3 else rng.choice([-1, 1]) * (length - wing) / 2
        parts.append((a, rng.choice([-1, 1]) * (reach / 2), wing / 2, reach / 2, True))
    return parts


def _building(canvas, network, centre, turn, length, width, eaves):
    rng = canvas.rng
    radius = length + 4
    where = canvas.window(*centre, radius)
    if where is None:
        return
    a, b = _local(canvas, where, centre, turn)
    top = np.full(a.shape, -1.0, "f4")
    plan_slope = np.zeros(a.shape + (2,), "f4")
    kind = rng.choice(["gable", "hip", "flat"], p=[0.62, 0.18, 0.20])
    pitch = {"gable": rng.uniform(0.45, 0.85), "hip": rng.uniform(0.4, 0.65), "flat": 0.0}[kind]
    for ca, cb, ha, hb, turned in _parts(rng, length, width):
        p, q = (a - ca, b - cb)
        inset_a, inset_b = ha - np.abs(p), hb - np.abs(q)
        across_b = inset_b < inset_a if kind == "hip" else np.full(a.shape, not turned)
        inset = np.where(across_b, inset_b, inset_a)
        h = eaves + pitch * inset
        part = (inset_a > 0) & (inset_b > 0) & (h > top)
        top[part] = h[part]
        slope = np.stack([np.where(across_b, 0, -pitch * np.sign(p)), np.where(across_b, -pitch * np.sign(q), 0)], -1)
        plan_slope[part] = slope[part]
    roof = top > 0
    apron = ndimage.binary_dilation(roof, iterations=6)
    if roof.sum() < 80 or canvas.taken[where][apron].any() or (network.clearance[where][roof] < 2.0).any():
        return
    _paint_roof(canvas, where, roof, top, plan_slope, turn, a, b, kind)
    canvas.taken[where] |= apron
    canvas.classes[where][roof] = BUILDING


def _paint_roof(canvas, where, roof, top, plan_slope, turn, a, b, kind):
    rng = canvas.rng
    weights = np.array([w for _, w in ROOFS], float)
    index = rng.choice(len(ROOFS), p=weights / weights.sum())
    if kind == "flat":
        index = rng.choice([5, 6, 7, 8], p=[0.35, 0.35, 0.2, 0.1])
    colour = np.array(ROOFS[index][0]) * rng.normal(1, 0.07) * rng.normal(1, 0.02, 3)
    stain = ndimage.gaussian_filter(rng.standard_normal(roof.shape), 5) * 12
    tone = 1 + 0.035 * stain + 0.025 * rng.standard_normal(roof.shape)
    if index >= 5 and kind != "flat":   # standing seams of sheet metal run down the slope
        down = np.abs(plan_slope[..., 0]) > np.abs(plan_slope[..., 1])
        tone += 0.04 * np.sin(2 * np.pi * np.where(down, b, a) / rng.uniform(0.8, 1.4))
    canvas.albedo[where][roof] = (colour * tone[..., None])[roof]
    if kind == "flat":
        inner = ndimage.binary_erosion(roof, iterations=2)
        rim = roof & ~inner
        canvas.albedo[where][rim] *= 1.12
        top = np.where(rim, top + 0.5, top)
    for _ in range(rng.integers(0, 4)):    # chimneys and vents
        y, x = (rng.choice(v) for v in [np.arange(roof.shape[0]), np.arange(roof.shape[1])])
        box = np.zeros_like(roof)
        box[y:y + 3, x:x + 3] = True
        box &= ndimage.binary_erosion(roof, iterations=3)
        canvas.albedo[where][box] = (0.50, 0.42, 0.38)
        top = np.where(box, top + 1.2, top)
    canvas.height[where][roof] = top[roof]
    c, s = np.cos(turn), np.sin(turn)
    da, db = plan_slope[..., 0], plan_slope[..., 1]
    canvas.slope[where][roof] = np.stack([da * c - db * s, da * s + db * c], -1)[roof]
