import CGDAL

/// The sample types of rasters that are read.
public enum PixelType: String, Sendable, Hashable, CaseIterable {
  case uint8, uint16, int16, uint32, int32, float32, float64

  /// The largest value of an integer type, by which samples are divided when nothing else is known, rounded to
  /// Float; `nil` for float types.
  public var maximum: Float? {
    switch self {
    case .uint8: 255
    case .uint16: 65_535
    case .int16: 32_767
    case .uint32: 4_294_967_296
    case .int32: 2_147_483_648
    case .float32, .float64: nil
    }
  }

  var gdal: GDALDataType {
    switch self {
    case .uint8: GDT_Byte
    case .uint16: GDT_UInt16
    case .int16: GDT_Int16
    case .uint32: GDT_UInt32
    case .int32: GDT_Int32
    case .float32: GDT_Float32
    case .float64: GDT_Float64
    }
  }

  init?(_ gdal: GDALDataType) {
    guard let type = PixelType.allCases.first(where: { $0.gdal == gdal }) else { return nil }
    self = type
  }

  /// The type in which rows are buffered between GDAL and the conversion to Float.
  var buffered: PixelType {
    switch self {
    case .uint8, .uint16, .int16: self
    case .uint32, .int32, .float32, .float64: .float32
    }
  }

  var byteCount: Int {
    switch self {
    case .uint8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .float64: 8
    }
  }
}

/// A sample type of the row buffer.
protocol Sample: Equatable {
  var float: Float { get }
  var isFiniteSample: Bool { get }
  /// The sample that a file's nodata value stands for; `nil` if no sample of this type can equal it.
  init?(nodata: Double)
}

extension Sample where Self: FixedWidthInteger {
  var float: Float { Float(self) }
  var isFiniteSample: Bool { true }
  init?(nodata: Double) { self.init(exactly: nodata) }
}

extension UInt8: Sample {}
extension UInt16: Sample {}
extension Int16: Sample {}

extension Float: Sample {
  var float: Float { self }
  var isFiniteSample: Bool { isFinite }
  init?(nodata: Double) {
    guard nodata.isFinite else { return nil }
    self.init(nodata)
  }
}
