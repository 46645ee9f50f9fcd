public import Scenes

/// How a network labels an image; what is `nil` follows from the model, its metadata and the image.
public struct SegmentationOptions: Sendable {
  /// How an image is cut and put together.
  public enum Blend: String, Sendable, Hashable, CaseIterable {
    /// Equal to one pass over the image, to the bit; for networks that are local.
    case exact
    /// Overlapping windows whose scores are blended.
    case hann
    /// Windows without their borders.
    case crop
  }

  /// How much of windows that are blended overlaps.
  public enum Overlap: Sendable, Hashable {
    /// So many pixels along both axes.
    case pixels(Int)
    /// A share of the window's length along each axis, from 0 to less than 100.
    case percent(Double)
  }

  /// The order of the axes of an image.
  public enum AxisOrder: String, Sendable, Hashable, CaseIterable {
    /// Channels first: batch, channels, rows, columns.
    case nchw
    /// Channels last: batch, rows, columns, channels.
    case nhwc
  }

  /// How an output with fewer scores than pixels is enlarged.
  public enum Upsampling: String, Sendable, Hashable, CaseIterable {
    /// Between the nearest four scores, pixels being areas.
    case bilinear
    /// Each score repeated.
    case nearest
  }

  /// Of several scores per pixel, which stands for the background.
  public enum Background: Sendable, Hashable {
    /// The first; the largest score wins.
    case first
    /// None: class 0 is where all scores are below the threshold, else 1 + the place of the largest.
    case none
  }

  /// Of a model with several outputs, the one that is used; `nil` for the first.
  public var outputName: String?
  /// The order of the axes of the model's image and of its output; `nil` for what sizes and trial images say.
  public var inputLayout: AxisOrder?, outputLayout: AxisOrder?
  /// Of several scores, which is the background's; `nil` for what the metadata and the kind of scores say.
  public var background: Background?
  /// The probability that a score needs, from 0 to 1; `nil` for the metadata's, else 0.5 of a single score
  /// and where no score is the background's, and none where the first is.
  public var threshold: Float?
  /// For an output that has fewer scores than pixels; `nil` for bilinear.
  public var upsampling: Upsampling?
  /// What the network sees at a time where windows are blended or cropped, in pixels. Without influence on exact runs.
  public var window: PixelSize?
  /// Of windows that are blended; `nil` for half of the window.
  public var overlap: Overlap?
  /// Pixels of context that are dropped at window borders, or that panels of exact runs have at least; `nil` for what the network reaches.
  public var halo: Int?
  /// `nil` for exact where the network is local and no overlap is given, else blended windows.
  public var blend: Blend?
  /// `(sample * scale - mean) / deviation`, a value each or one per channel.
  public var scale: [Float]?, mean: [Float]?, deviation: [Float]?
  /// At least 1; `nil` for as many as the process may use.
  public var threads: Int?
  /// The most that a run may hold; `nil` for half of the machine's memory, 4 GiB at most, and less where the process has a limit of its own.
  public var maximumMemory: MemorySize?

  /// All that follows from the model, its metadata and the image.
  public init() {}
}

/// A number of bytes.
public struct MemorySize: Sendable, Hashable {
  /// At least 0.
  public var bytes: Int

  /// So many bytes.
  public init(bytes: Int) { self.bytes = bytes }

  /// So many times 2^20 bytes.
  public static func mebibytes(_ count: Int) -> MemorySize { times(count, 1 << 20) }
  /// So many times 2^30 bytes.
  public static func gibibytes(_ count: Int) -> MemorySize { times(count, 1 << 30) }

  private static func times(_ count: Int, _ unit: Int) -> MemorySize {
    let (bytes, isBeyond) = count.multipliedReportingOverflow(by: unit)
    return MemorySize(bytes: isBeyond ? (count < 0 ? 0 : .max) : bytes)
  }
}
