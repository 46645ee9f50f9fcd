import ArgumentParser
import Networks
import Platform

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model as ONNX (operator set 17), then read it back and compare.",
    discussion: """
      The same model makes the same bytes. Sizes that the model leaves open stay open. Classes and scaling of a metadata file beside \
      the model (MODEL.json) go into the ONNX file, under the keys of Deepness and GeoDeep.
      """)

  @Argument(help: "Model file.")
  var source: String
  @Argument(help: ArgumentHelp("The ONNX file to write; default: the model's name with .onnx.", valueName: "dst.onnx"))
  var destination: String?
  @OptionGroup var files: ModelOptions
  @Option(
    help: ArgumentHelp(
      "Fix the sizes of images, in the order of the axes that the model declares: h,w,c, or c,h,w of ONNX; also with the batch in front.",
      valueName: "h,w,c"))
  var inputShape: ImageShape?
  @Option(
    help:
      "Order of the axes of images in inputs and outputs, whatever it is in the model: nhwc, or nchw as Deepness and GeoDeep want it. Default: as in the model."
  )
  var layout: SegmentationOptions.AxisOrder?
  @Flag(
    inversion: .prefixedNo, help: "Fold batch normalisation and padding into convolutions, and drop what does nothing.")
  var optimize = false
  @Flag(help: "Replace an existing file.")
  var overwrite = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if files.precision.value != .float32 { throw ValidationError("--precision is not about files") }
  }

  func run() throws {
    let target = destination ?? stem(source).directory + stem(source).name + ".onnx"
    guard !Files.areSame(source, target) else { throw Failure(.usage, file: target, "is the model itself") }
    var checks = OutputChecks(inputs: files.paths(source), overwrite: overwrite)
    try worded { () throws(Fault) in try checks.check(target, takesStreams: false) }
    guard !Files.isSpecial(target) else { throw Failure(.usage, file: target, "is not a regular file") }
    Allocator.reuseFreedMemory(6 * min(Files.size(source), Machine.current.memory.bytes / 8))
    var settings = ExportSettings()
    settings.sizes = inputShape?.sizes
    (settings.layout, settings.isSimplified) = (layout, optimize)
    settings.producerVersion = SegInfer.configuration.version
    try worded { () throws(Fault) in
      let conversion = try Conversion(source, to: target, options: files.options(), settings: settings) { note in
        common.log(note.text)
      }
      common.log(conversion.comparison)
      try conversion.finish()
    }
    try writeResult(target)
  }
}
