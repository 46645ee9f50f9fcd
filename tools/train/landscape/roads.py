"""Asphalt roads and dirt tracks: a main road, its branches and tracks between the fields."""
from dataclasses import dataclass

import numpy as np

from .canvas import GSD, ROAD, WATER, soft_edge
from .curves import direction_at, distance_to, wander


@dataclass
class Network:
    """`asphalt` and `dirt` hold (line [k, 2], half width in metres); `clearance` [n, n] is the distance to a kerb."""
    asphalt: list
    dirt: list
    clearance: np.ndarray


def paint_roads(canvas, branches, tracks, fields_angle):
    rng = canvas.rng
    asphalt = [(_driest(canvas, [_main_road(canvas) for _ in range(8)]), rng.uniform(2.8, 4.0))]
    for _ in range(branches):
        line = _driest(canvas, [_branch(canvas, asphalt[0][0], 0.004) for _ in range(6)])
        asphalt.append((line, rng.uniform(2.0, 2.8)))
    dirt = []
    for _ in range(tracks):
        parent = asphalt[rng.integers(len(asphalt))][0] if rng.random() < 0.7 or not dirt \
            else dirt[rng.integers(len(dirt))][0]
        line = _driest(canvas, [_branch(canvas, parent, 0.0035, fields_angle) for _ in range(4)])
        dirt.append((line, rng.uniform(1.4, 2.1)))

    clearance = np.full(canvas.x.shape, 1e4, "f4")
    for line, half in dirt:
        distance, _ = distance_to(canvas, [line])
        clearance = np.minimum(clearance, distance - half)
        _paint_dirt(canvas, distance, half)
    for line, half in asphalt[::-1]:
        distance, station = distance_to(canvas, [line])
        clearance = np.minimum(clearance, distance - half)
        _paint_asphalt(canvas, distance, station, half, marked=half > 2.7)
        _place_cars(canvas, line, half)
    canvas.taken |= clearance < 0.5
    return Network(asphalt, dirt, clearance)


def _main_road(canvas):
    rng = canvas.rng
    angle = rng.uniform(0, 2 * np.pi)
    middle = canvas.extent * (0.5 + rng.uniform(-0.25, 0.25, 2))
    start = middle - np.array([np.cos(angle), np.sin(angle)]) * canvas.extent * 0.9
    return wander(rng, start, angle, 2.0 * canvas.extent, bend=0.0035)


def _driest(canvas, lines):
    """The line with the least of it over water: bridges are dear."""
    def wet(line):
        p = np.floor(line / GSD).astype(int)
        p = p[((p >= 0) & (p < canvas.size)).all(1)]
        return np.mean(canvas.classes[p[:, 1], p[:, 0]] == WATER) if len(p) else 1.0
    return min(lines, key=wet)


def _branch(canvas, parent, bend, fields_angle=None):
    """A line that leaves `parent` to one side, at a random point; along the parcels if their angle is given."""
    rng = canvas.rng
    inside = np.flatnonzero(((parent > 0) & (parent < canvas.extent)).all(1))
    at = int(rng.choice(inside)) if len(inside) else len(parent) // 2
    t = direction_at(parent, at)
    heading = np.arctan2(t[1], t[0]) + rng.choice([-1, 1]) * rng.normal(np.pi / 2, 0.25)
    if fields_angle is not None and len(inside):
        x, y = np.clip((parent[at] / canvas.extent * canvas.size).astype(int), 0, canvas.size - 1)
        parcels = fields_angle[y, x] + np.arange(4) * np.pi / 2
        heading = parcels[np.argmax(np.cos(parcels - heading))]
    return wander(rng, parent[at], heading, rng.uniform(0.5, 1.5) * canvas.extent, bend)


def _paint_asphalt(canvas, distance, station, half, marked):
    rng = canvas.rng
    verge = np.clip(1 - (distance - half) / np.maximum(1.6 + 0.5 * canvas.noise(15), 0.5), 0, 1)
    grass = np.array((0.47, 0.47, 0.33)) * (1 + 0.06 * canvas.grain(1))[..., None]
    canvas.paint(verge * (canvas.classes != WATER) * 0.85, grass)
    tone = rng.uniform(0.42, 0.60) * (1 + 0.035 * canvas.noise(25, 3) + 0.03 * canvas.grain(0.7))
    tone = tone * (1 - 0.05 * np.exp(-((distance - half * 0.5) / 0.5) ** 2))    # darker where the wheels run
    canvas.paint(soft_edge(half - distance), tone[..., None] * np.array((1.0, 0.99, 0.98)))
    if marked:
        dash = (np.abs(distance) < 0.16) & (station % 6 < 3.5)
        edge = np.abs(distance - half + 0.3) < 0.13
        canvas.paint((dash | edge) * 0.6, (0.80, 0.80, 0.78))
    road = distance < half
    bridge = road & (canvas.classes == WATER)
    rail = (np.abs(distance - half) < 0.3) & (canvas.classes == WATER)
    canvas.paint(rail, (0.66, 0.65, 0.62))
    canvas.classes[road] = ROAD
    canvas.height[bridge] = 2.0


def _place_cars(canvas, line, half):
    rng = canvas.rng
    for _ in range(rng.poisson(canvas.extent / 90)):
        at = int(rng.integers(len(line)))
        t = direction_at(line, at)
        x, y = line[at] + rng.choice([-1, 1]) * half * 0.48 * np.array([-t[1], t[0]])
        where = canvas.window(x, y, 3)
        if where is None:
            continue
        dx, dy = canvas.x[where] - x, canvas.y[where] - y
        car = (np.abs(dx * t[0] + dy * t[1]) < 2.1) & (np.abs(dy * t[0] - dx * t[1]) < 0.85)
        canvas.albedo[where][car] = ((0.85, 0.85, 0.85), (0.15, 0.15, 0.17), (0.55, 0.12, 0.10), (0.20, 0.28, 0.45),
                                     (0.50, 0.50, 0.52))[rng.integers(5)]
        canvas.height[where][car] += 1.4


def _paint_dirt(canvas, distance, half):
    rng = canvas.rng
    dry = canvas.classes != WATER
    colour = np.array(((0.67, 0.60, 0.47), (0.62, 0.55, 0.44), (0.70, 0.66, 0.56))[rng.integers(3)])
    tone = 1 + 0.05 * canvas.noise(12, 3) + 0.045 * canvas.grain(0.8)
    ragged = half + 0.22 * canvas.noise(4, 2)
    canvas.paint(soft_edge(ragged + 0.7 - distance, 0.8) * dry * 0.7, (0.50, 0.48, 0.34))
    canvas.paint(soft_edge(ragged - distance, 0.5) * dry, colour * tone[..., None])
    if rng.random() < 0.6:
        grass = np.clip(1 - distance / 0.45, 0, 1) * (0.5 + 0.3 * canvas.noise(15))
        canvas.paint(np.clip(grass, 0, 0.8) * dry, (0.45, 0.46, 0.31))
    canvas.classes[(distance < half) & dry] = ROAD
