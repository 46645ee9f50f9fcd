public import ArgumentParser
public import Networks

/// `N` or `N,M`: width and height in pixels.
struct WindowSize: ExpressibleByArgument {
  var size: PixelSize

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard let width = parts.first ?? nil, (1...1 << 20).contains(width), parts.count <= 2 else { return nil }
    guard parts.count == 1 || parts[1].map({ (1...1 << 20).contains($0) }) == true else { return nil }
    size = PixelSize(width: width, height: parts.count == 2 ? parts[1] ?? width : width)
  }
}

extension SegmentationOptions.Overlap: ExpressibleByArgument {
  /// Pixels, or a percentage of the window.
  public init?(argument: String) {
    if argument.hasSuffix("%") {
      guard let value = Double(argument.dropLast()), (0..<100).contains(value) else { return nil }
      self = .percent(value)
    } else {
      guard let value = Int(argument), (0...1 << 20).contains(value) else { return nil }
      self = .pixels(value)
    }
  }
}

/// `--halo auto` or pixels.
enum Halo: ExpressibleByArgument {
  case automatic, pixels(Int)

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else {
      guard let count = Int(argument), (0...1 << 20).contains(count) else { return nil }
      self = .pixels(count)
    }
  }

  var pixels: Int? { if case .pixels(let count) = self { count } else { nil } }
}

extension SegmentationOptions.Blend: ExpressibleByArgument {}
extension SegmentationOptions.Upsampling: ExpressibleByArgument {}
extension SegmentationOptions.AxisOrder: ExpressibleByArgument {}
