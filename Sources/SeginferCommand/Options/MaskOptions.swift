import ArgumentParser
import Networks
import Orthophotos

/// A format of masks by GDAL's name, in any case.
struct OutputFormat: ExpressibleByArgument {
  var format: MaskFormat

  init(_ format: MaskFormat) { self.format = format }

  init?(argument: String) {
    guard let format = MaskFormat.allCases.first(where: { $0.rawValue.lowercased() == argument.lowercased() }) else {
      return nil
    }
    self.format = format
  }

  static var allValueStrings: [String] { MaskFormat.allCases.map(\.rawValue) }
}

/// `--background 0` or `none`.
enum BackgroundName: String, ExpressibleByArgument, CaseIterable {
  case first = "0"
  case nothing = "none"

  var value: SegmentationOptions.Background { self == .first ? .first : .none }
}
