"""The layers that the painters of a scene share, and the noise they are textured with."""
import numpy as np
from PIL import Image
from scipy import ndimage

GSD = 0.25  # metres per pixel
UNLABELED, WOODLAND, WATER, ROAD, BUILDING = range(5)


class Canvas:
    """One scene of `size` x `size` pixels. Distances are in metres, x to the east (right), y to the south (down).

    albedo   [n, n, 3] reflectance as displayed, 0..1
    height   [n, n]    metres above ground, casts shadows
    slope    [n, n, 2] dh/dx, dh/dy of the lit surface
    classes  [n, n]    land-cover truth
    taken    [n, n]    True where nothing more may be built or planted
    cleared  [n, n]    True where no woodland grows, though a single tree may
    """

    def __init__(self, size, rng):
        self.size, self.rng, self.extent = size, rng, size * GSD
        self.albedo = np.zeros((size, size, 3), "f4")
        self.height = np.zeros((size, size), "f4")
        self.slope = np.zeros((size, size, 2), "f4")
        self.classes = np.zeros((size, size), "u1")
        self.taken = np.zeros((size, size), bool)
        self.cleared = np.zeros((size, size), bool)
        c = (np.arange(size, dtype="f4") + 0.5) * GSD
        self.x, self.y = np.meshgrid(c, c)

    def noise(self, wavelength, octaves=1, gain=0.5):
        """Smooth noise of unit variance whose largest features measure `wavelength` metres."""
        out, weight = np.zeros((self.size, self.size), "f4"), 1.0
        for _ in range(octaves):
            cells = max(2, int(np.ceil(self.extent / wavelength))) + 3
            grid = self.rng.standard_normal((cells, cells)).astype("f4")
            span = self.extent / wavelength
            box = (1.0, 1.0, 1.0 + max(span, 0.01), 1.0 + max(span, 0.01))
            out += weight * np.asarray(Image.fromarray(grid).resize((self.size,) * 2, Image.BICUBIC, box=box))
            weight, wavelength = weight * gain, wavelength / 2
        return (out - out.mean()) / (out.std() + 1e-6)

    def grain(self, sigma=0.0):
        """White noise of unit variance, optionally blurred by `sigma` pixels."""
        g = self.rng.standard_normal((self.size, self.size), dtype="f4")
        if sigma:
            g = ndimage.gaussian_filter(g, sigma)
            g /= g.std()
        return g

    def paint(self, cover, colour):
        """Blends `colour` (a triple or an [n, n, 3] image) over the albedo where `cover` (0..1) says so."""
        cover = np.asarray(cover, "f4")[..., None]
        self.albedo += cover * (np.asarray(colour, "f4") - self.albedo)

    def window(self, x, y, radius):
        """Slices of the pixels within `radius` metres of (x, y) along both axes, inside the scene; None if empty."""
        lo = [max(0, int((v - radius) / GSD)) for v in (y, x)]
        hi = [min(self.size, int((v + radius) / GSD) + 2) for v in (y, x)]
        if lo[0] >= hi[0] or lo[1] >= hi[1]:
            return None
        return slice(lo[0], hi[0]), slice(lo[1], hi[1])


def soft_edge(distance, width=0.25):
    """Cover of a shape from a signed distance in metres (positive inside), antialiased over `width`."""
    return np.clip(distance / width + 0.5, 0, 1)
