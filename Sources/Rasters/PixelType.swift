import CGDAL

/// The sample types of rasters that are read.
package enum PixelType: String, Sendable, Hashable, CaseIterable {
  case uint8, int8, uint16, int16, uint32, int32, float32, float64

  /// The largest value of an integer type, by which samples are divided when nothing else is known, rounded to
  /// Float; `nil` for float types.
  package var maximum: Float? {
    switch self {
    case .uint8: 255
    case .int8: 127
    case .uint16: 65_535
    case .int16: 32_767
    case .uint32: 4_294_967_296
    case .int32: 2_147_483_648
    case .float32, .float64: nil
    }
  }

  /// GDAL's type of this one; of signed bytes, which GDAL before 3.7 takes for a kind of bytes, that of their memory.
  var gdal: GDALDataType {
    switch self {
    case .uint8: GDT_Byte
    case .int8: PixelType.signedByte ?? GDT_Byte
    case .uint16: GDT_UInt16
    case .int16: GDT_Int16
    case .uint32: GDT_UInt32
    case .int32: GDT_Int32
    case .float32: GDT_Float32
    case .float64: GDT_Float64
    }
  }

  /// `nil` before GDAL 3.7.
  static let signedByte: GDALDataType? = {
    let type = GDALGetDataTypeByName("Int8")
    return type == GDT_Unknown ? nil : type
  }()

  /// The type of a band's samples; `nil` for those that are not read: complex ones and integers of 64 bits.
  init?(_ band: GDALRasterBandH) {
    let type = GDALGetRasterDataType(band)
    if type == GDT_Byte {
      let marked = GDALGetMetadataItem(band, "PIXELTYPE", "IMAGE_STRUCTURE").map { String(cString: $0) }
      self = marked?.uppercased() == "SIGNEDBYTE" ? .int8 : .uint8
      return
    }
    guard let type = PixelType.allCases.first(where: { $0 != .uint8 && $0.gdal == type }) else { return nil }
    self = type
  }

  var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .float64: 8
    }
  }
}

/// A sample type of the row buffer.
protocol Sample: Equatable {
  var float: Float { get }
  var double: Double { get }
  /// True for types whose samples may be NaN, infinite or beyond Float.
  static var needsRepair: Bool { get }
  /// The sample that a file's nodata value stands for; `nil` if no sample of this type can equal it.
  init?(nodata: Double)
  func isNodata(_ value: Self) -> Bool
}

extension Sample where Self: FixedWidthInteger {
  var float: Float { Float(self) }
  var double: Double { Double(self) }
  static var needsRepair: Bool { false }
  init?(nodata: Double) { self.init(exactly: nodata) }
  func isNodata(_ value: Self) -> Bool { self == value }
}

extension UInt8: Sample {}
extension Int8: Sample {}
extension UInt16: Sample {}
extension Int16: Sample {}
extension UInt32: Sample {}
extension Int32: Sample {}

extension Float: Sample {
  var float: Float { self }
  var double: Double { Double(self) }
  static var needsRepair: Bool { true }
  init?(nodata: Double) {
    guard nodata.isFinite else { return nil }
    self.init(nodata)
  }
  func isNodata(_ value: Float) -> Bool { self == value }
}

extension Double: Sample {
  var float: Float { Float(self) }
  var double: Double { self }
  static var needsRepair: Bool { true }
  init?(nodata: Double) {
    guard nodata.isFinite else { return nil }
    self = nodata
  }
  /// Files that were float32 once state the value in fewer digits than the samples have.
  func isNodata(_ value: Double) -> Bool { Float(self) == Float(value) }
}
