package import Scenes
import CGDAL
import Platform

/// A small picture of a result: scene, mask, and mask over scene, side by side above the colours of the classes.
package enum Preview {
  private static let gap = 8
  private static let swatch = 24

  /// Writes the picture as a PNG with alpha; pixels that the mask calls nodata are transparent.
  ///
  /// 8-bit scenes are shown as they are, others stretched between their 2nd and 98th percentiles.
  /// - Parameters:
  ///   - path: appears when it is complete; `.exists` is thrown unless `overwrite`.
  ///   - scene: its first three chosen bands are shown as red, green, blue; with fewer, the first one as grey.
  ///   - maskPath: a mask of the scene's size.
  ///   - maxSize: the longer side of one panel in pixels.
  /// - Throws: what opening the rasters throws, `.unsupported` for a mask of another size, `.io`.
  package static func write(
    to path: String, scene: RasterReader, mask maskPath: String, classes: ClassTable, maxSize: Int = 1024,
    overwrite: Bool = false
  ) throws(RasterError) {
    let output = try OutputFile(path, overwrite: overwrite, inputs: [scene.path, maskPath] + scene.files)
    // The scene last, since its name may allow the network.
    let maskData = try Dataset(reading: maskPath)
    let sceneData = try Dataset(reading: scene.path)
    guard maskData.width == scene.width, maskData.height == scene.height, maskData.bandCount == 1 else {
      throw RasterError(
        .unsupported, maskPath,
        "\(maskData.width)x\(maskData.height) pixels, the scene has \(scene.width)x\(scene.height)")
    }
    let scale = min(1, Double(max(1, maxSize)) / Double(max(scene.width, scene.height)))
    let width = max(1, Int((Double(scene.width) * scale).rounded()))
    let height = max(1, Int((Double(scene.height) * scale).rounded()))

    let picture = Picture(
      width: width, height: height, labels: try labels(of: maskData, width: width, height: height))
    let shown = scene.bands.count >= 3 ? Array(scene.bands.prefix(3)) : [scene.bands[0]]
    let planes = try planes(of: sceneData, bands: shown, picture)
    let png = try painted(picture, planes, classes).png(for: path)
    try output.refuseExisting()
    let failure =
      png.withUnsafeBytes { bytes in
        do throws(WriteError) {
          try WrittenFile.write([bytes], to: path)
          return nil
        } catch { return RasterError(.io, path, error.what) }
      } as RasterError?
    if let failure { throw failure }
  }

  /// One panel, and the class of each of its pixels; `nil` for nodata.
  private struct Picture {
    let width: Int, height: Int
    let labels: [Float?]
  }

  private static func labels(of mask: Dataset, width: Int, height: Int) throws(RasterError) -> [Float?] {
    var hasNodata: Int32 = 0
    let nodata = GDALGetRasterNoDataValue(mask.band(1), &hasNodata)
    let labels = try mask.decimated(bands: [1], width: width, height: height, resampling: GRIORA_Mode)
    return labels.map { hasNodata == 0 || Double($0) != nodata ? $0 : nil }
  }

  /// The bands as bytes.
  private static func planes(of scene: Dataset, bands: [Int], _ picture: Picture) throws(RasterError) -> [[UInt8]] {
    let types = try bands.map { (number) throws(RasterError) in try scene.pixelType(number) }
    // Averages of what GDAL before 3.7 takes for bytes from 0 to 255 would mean nothing.
    let areUnknownToGDAL = PixelType.signedByte == nil && types.contains(.int8)
    let resampling = areUnknownToGDAL ? GRIORA_NearestNeighbour : GRIORA_Average
    let samples = try scene.decimated(
      bands: bands, width: picture.width, height: picture.height, resampling: resampling)
    let count = picture.width * picture.height, isClassified = picture.labels.map { $0 != nil }
    return bands.indices.map { index in
      var plane = Array(samples[index * count..<(index + 1) * count])
      if areUnknownToGDAL, types[index] == .int8 { plane = plane.map { $0 > 127 ? $0 - 256 : $0 } }
      return types[index] == .uint8 ? plane.map(byte) : stretched(plane, where: isClassified)
    }
  }

  private static func painted(_ picture: Picture, _ planes: [[UInt8]], _ classes: ClassTable) -> Canvas {
    let (width, height) = (picture.width, picture.height)
    let swatchRows = classes.count == 0 ? 0 : swatch + gap
    var canvas = Canvas(width: 3 * width + 2 * gap, height: height + swatchRows)
    for y in 0..<height {
      for x in 0..<width {
        let index = y * width + x
        guard let label = picture.labels[index] else { continue }
        let pixel = RGB(planes[0][index], planes[planes.count / 2][index], planes[planes.count - 1][index])
        let id = Int(label)
        let color = id < classes.count ? classes.entries[id].color : ClassTable.color(id)
        canvas.set(x, y, pixel)
        canvas.set(width + gap + x, y, color)
        canvas.set(2 * (width + gap) + x, y, RGB(mean: pixel, color))
      }
    }
    for (id, entry) in classes.entries.enumerated() {
      canvas.fill(x: id * (swatch + gap), y: height + gap, size: swatch, entry.color)
    }
    return canvas
  }

  private static func byte(_ value: Float) -> UInt8 { value.isFinite ? UInt8(max(0, min(255, value.rounded()))) : 0 }

  /// The samples between the 2nd and the 98th percentile of the pixels looked at, as bytes.
  static func stretched(_ samples: [Float], where isShown: [Bool]) -> [UInt8] {
    let sorted = zip(samples, isShown).filter { $0.isFinite && $1 }.map(\.0).sorted()
    guard let last = sorted.indices.last else { return [UInt8](repeating: 0, count: samples.count) }
    let low = sorted[last * 2 / 100]
    let high = sorted[last * 98 / 100]
    return samples.map { high > low ? byte(($0 - low) / (high - low) * 255) : ($0.isFinite ? 128 : 0) }
  }
}

extension Dataset {
  /// The whole raster at another size, `[band][row][column]`.
  fileprivate func decimated(
    bands: [Int], width: Int, height: Int, resampling: GDALRIOResampleAlg
  ) throws(RasterError) -> [Float] {
    var result = [Float](repeating: 0, count: bands.count * width * height)
    var map = bands.map(Int32.init)
    var extra = rasterIOExtra(resampling: resampling)
    let failure = GDAL.failure {
      GDALDatasetRasterIOEx(
        handle, GF_Read, 0, 0, Int32(self.width), Int32(self.height), &result, Int32(width), Int32(height), GDT_Float32,
        Int32(bands.count), &map, 4, Int64(4 * width), Int64(4 * width * height), &extra)
    }
    if let failure { throw RasterError(.malformed, path, "cannot be decoded (\(failure))") }
    return result
  }
}

extension RGB {
  fileprivate init(mean a: RGB, _ b: RGB) {
    func half(_ x: UInt8, _ y: UInt8) -> UInt8 { UInt8((Int(x) + Int(y)) / 2) }
    self.init(half(a.red, b.red), half(a.green, b.green), half(a.blue, b.blue))
  }
}
