"""Adds members to the kinds of Fixtures/cases that are about rasters, from the rasters that are there.

  python raster_cases.py FOLDER       with numpy, h5py and gdal-bin; FOLDER is Fixtures/cases

A case is `NAME.command`, scene and options one a line, and `NAME.expected.npy`, the classes: the largest of the values that the network
sees, the first of equals, 255 where there is no data. `gdal_translate` reads the samples, NumPy does the rest.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

import h5py
import numpy as np

TYPES = {"Byte": "u1", "UInt16": "<u2", "Int16": "<i2", "UInt32": "<u4", "Float32": "<f4", "Float64": "<f8"}
POSITION = ["-a_srs", "EPSG:32633", "-a_ullr", "500000", "5800000", "500006", "5799995"]


def gdal(*arguments, cwd=None):
    subprocess.run([str(a) for a in arguments], check=True, cwd=cwd, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def write(path, bands, kind, *options):
    """A raster of `bands`, [band][row][column]; signed bytes are written as bytes."""
    bands = np.asarray(bands)
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw"
        bands.astype(TYPES[kind]).tofile(raw)
        code = {"Byte": 1, "Int16": 2, "UInt16": 12, "UInt32": 13, "Float32": 4, "Float64": 5}[kind]
        (pathlib.Path(folder) / "raw.hdr").write_text(
            f"ENVI\nsamples = {bands.shape[2]}\nlines = {bands.shape[1]}\nbands = {bands.shape[0]}\n"
            f"header offset = 0\nfile type = ENVI Standard\ndata type = {code}\ninterleave = bsq\nbyte order = 0\n")
        gdal("gdal_translate", "--config", "GDAL_PAM_ENABLED", "NO", "-of", "GTiff", *POSITION, *options, raw, path)


def read(name, kind, cwd):
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw"
        gdal("gdal_translate", "--config", "GDAL_PAM_ENABLED", "NO", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", name, raw, cwd=cwd)
        return np.fromfile(raw, TYPES[kind]).reshape(-1, 20, 24)


def case(folder, name, arguments, values, valid=None):
    classes = np.argmax(np.asarray(values, np.float32), axis=0).astype(np.uint8)
    if valid is not None:
        classes[~valid] = 255
    np.save(folder / f"{name}.expected.npy", classes)
    (folder / f"{name}.command").write_text("\n".join(arguments) + "\n")


def vrt(*bands):
    """A VRT of (type, file, band of it, more elements)."""
    text = "".join(
        f'<VRTRasterBand dataType="{kind}" band="{number}">{more}<SimpleSource><SourceFilename relativeToVRT="1">{file}'
        f"</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource></VRTRasterBand>"
        for number, (kind, file, band, more) in enumerate(bands, 1))
    return f'<VRTDataset rasterXSize="24" rasterYSize="20">{text}</VRTDataset>'


def alpha(folder):
    rgbn = read("rgbn.tif", "Byte", folder)
    hidden = rgbn[3] == 0
    case(folder, "rgb", ["rgbn.tif", "-m", "largest_of_3.onnx", "-b", "1,2,3", "--ignore-alpha"], rgbn[:3])
    case(folder, "alpha_counts", ["rgbn.tif", "-m", "largest_of_3.onnx"], rgbn[:3], ~hidden)
    case(folder, "four_bands", ["rgbn.tif", "-m", "largest_of_4.onnx", "--ignore-alpha"], rgbn)
    case(folder, "infrared_first", ["rgbn.tif", "-m", "largest_of_3.onnx", "-b", "4,1,2", "--ignore-alpha"], rgbn[[3, 0, 1]])
    random = np.random.default_rng(5)
    wide = random.integers(0, 65536, (4, 20, 24))
    wide[0, 3:6] = 0
    write(folder / "alpha_first.tif", wide, "UInt16", "-colorinterp", "alpha,red,green,blue")
    case(folder, "alpha_first", ["alpha_first.tif", "-m", "largest_of_3.onnx"], wide[1:], wide[0] != 0)
    case(folder, "alpha_first_as_data", ["alpha_first.tif", "-m", "largest_of_4.onnx", "--ignore-alpha"], wide)
    dark = random.integers(0, 256, (3, 20, 24))
    dark[:, 8:11] = 0
    write(folder / "nodata.tif", dark, "Byte", "-a_nodata", "0")
    case(folder, "nodata", ["nodata.tif", "-m", "largest_of_3.onnx"], dark, dark.any(axis=0))
    case(folder, "nodata_is_data", ["nodata.tif", "-m", "largest_of_3.onnx", "--ignore-nodata"], dark)
    four = np.concatenate([dark, dark.any(axis=0)[None] * 255])
    with tempfile.TemporaryDirectory() as place:
        write(pathlib.Path(place) / "four.tif", four, "Byte")
        gdal("gdal_translate", "--config", "GDAL_TIFF_INTERNAL_MASK", "YES", "--config", "GDAL_PAM_ENABLED", "NO", "-b", "1",
             "-b", "2", "-b", "3", "-mask", "4", pathlib.Path(place) / "four.tif", folder / "masked.tif")
    case(folder, "masked", ["masked.tif", "-m", "largest_of_3.onnx"], dark, dark.any(axis=0))
    case(folder, "mask_is_data", ["masked.tif", "-m", "largest_of_3.onnx", "--ignore-mask"], dark)


def mixed(folder):
    random = np.random.default_rng(6)
    rgb = read("rgb8.tif", "Byte", folder) / np.float32(255)
    height = read("height32.tif", "Float32", folder)
    largest = ["-m", "largest_of_3.onnx"]
    case(folder, "rgb8_height32", ["rgb8_height32.vrt", *largest], np.concatenate([rgb[:2], height[:1]]))
    sixteen = random.integers(0, 65536, (1, 20, 24))
    write(folder / "infrared16.tif", sixteen, "UInt16")
    bytes_beside = vrt(("Byte", "rgb8.tif", 1, ""), ("UInt16", "infrared16.tif", 1, ""), ("Byte", "rgb8.tif", 2, ""))
    (folder / "rgb8_infrared16.vrt").write_text(bytes_beside)
    case(folder, "rgb8_infrared16", ["rgb8_infrared16.vrt", *largest],
         [rgb[0], sixteen[0] / np.float32(65535), rgb[1]])
    large = random.integers(0, 2**32, (1, 20, 24))
    write(folder / "large32.tif", large, "UInt32", "-a_nodata", str(2**32 - 1))
    doubles = random.random((1, 20, 24))
    write(folder / "double.tif", doubles, "Float64")
    three = vrt(("UInt32", "large32.tif", 1, ""), ("Float64", "double.tif", 1, ""), ("Byte", "rgb8.tif", 3, ""))
    (folder / "large32_double_rgb8.vrt").write_text(three)
    case(folder, "large32_double_rgb8", ["large32_double_rgb8.vrt", *largest],
         [large[0].astype(np.float32) / np.float32(2**32), doubles[0], rgb[2]])
    heights = random.integers(0, 10001, (1, 20, 24))
    write(folder / "reflectance.tif", heights, "UInt16")
    scaled = "<Offset>-0.1</Offset><Scale>0.0001</Scale>"
    (folder / "scaled.vrt").write_text(vrt(
        ("Byte", "rgb8.tif", 1, ""), ("UInt16", "reflectance.tif", 1, scaled), ("Byte", "rgb8.tif", 2, "")))
    reflectance = (heights[0] * 0.0001 - 0.1).astype(np.float32)
    case(folder, "unscaled", ["scaled.vrt", *largest, "--unscale"], [rgb[0], reflectance, rgb[1]])
    case(folder, "scale_not_applied", ["scaled.vrt", *largest], [rgb[0], heights[0] / np.float32(65535), rgb[1]])
    # 2**24 and more: a float32 before scale and offset would lose what counts.
    base = 3_000_000_000
    seconds = base + random.integers(0, 200, (3, 20, 24))
    write(folder / "seconds.tif", seconds, "UInt32", "-a_offset", str(-base))
    case(folder, "large_offset", ["seconds.tif", *largest, "--unscale"], seconds - base)


def signed(folder):
    values = read("signed.tif", "Byte", folder).view("i1")
    largest = ["-m", "largest_of_3.onnx"]
    case(folder, "signed", ["signed.tif", *largest], values)
    gdal("gdal_translate", "-of", "VRT", "signed.tif", "marked.vrt", cwd=folder)
    case(folder, "marked_vrt", ["marked.vrt", *largest], values)
    # Before GDAL 3.7 the bands of this one are not marked.
    gdal("gdalbuildvrt", "-overwrite", "built.vrt", "signed.tif", cwd=folder)
    case(folder, "built_vrt", ["built.vrt", *largest, "-b", "3,2,1"], values[::-1])
    random = np.random.default_rng(7)
    some = random.integers(-128, 128, (3, 20, 24))
    some[:, 4:7] = -128
    write(folder / "nodata.tif", some.astype("i1").view("u1"), "Byte", "-a_nodata", "-128", "-co", "PIXELTYPE=SIGNEDBYTE")
    case(folder, "nodata", ["nodata.tif", *largest], some, (some != -128).any(axis=0))
    case(folder, "nodata_is_data", ["nodata.tif", *largest, "--ignore-nodata"], some)
    write(folder / "unsigned.tif", random.integers(0, 256, (1, 20, 24)), "Byte")
    unsigned = read("unsigned.tif", "Byte", folder)[0]
    mark = '<Metadata domain="IMAGE_STRUCTURE"><MDI key="PIXELTYPE">SIGNEDBYTE</MDI></Metadata>'
    (folder / "beside_unsigned.vrt").write_text(vrt(
        ("Byte", "signed.tif", 1, mark), ("Byte", "unsigned.tif", 1, ""), ("Byte", "signed.tif", 2, mark)))
    case(folder, "beside_unsigned", ["beside_unsigned.vrt", *largest],
         [values[0] / np.float32(127), unsigned / np.float32(255), values[1] / np.float32(127)])


def subdatasets(folder):
    largest = ["-m", "largest_of_3.onnx"]
    for page in (1, 2):
        name = f"GTIFF_DIR:{page}:pages.tif"
        case(folder, f"page_{page}", [name, *largest], read(name, "Byte", folder))
    for table in ("north", "south"):
        name = f"GPKG:two.gpkg:{table}"
        case(folder, table, [name, *largest, "-b", "1,2,3"], read(name, "Byte", folder)[:3])
    first = read("pages.tif", "Byte", folder)
    case(folder, "turned_bands", ["vrt://pages.tif?bands=3,2,1", *largest], first[::-1])
    with zipfile.ZipFile(folder / "pages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("in/pages.tif", (2020, 1, 1, 0, 0, 0))
        archive.writestr(entry, (folder / "pages.tif").read_bytes())
    case(folder, "archived", ["/vsizip/pages.zip/in/pages.tif", *largest], first)
    case(folder, "page_in_archive", ["GTIFF_DIR:2:/vsizip/pages.zip/in/pages.tif", *largest],
         read("GTIFF_DIR:2:pages.tif", "Byte", folder))
    inline = vrt(("Byte", "pages.tif", 2, ""), ("Byte", "pages.tif", 1, ""), ("Byte", "pages.tif", 3, ""))
    case(folder, "inline", [inline, *largest], first[[1, 0, 2]])
    cube = np.random.default_rng(8).integers(0, 256, (3, 20, 24), dtype=np.uint8)
    with h5py.File(folder / "cube.h5", "w") as file:
        file.create_dataset("bands/image", data=cube)
        file.create_dataset("other", data=cube[:1])
    case(folder, "hdf5", ['HDF5:"cube.h5"://bands/image', *largest], cube)


def main(path):
    alpha(path / "raster_alpha_that_is_near_infrared")
    mixed(path / "raster_mixed_types")
    signed(path / "raster_signed_bytes")
    subdatasets(path / "raster_subdatasets")


main(pathlib.Path(sys.argv[1]))
