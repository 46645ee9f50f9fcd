import ArgumentParser
import Networks
import Platform

struct Segment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify every pixel of an orthophoto: a georeferenced mask, without seams.")

  @Argument(
    help: ArgumentHelp(
      "The scene: any raster that GDAL reads, by any of its names, such as GTIFF_DIR:2:pages.tif.", valueName: "in.tif")
  )
  var scene: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Trained model (.keras, .h5, .onnx); default: the bundled demonstration model.", valueName: "file"))
  var model: String?
  @OptionGroup var files: ModelOptions
  @Option(help: ArgumentHelp("Of a model with several outputs, the one to use; default: the first.", valueName: "name"))
  var outputName: String?
  @Option(
    help: ArgumentHelp(
      "Of several scores per pixel: 0: the first is the background's, and the largest wins; none: no score is the background's, class 0 is where all are below the threshold, else 1 + the largest. Default: 0, or none where the model's metadata say so by a threshold or by names without a background.",
      valueName: "0|none"))
  var background: BackgroundName?
  @Option(
    help: ArgumentHelp(
      "The probability that a score needs. Of a single score per pixel: above it a pixel is class 1, else 0; of several: class 0 where all are below it. Default: the metadata's seg_thresh, else 0.5 for a single score and with --background none.",
      valueName: "x"))
  var threshold: Float?
  @Option(help: "Interpolation that enlarges an output with fewer scores than pixels (default: bilinear).")
  var upsample: SegmentationOptions.Upsampling?
  @OptionGroup var layouts: LayoutOptions
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The mask; default: <stem>.seg.tif beside the scene.", valueName: "out.tif")
  )
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Window in pixels. With hann and crop: what the network sees at a time. With exact: rows finished and written at a time, without influence on the result.",
      valueName: "n[,m]"))
  var window: WindowSize?
  @Option(help: ArgumentHelp("Overlap of windows with hann: pixels or a percentage (default 50%).", valueName: "n|p%"))
  var overlap: SegmentationOptions.Overlap?
  @Option(help: ArgumentHelp("Context dropped at window borders with crop: auto or pixels.", valueName: "auto|n"))
  var halo: Halo?
  @Option(
    help:
      "exact: equal to one pass over the scene (default where the network is local); hann: overlapping windows, blended; crop: windows without their borders."
  )
  var blend: SegmentationOptions.Blend?

  @Option(
    name: [.customShort("b"), .customLong("band"), .customLong("bidx")],
    help: ArgumentHelp("Bands to read, numbered from 1.", valueName: "1,2,3"))
  var bands: BandList?
  @Option(help: ArgumentHelp("Factor for samples, one or per channel.", valueName: "f,..."))
  var scale: FloatList?
  @Option(help: ArgumentHelp("Mean to subtract after --scale.", valueName: "f,..."))
  var mean: FloatList?
  @Option(help: ArgumentHelp("Standard deviation to divide by after --mean.", valueName: "f,..."))
  var std: FloatList?
  @Flag(help: "Apply the scale and offset that the scene states for its bands, before --scale.")
  var unscale = false
  @Flag(help: "Read bands that are marked alpha as data.")
  var ignoreAlpha = false
  @Flag(help: "Pixels that the scene's mask hides are data.")
  var ignoreMask = false
  @Flag(help: "Pixels of the scene's nodata value are data.")
  var ignoreNodata = false
  @Option(help: "Value of pixels without data in the mask.")
  var nodata: UInt8 = 255

  @Option(
    name: .customLong("of"),
    help: "Format of the mask: COG, GTiff or PNG; default: what the extension of -o means, COG for .tif.")
  var format: OutputFormat?
  @Option(name: .customLong("co"), help: ArgumentHelp("Creation option of the format, repeatable.", valueName: "K=V"))
  var creationOptions: [String] = []
  @Flag(help: "Replace an existing output.")
  var overwrite = false
  @Option(help: ArgumentHelp("A picture: scene, mask and overlay.", valueName: "file.png"))
  var preview: String?
  @Option(help: ArgumentHelp("Pixels, shares and areas per class.", valueName: "file.json"))
  var stats: String?
  @Option(help: ArgumentHelp("Class names and colours: landcover.ai, capstone or a file.", valueName: "preset|file"))
  var classes: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Threads, or ALL_CPUS.", valueName: "n"))
  var threads: ThreadCount = .allProcessors
  @Option(help: ArgumentHelp("Memory that the run may take.", valueName: "2G"))
  var maxMemory = ByteCount(bytes: Machine.current.usualMemory)
  @Flag(help: "Print what would be done, and what it costs, and stop.")
  var plan = false
  @Option(help: "bar, json or none; default: a bar on a terminal.")
  var progress: ProgressStyle?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let threshold, !threshold.isFinite { throw ValidationError("--threshold must be a number") }
    if overlap != nil && halo != nil {
      throw ValidationError("--overlap and --halo exclude each other")
    }
    if blend == .exact && overlap != nil {
      throw ValidationError("--overlap has no meaning with --blend exact, which computes nothing twice")
    }
    if blend == .hann && halo != nil { throw ValidationError("--halo has no meaning with --blend hann; use --overlap") }
    if blend == .crop && overlap != nil {
      throw ValidationError("--overlap has no meaning with --blend crop; use --halo")
    }
    for option in creationOptions where !option.contains("=") {
      throw ValidationError("--co \(option) is not of the form KEY=VALUE")
    }
  }

  func run() throws {
    try SegmentRun(self).run()
  }
}
