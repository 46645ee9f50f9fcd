import Foundation
import Rasters
import TestSupport
import Scenes
import Testing

/// Walks the real rasters beside the checkout when they are there.
@Suite struct RealRasterTests {
  static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data").standardizedFileURL
  static var roots: [URL] {
    [shared].filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  static let files: [String] = {
    guard let root = roots.first else { return [] }
    return ["images", "suites"].flatMap { part -> [String] in
      let found = FileManager.default.enumerator(at: root.appending(path: part), includingPropertiesForKeys: nil)
      return (found?.compactMap { ($0 as? URL)?.path } ?? [])
        .filter { ["tif", "tiff", "png", "jpg"].contains(URL(filePath: $0).pathExtension) }.sorted()
    }
  }()

  @Test(.enabled(if: !files.isEmpty, "no shared/data beside the checkout"))
  func `every readable image gives all rows and a mask on its grid`() throws {
    let scratch = try Scratch()
    var read = 0
    for path in Self.files {
      guard let reader = try? RasterReader(path: path), (3...4).contains(reader.bandCount),
        reader.bandTypes[0] == .uint8,
        reader.width * reader.height < 1 << 21
      else { continue }
      do {
        _ = try reader.pixels(step: 37)
      } catch let error as RasterError {
        #expect(error.kind == .malformed && path.contains("/suites/"), "\(error)")
        continue
      }
      read += 1
      let mask = scratch.path("mask.tif")
      let writer = try MaskWriter(path: mask, like: reader, format: .gtiff, classes: .capstone, overwrite: true)
      try writer.finish()
      let result = try RasterReader(path: mask)
      #expect(result.width == reader.width && result.height == reader.height, "\(path)")
      #expect(result.georeference.geotransform == reader.georeference.geotransform, "\(path)")
      // The suites also hold systems that GeoTIFF keys can only approximate.
      #expect((result.georeference.crs == nil) == (reader.georeference.crs == nil), "\(path)")
      if path.contains("/suites/") { continue }
      #expect(result.georeference.crs?.wkt == reader.georeference.crs?.wkt, "\(path)")
      #expect(result.georeference.controlPoints.count == reader.georeference.controlPoints.count, "\(path)")
    }
    #expect(read >= 20)
  }
}
