"""Procedural orthophoto with land-cover truth: fields, woodland, water, roads and buildings at 25 cm.

  python scene.py --size 2048 --seed 20260 --image scene.tif --truth truth.tif

The same seed and size give the same pixels. Classes: 0 unlabeled, 1 woodland, 2 water, 3 road, 4 building.
"""
import argparse

import numpy as np

from landscape.buildings import paint_buildings
from landscape.canvas import GSD, Canvas
from landscape.fields import paint_fields
from landscape.light import expose
from landscape.roads import paint_roads
from landscape.trees import paint_trees
from landscape.water import paint_water

CLASSES = ("unlabeled", "woodland", "water", "road", "building")
COLOURS = ((0, 0, 0), (34, 139, 34), (30, 100, 200), (210, 180, 140), (200, 30, 30))
CRS = "EPSG:2180"               # ETRS89 / Poland CS92, the system of LandCover.ai
ORIGIN = (521000.0, 486000.0)   # easting and northing of the upper left corner, metres


def make_scene(size, seed):
    """Picture [size, size, 3] uint8 and truth [size, size] uint8."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, rng)
    area = (canvas.extent / 256) ** 2
    angle = paint_fields(canvas)
    paint_water(canvas, lakes=rng.poisson(0.35 * area) + (area > 3), river=rng.random() < min(0.9, 0.3 + 0.2 * area))
    network = paint_roads(canvas, branches=rng.integers(1, 3) + int(area / 2), tracks=rng.integers(1, 4) + int(area),
                          fields_angle=angle)
    paint_buildings(canvas, network, groups=rng.poisson(2.0 * area) + 1)
    paint_trees(canvas, network, share=rng.uniform(0.12, 0.32), rows=rng.poisson(1.5 * area) + 1,
                singles=rng.poisson(14 * area))
    picture = expose(canvas, azimuth=rng.uniform(115, 245), elevation=rng.uniform(36, 58),
                     exposure=rng.uniform(0.9, 1.12), balance=rng.normal(1, 0.02, 3))
    return picture, canvas.classes


def write_image(path, picture, quality=85):
    """Tiled JPEG (YCbCr) GeoTIFF."""
    import rasterio
    from rasterio.transform import from_origin
    h, w, _ = picture.shape
    with rasterio.open(path, "w", driver="GTiff", width=w, height=h, count=3, dtype="uint8", crs=CRS,
                       transform=from_origin(*ORIGIN, GSD, GSD), tiled=True, blockxsize=256, blockysize=256,
                       compress="JPEG", jpeg_quality=quality, photometric="YCBCR", interleave="pixel") as f:
        f.write(picture.transpose(2, 0, 1))


def write_truth(path, classes):
    """Tiled deflate GeoTIFF with a palette."""
    import rasterio
    from rasterio.transform import from_origin
    h, w = classes.shape
    with rasterio.open(path, "w", driver="GTiff", width=w, height=h, count=1, dtype="uint8", crs=CRS,
                       transform=from_origin(*ORIGIN, GSD, GSD), tiled=True, blockxsize=256, blockysize=256,
                       compress="DEFLATE", zlevel=9) as f:
        f.write(classes, 1)
        f.write_colormap(1, {k: c + (255,) for k, c in enumerate(COLOURS)})


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--size", type=int, default=2048)
    p.add_argument("--seed", type=int, default=20260)
    p.add_argument("--image", required=True)
    p.add_argument("--truth", required=True)
    p.add_argument("--quality", type=int, default=85)
    a = p.parse_args()
    picture, classes = make_scene(a.size, a.seed)
    write_image(a.image, picture, a.quality)
    write_truth(a.truth, classes)
    share = np.bincount(classes.ravel(), minlength=len(CLASSES)) / classes.size
    print(" ".join(f"{n} {s:.3f}" for n, s in zip(CLASSES, share)))


if __name__ == "__main__":
    main()
