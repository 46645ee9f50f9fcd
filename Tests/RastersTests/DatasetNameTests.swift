import Diagnostics
import Foundation
import Glibc
import Rasters
import TestSupport
import Scenes
import Testing

@Suite struct DatasetNameTests {
  let scratch: Scratch
  init() throws {
    scratch = try Scratch()
    for name in ["a.tif", "two words.tif", "b:1.tif", "x.gpkg", "f.nc", "m.mrf", "z.zip", "2", "g.tif.gz"] {
      _ = FileManager.default.createFile(atPath: scratch.path(name), contents: Data([1]))
    }
    try FileManager.default.createDirectory(atPath: scratch.path("S2.SAFE"), withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: scratch.path("S2.SAFE/MTD.xml"), contents: Data([1]))
  }

  /// A name in which `@` stands for the directory, and the file, the part of it and the stem that it means.
  static let names: [(text: String, file: String, stem: String)] = [
    ("@a.tif", "a.tif", "a"),
    ("@b:1.tif", "b:1.tif", "b:1"),
    ("GTIFF_DIR:2:@a.tif", "a.tif", "a.2"),
    ("GTIFF_DIR:off:408:@two words.tif", "two words.tif", "two words.off.408"),
    ("GTIFF_DIR:2:@b:1.tif", "b:1.tif", "b:1.2"),
    ("GPKG:@x.gpkg:north east", "x.gpkg", "x.north_east"),
    ("NETCDF:\"@f.nc\":v", "f.nc", "f.v"),
    ("NETCDF:@f.nc:v", "f.nc", "f.v"),
    ("HDF5:\"@f.nc\"://group/data", "f.nc", "f.group_data"),
    ("SENTINEL2_L1C:@S2.SAFE/MTD.xml:10m:EPSG_32632", "S2.SAFE/MTD.xml", "S2.SAFE/MTD.10m.EPSG_32632"),
    ("ZARR:\"@S2.SAFE\":/array", "S2.SAFE", "S2.array"),
    ("vrt://@a.tif?bands=3,2,1", "a.tif", "a.bands_3.2.1"),
    ("vrt://@a.tif", "a.tif", "a"),
    ("@m.mrf:MRF:L0", "m.mrf", "m.MRF.L0"),
    ("RASTERLITE:@f.nc,table=t", "f.nc", "f.table_t"),
    ("/vsizip/@z.zip/in/ortho.tif", "z.zip", "ortho"),
    ("/vsizip/@z.zip", "z.zip", "z"),
    ("/vsizip/{@z.zip}/in/ortho.tif", "z.zip", "ortho"),
    ("/vsigzip/@g.tif.gz", "g.tif.gz", "g.tif"),
    ("/vsisubfile/100_200,@a.tif", "a.tif", "a"),
    ("GTIFF_DIR:1:/vsizip/@z.zip/in/ortho.tif", "z.zip", "ortho.1"),
  ]

  @Test(arguments: names)
  func `the file in a name gives the name of what is made of it`(text: String, file: String, stem: String) throws {
    let directory = scratch.path("")
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    let name = DatasetName(text.replacing("@", with: prefix))
    #expect(name.files.first == prefix + file)
    let got = try #require(name.stem)
    #expect(got.directory + got.name == prefix + stem)
    #expect(!name.isRemote)
    #expect(rasterError { try name.check() } == nil)
  }

  @Test func `paths and names are told apart`() {
    for text in ["no.tif", "in/no.tif", "/a/b:c.tif", "folder"] {
      #expect(DatasetName(text).isPath)
      #expect(rasterError { try DatasetName(text).check() }?.kind == .notFound)
    }
    for text in ["GPKG:no.gpkg:north", "vrt://no.tif", "/vsicurl/https://x/y.tif", " <VRTDataset/>"] {
      #expect(!DatasetName(text).isPath)
    }
    #expect(DatasetName("no.tif").stem?.name == "no")
    for text in ["/vsicurl/https://x/y.tif", "<VRTDataset/>", "GPKG:no.gpkg:north"] {
      #expect(DatasetName(text).stem == nil)
    }
  }

  @Test func `only names that say so reach the network`() {
    for text in ["/vsicurl/https://x/y.tif", "/vsizip/vsicurl/https://x/y.zip", "vrt:///vsis3/b/k.tif"] {
      #expect(DatasetName(text).isRemote)
    }
    #expect(!DatasetName("/vsizip/a.zip/b.tif").isRemote)
  }

  @Test func `URLs are answered with GDAL's form of them`() {
    let forms = [
      "https://h/a.tif": "/vsicurl/https://h/a.tif", "HTTP://h/a.tif": "/vsicurl/HTTP://h/a.tif",
      "s3://bucket/a.tif": "/vsis3/bucket/a.tif", "gs://bucket/a.tif": "/vsigs/bucket/a.tif",
      "file:///data/a.tif": "/data/a.tif", "zip://a.zip!b.tif": "/vsizip/a.zip/b.tif",
    ]
    for (url, form) in forms {
      let error = rasterError { _ = try RasterReader(path: url) }
      #expect(error?.kind == .notFound)
      #expect(error?.remedy?.advice?.hasSuffix(form) == true, "\(url): \(error?.description ?? "")")
    }
  }

  @Test func `a pipe in a name is not read and an address is not followed`() throws {
    let pipe = scratch.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for text in [
      pipe, "GTIFF_DIR:1:\(pipe)", "vrt://\(pipe)?bands=1", "/vsizip/\(pipe)/a.tif", "NETCDF:\"\(pipe)\":v",
      "<VRTDataset><SourceFilename relativeToVRT=\"0\">\(pipe)</SourceFilename></VRTDataset>",
    ] {
      #expect(rasterError { _ = try RasterReader(path: text) }?.kind == .unreadable, "\(text)")
    }
    for text in ["MEM:::DATAPOINTER=4096,PIXELS=4,LINES=4", "vrt://mem:::DATAPOINTER=4096,PIXELS=4,LINES=4"] {
      #expect(rasterError { _ = try RasterReader(path: text) }?.kind == .unsupported)
    }
  }

  @Test func `the file in a name is never the output`() throws {
    try RasterFixture(3, 2, bands: 1, type: .uint8).write(pattern(6), to: scratch.path("a.tif"))
    let reader = try RasterReader(path: "GTIFF_DIR:1:\(scratch.path("a.tif"))")
    #expect(reader.files.contains(scratch.path("a.tif")))
    let error = rasterError {
      _ = try MaskWriter(path: scratch.path("a.tif"), like: reader, classes: ClassTable(count: 2), overwrite: true)
    }
    #expect(error?.kind == .invalidOption)
  }
}
