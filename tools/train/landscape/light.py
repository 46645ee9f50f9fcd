"""Sun, cast shadows, lens and sensor: from the painted layers to 8-bit pixels."""
import numpy as np
from scipy import ndimage

from .canvas import GSD, WATER


def expose(canvas, azimuth, elevation, exposure=1.0, balance=(1.0, 1.0, 1.0)):
    """The picture [n, n, 3] uint8. `azimuth` is where the sun stands, degrees clockwise from north."""
    rng = canvas.rng
    az, el = np.radians(azimuth), np.radians(elevation)
    sun = np.array([np.sin(az) * np.cos(el), -np.cos(az) * np.cos(el), np.sin(el)])
    gx, gy = canvas.slope[..., 0], canvas.slope[..., 1]
    lambert = (sun[2] - gx * sun[0] - gy * sun[1]) / np.sqrt(1 + gx * gx + gy * gy) / sun[2]
    lit = ndimage.gaussian_filter(1 - _shadow(canvas.height, sun).astype("f4"), 0.7)
    direct = 0.70 * np.clip(lambert, 0, 1.5) * lit
    sky = np.array((0.31, 0.34, 0.40), "f4")
    light = direct[..., None] + sky
    # still water has no shading of its own and shows little of a shadow
    light = np.where((canvas.classes == WATER)[..., None], 0.5 * light + 0.5, light)

    u, v = canvas.x / canvas.extent - 0.5, canvas.y / canvas.extent - 0.5
    slant = rng.uniform(-0.10, 0.10, 2)
    gradient = 1 + slant[0] * u + slant[1] * v - rng.uniform(0, 0.10) * (u * u + v * v)
    picture = canvas.albedo * light * (gradient * exposure)[..., None] * np.asarray(balance, "f4")
    haze = rng.uniform(0.0, 0.045)
    picture = picture * (1 - haze) + haze * np.array((0.75, 0.80, 0.88), "f4")
    picture = ndimage.gaussian_filter(picture, (rng.uniform(0.55, 0.85),) * 2 + (0,))
    noise = rng.standard_normal(picture.shape, dtype="f4")
    picture = picture + noise * np.sqrt(0.006 ** 2 + 0.00012 * np.clip(picture, 0, 1))
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype("u1")


def _shadow(height, sun):
    """True where something towards the sun stands above the line of sight."""
    run = np.hypot(sun[0], sun[1])
    ux, uy = sun[0] / run, sun[1] / run
    rise = sun[2] / run * GSD
    reach = int(np.ceil(height.max() / rise)) if height.max() > 0 else 0
    pad = reach + 1
    tall = np.pad(height, pad)
    n = height.shape[0]
    shadow = np.zeros(height.shape, bool)
    for step in range(2, reach + 1):
        oy, ox = pad + int(round(uy * step)), pad + int(round(ux * step))
        shadow |= tall[oy:oy + n, ox:ox + n] > height + (rise * step + 0.4)
    return shadow
