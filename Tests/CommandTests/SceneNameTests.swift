import Foundation
import Glibc
import Rasters
import Testing

/// Scenes by name: what is refused, and what the mask is called.
struct SceneNameTests {
  private let place: Workplace
  private static let model = ["-m", "model.keras"]

  init() throws { place = try Workplace() }

  @Test func `a URL is answered with the name that GDAL reads`() throws {
    try place.expectRefusal(
      ["https://example.org/a.tif"] + SceneNameTests.model + ["-o", "o.tif"], 5, "/vsicurl/https://example.org/a.tif")
    try place.expectRefusal(["s3://bucket/a.tif"] + SceneNameTests.model + ["-o", "o.tif"], 5, "/vsis3/bucket/a.tif")
  }

  @Test func `names without a file need one for the mask`() throws {
    for scene in ["/vsicurl/https://127.0.0.1:9/a.tif", "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"/>"] {
      try place.expectRefusal([scene] + SceneNameTests.model, 2, "-o")
    }
  }

  @Test func `what a name speaks of may be missing or no raster`() throws {
    try place.expectRefusal(["GTIFF_DIR:1:no.tif"] + SceneNameTests.model + ["-o", "o.tif"], 5, "no such file")
    try place.expectRefusal(["vrt://no.tif"] + SceneNameTests.model + ["-o", "o.tif"], 5, "no such file")
    try place.expectRefusal(
      ["GTIFF_DIR:7:scene.tif"] + SceneNameTests.model + ["-o", "o.tif"], 4, "GTIFF_DIR:7:scene.tif")
    try place.write("text".utf8, "text.tif")
    try place.expectRefusal(["vrt://text.tif"] + SceneNameTests.model + ["-o", "o.tif"], 4, "vrt://text.tif")
  }

  @Test func `a FIFO within a name is refused without reading it`() throws {
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    for scene in ["GTIFF_DIR:1:pipe", "vrt://pipe?bands=1", "/vsizip/pipe/a.tif", "NETCDF:\"pipe\":v"] {
      try place.expectRefusal([scene] + SceneNameTests.model + ["-o", "o.tif"], 5, "not a regular file")
    }
  }

  @Test func `the file within a name is never an output`() throws {
    for scene in ["GTIFF_DIR:1:scene.tif", "vrt://scene.tif?bands=1,2,3", "vrt://./scene.tif"] {
      try place.expectRefusal(
        [scene] + SceneNameTests.model + ["-o", "scene.tif", "--overwrite"], 2, "scene.tif", "also an input")
    }
  }

  @Test func `the mask is named after the file and the part of it`() throws {
    try place.makeDirectory("folder")
    try place.scene("folder/a.tif", 20, 20)
    for (scene, mask) in [
      ("GTIFF_DIR:1:folder/a.tif", "folder/a.1.seg.tif"),
      ("vrt://folder/a.tif?bands=3,2,1", "folder/a.bands_3.2.1.seg.tif"),
    ] {
      let result = try place.run([scene] + SceneNameTests.model + ["-q"])
      #expect(result.output == mask + "\n", "\(result.errors)")
    }
  }

  @Test func `a file of several rasters names them`() throws {
    try place.copy("cases/raster_subdatasets/two.gpkg", "two.gpkg")
    try place.expectRefusal(["two.gpkg"] + SceneNameTests.model + ["-o", "o.tif"], 3, "GPKG:two.gpkg:north")
  }

  @Test func `band counts that do not fit name the alpha band and the way to read it`() throws {
    try place.copy("cases/raster_alpha_that_is_near_infrared/rgbn.tif", "rgbn.tif")
    try place.copy("cases/raster_alpha_that_is_near_infrared/largest_of_4.onnx", "four.onnx")
    try place.expectRefusal(
      ["rgbn.tif", "-m", "four.onnx", "-o", "o.tif"], 2, "4 bands, of which band 4 is marked alpha", "--ignore-alpha")
    let result = try place.run(["rgbn.tif", "-m", "model.keras", "-o", "o.tif"])
    #expect(result.errors.contains("band 4 hides pixels where it is 0; --ignore-alpha"))
  }

  @Test func `scale and offset of bands are mentioned`() throws {
    try place.copy("cases/raster_mixed_types/seconds.tif", "seconds.tif")
    let plain = try place.run(["seconds.tif"] + SceneNameTests.model + ["-o", "o.tif"])
    #expect(plain.errors.contains("times 1.0 plus -3000000000.0, not applied without --unscale"), "\(plain.errors)")
    let scaled = try place.run(["seconds.tif"] + SceneNameTests.model + ["-o", "p.tif", "--unscale"])
    #expect(scaled.errors.contains("plus -3000000000.0, applied"))
    #expect(scaled.errors.contains("as they are"))
    let none = try place.run(["scene.tif"] + SceneNameTests.model + ["-o", "q.tif", "--unscale"])
    #expect(none.errors.contains("--unscale changes nothing"))
  }
}
