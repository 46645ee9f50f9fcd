"""Records ground areas of small grids in many reference systems, by pyproj's Geod.polygon_area_perimeter: of each pixel, whose sides
are cut into pieces and brought to the ellipsoid, summed.

  python ground_areas.py FILE         with the packages of requirements-areas.txt; FILE is Fixtures/areas/areas.json

The pixels of `lower_left` are those with column * height < row * width.
"""

import json
import sys

import numpy as np
from pyproj import CRS, Transformer
from pyproj.enums import WktVersion

ROTATED_POLE = (
    "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18 +ellps=WGS84 +to_meter=0.0174532925199433 +type=crs")

# Name, system, upper left corner in easting or longitude and northing or latitude, pixel width and height, columns and rows.
GRIDS = [
    ("utm_340_km_off", "EPSG:32633", (160000, 5800000), (1000, -1000), (60, 40)),
    ("utm_quarter_metre", "EPSG:32633", (160000, 5800000), (0.25, -0.25), (24, 20)),
    ("utm_long_strip", "EPSG:32633", (160000, 9200000), (250, -100000), (40, 80)),
    ("laea_europe", "EPSG:3035", (4300000, 3300000), (1000, -1000), (60, 40)),
    ("web_mercator_equator", "EPSG:3857", (1669792, 3), (0.25, -0.25), (24, 20)),
    ("web_mercator_52.5", "EPSG:3857", (1669792, 6891042), (0.25, -0.25), (24, 20)),
    ("web_mercator_70", "EPSG:3857", (1669792, 11068715), (0.25, -0.25), (24, 20)),
    ("web_mercator_county", "EPSG:3857", (1669792, 11068715), (2000, -2000), (60, 40)),
    ("web_mercator_world", "EPSG:3857", (-20037508, 20037508), (333958.47, -333958.47), (120, 120)),
    ("web_mercator_south_up", "EPSG:3857", (1669792, 6800000), (1000, 1000), (60, 40)),
    ("geographic_centimetres", "EPSG:4326", (15, 48), (1e-6, -1e-6), (24, 20)),
    ("geographic_county", "EPSG:4326", (15, 70), (0.01, -0.01), (60, 40)),
    ("geographic_world", "EPSG:4326", (-180, 90), (2, -2), (180, 90)),
    ("geographic_paris_grads", "EPSG:4807", (0.5, 53), (0.01, -0.01), (60, 40)),
    ("us_survey_feet", "EPSG:2263", (980000, 220000), (500, -500), (60, 40)),
    ("international_feet", "EPSG:2992", (600000, 900000), (1000, -1000), (60, 40)),
    ("british_grid", "EPSG:27700", (200000, 900000), (1000, -1000), (60, 40)),
    ("polish_1992", "EPSG:2180", (480000, 600000), (1000, -1000), (60, 40)),
    ("swiss_oblique_mercator", "EPSG:2056", (2500000, 1290000), (1000, -1000), (60, 40)),
    ("lambert_paris", "EPSG:27572", (500000, 2400000), (1000, -1000), (60, 40)),
    ("albers_conus", "EPSG:5070", (-500000, 2000000), (5000, -5000), (60, 40)),
    ("polar_stereographic", "EPSG:3413", (-2000000, 1500000), (100000, -100000), (40, 30)),
    ("with_heights", "EPSG:25832+7837", (300000, 5800000), (1000, -1000), (60, 40)),
    ("rotated_pole", ROTATED_POLE, (-10, 10), (0.2, -0.2), (60, 40)),
]


def turned(upper_left, pixel, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return [upper_left[0], pixel[0] * c, -pixel[1] * s, upper_left[1], pixel[0] * s, pixel[1] * c]


def pixel_areas(crs, transform, width, height, pieces=8):
    base = crs
    while base.is_bound or base.is_compound or base.is_projected or base.is_derived:
        base = base.source_crs if base.is_bound else base.sub_crs_list[0] if base.is_compound else (
            base.geodetic_crs if base.is_projected else base.source_crs)
    to_base = Transformer.from_crs(crs, base, always_xy=True)
    degrees = np.degrees(base.axis_info[0].unit_conversion_factor)
    geod = base.get_geod()
    part = np.arange(pieces) / pieces
    zero, one = np.zeros(pieces), np.ones(pieces)
    u = np.concatenate([part, one, 1 - part, zero])
    v = np.concatenate([zero, part, one, 1 - part])
    areas = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            c, r = column + u, row + v
            x = transform[0] + c * transform[1] + r * transform[2]
            y = transform[3] + c * transform[4] + r * transform[5]
            longitude, latitude = to_base.transform(x, y)[:2]
            areas[row, column] = abs(geod.polygon_area_perimeter(
                np.array(longitude) * degrees, np.clip(np.array(latitude) * degrees, -90, 90))[0])
    return areas


def record(name, system, transform, width, height):
    crs = CRS(system)
    areas = pixel_areas(crs, transform, width, height)
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    first = (crs.sub_crs_list[0] if crs.is_compound else crs).axis_info[0].direction.lower()
    swapped = first in ("north", "south")
    # Axes that both point along meridians come in the order of the coordinates.
    if crs.axis_info and crs.axis_info[1].direction.lower() in ("north", "south") and swapped:
        swapped = False
    return {
        "name": name, "wkt": crs.to_wkt(WktVersion.WKT2_2019), "axis_mapping": [2, 1] if swapped else [1, 2],
        "geotransform": [float(t) for t in transform], "width": width, "height": height, "total": float(areas.sum()),
        "lower_left": float(areas[columns * height < rows * width].sum()),
    }


def main(path):
    cases = []
    for name, system, corner, pixel, (width, height) in GRIDS:
        cases.append(record(name, system, [corner[0], pixel[0], 0, corner[1], 0, pixel[1]], width, height))
    for name, system in (("turned_utm", "EPSG:32633"), ("turned_web_mercator", "EPSG:3857")):
        cases.append(record(name, system, turned((500000, 7000000), (1000, -1000), 30), 60, 40))
    with open(path, "w") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


main(sys.argv[1])
