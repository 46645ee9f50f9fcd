import Foundation
import Rasters
import Testing

/// A directory of its own for one test, with a small scene and a small model; removed with it.
final class Workplace {
  let url: URL

  /// `scene.tif`: 48x40 pixels of 3 bytes on a grid; `model.keras`: a U-Net of stride 4 and halo 13 with 3 classes.
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try scene("scene.tif", 48, 40)
    try copy("keras/functional_unet/model.keras", "model.keras")
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  func path(_ name: String) -> String { url.appending(path: name).path }

  func copy(_ fixture: String, _ name: String) throws {
    try FileManager.default.copyItem(at: Workplace.fixtures.appending(path: fixture), to: url.appending(path: name))
  }

  func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    try Data(bytes).write(to: url.appending(path: name))
  }

  func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map(Array.init) }

  func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(at: url.appending(path: name), withIntermediateDirectories: true)
  }

  /// Everything in the directory, hidden files included.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

  /// Smooth shapes, so that several classes occur.
  func scene(
    _ name: String, _ width: Int, _ height: Int, bands: Int = 3, type: PixelType = .uint8, nodata: Double? = nil,
    isReferenced: Bool = true, value: ((_ x: Int, _ y: Int, _ band: Int) -> Double)? = nil
  ) throws {
    var fixture = RasterFixture(width, height, bands: bands, type: type)
    fixture.nodata = nodata
    if isReferenced { fixture.georeference = Georeference(geotransform: [500_000, 0.25, 0, 200_000, 0, -0.25]) }
    var samples: [Double] = []
    samples.reserveCapacity(width * height * bands)
    for y in 0..<height {
      for x in 0..<width {
        for band in 0..<bands {
          samples.append(value?(x, y, band) ?? Double((x * (3 + band) / 2 ^ y * (5 - band) / 2) * 3 & 255))
        }
      }
    }
    try fixture.write(samples, to: path(name))
  }

  /// `scene.tif` stretched to another size, as a VRT.
  func enlargement(_ name: String, _ width: Int, _ height: Int) throws {
    let bands = (1...3).map { band in
      """
      <VRTRasterBand dataType="Byte" band="\(band)"><SimpleSource><SourceFilename relativeToVRT="1">scene.tif</SourceFilename>
      <SourceBand>\(band)</SourceBand><SrcRect xOff="0" yOff="0" xSize="48" ySize="40"/>
      <DstRect xOff="0" yOff="0" xSize="\(width)" ySize="\(height)"/></SimpleSource></VRTRasterBand>
      """
    }
    let text = "<VRTDataset rasterXSize=\"\(width)\" rasterYSize=\"\(height)\">\(bands.joined())</VRTDataset>"
    try write(text.utf8, name)
  }

  func run(
    _ arguments: [String], environment: [String: String] = [:], signal: Int32? = nil,
    twice: Bool = false, when isReady: () -> Bool = { true }, ignoring: [String] = [], closing: [Int32] = []
  ) throws -> Finished {
    try Program.run(
      arguments, in: url.path, environment: environment, signal: signal, twice: twice, when: isReady,
      ignoring: ignoring,
      closing: closing)
  }

  /// The class numbers of a mask; 255 where it has no data.
  func mask(_ name: String) throws -> [UInt8] {
    let reader = try RasterReader(path: path(name), bands: [1])
    let count = reader.width * reader.height
    var samples = [Float](repeating: -1, count: count)
    var valid = [UInt8](repeating: 9, count: count)
    try samples.withUnsafeMutableBufferPointer { samples in
      try valid.withUnsafeMutableBufferPointer { valid in
        guard let samples = samples.baseAddress, let valid = valid.baseAddress else { return }
        try reader.readRows(
          0..<reader.height, columns: 0..<reader.width, scale: [1], offset: [0], into: samples, valid: valid)
      }
    }
    return zip(samples, valid).map { $1 == 0 ? 255 : UInt8($0) }
  }

  /// Expects a refusal: the exit code, one line of error with these words, and every file as it was.
  func expectRefusal(
    _ arguments: [String], _ status: Int32, _ words: String..., environment: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let before = contents()
    let result = try run(arguments, environment: environment)
    let told = Comment(rawValue: "\(arguments): \(result.status)\n\(result.errors)")
    #expect(result.status == status, told, sourceLocation: location)
    #expect(result.errorLines.count == 1, told, sourceLocation: location)
    #expect(result.errors.hasSuffix((result.errorLines.last ?? "") + "\n"), told, sourceLocation: location)
    #expect(result.output.isEmpty, told, sourceLocation: location)
    for word in words { #expect(result.errorLines.last?.contains(word) == true, told, sourceLocation: location) }
    #expect(contents() == before, told, sourceLocation: location)
  }

  /// Every regular file with its bytes, and the names of what else is there.
  private func contents() -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    for name in FileManager.default.enumerator(atPath: url.path)?.compactMap({ $0 as? String }) ?? [] {
      let type = try? FileManager.default.attributesOfItem(atPath: path(name))[.type] as? FileAttributeType
      result[name] = type == .typeRegular ? bytes(name) : []
    }
    return result
  }
}
