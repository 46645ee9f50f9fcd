"""Lakes and a river, with reed and sand banks."""
import numpy as np
from scipy import ndimage

from .canvas import GSD, WATER, soft_edge
from .curves import distance_to, wander


def paint_water(canvas, lakes, river):
    """Paints `lakes` lakes and, if `river`, one river across the scene. Marks what they take."""
    rng = canvas.rng
    inside = np.full(canvas.x.shape, -1e3, "f4")   # signed distance to the shore, roughly
    for _ in range(lakes):
        cx, cy = rng.uniform(0.1, 0.9, 2) * canvas.extent
        radius = rng.uniform(18, 65) * min(1.0, canvas.extent / 400 + 0.3)
        stretch, turn = rng.uniform(1.0, 2.2), rng.uniform(0, np.pi)
        dx, dy = canvas.x - cx, canvas.y - cy
        u = (dx * np.cos(turn) + dy * np.sin(turn)) / stretch
        v = dy * np.cos(turn) - dx * np.sin(turn)
        inside = np.maximum(inside, radius * (1 + 0.16 * canvas.noise(80, 3)) - np.hypot(u, v))
    if river:
        angle = rng.uniform(0, 2 * np.pi)
        centre = canvas.extent / 2 + rng.uniform(-0.3, 0.3, 2) * canvas.extent
        start = centre - np.array([np.cos(angle), np.sin(angle)]) * canvas.extent
        line = wander(rng, start, angle, 2.2 * canvas.extent, bend=0.010)
        distance, _ = distance_to(canvas, [line])
        inside = np.maximum(inside, rng.uniform(3.5, 11) * (1 + 0.18 * canvas.noise(60)) - distance)
    if not (inside > 0).any():
        return
    water = inside > 0
    depth = ndimage.distance_transform_edt(water).astype("f4") * GSD
    shore = ndimage.distance_transform_edt(~water).astype("f4") * GSD

    bank = np.clip(1 - shore / np.maximum(2.5 + 1.8 * canvas.noise(20, 2), 0.4), 0, 1)
    reed = canvas.noise(30) > -0.3
    grain = 1 + 0.09 * canvas.grain(0.8)[..., None]
    canvas.paint(bank * reed * 0.9, np.array((0.43, 0.45, 0.27)) * grain)
    canvas.paint(bank * ~reed * 0.9, np.array((0.62, 0.57, 0.44)) * grain)

    shallow = np.array(((0.27, 0.31, 0.25), (0.31, 0.33, 0.25))[rng.integers(2)])
    deep = np.array(((0.13, 0.19, 0.21), (0.16, 0.22, 0.20), (0.11, 0.15, 0.16), (0.20, 0.27, 0.27))[rng.integers(4)])
    mix = np.exp(-depth / 3.5)[..., None]
    colour = deep + (shallow - deep) * mix
    ripple = 1 + 0.035 * canvas.noise(70, 2) + 0.025 * canvas.grain(0.9) + 0.02 * canvas.noise(2.5)
    canvas.paint(soft_edge(depth - 0.12) * water, colour * ripple[..., None])
    canvas.classes[water] = WATER
    canvas.taken |= shore < 1.0
