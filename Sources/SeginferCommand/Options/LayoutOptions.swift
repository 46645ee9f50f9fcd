import ArgumentParser
import Networks

struct LayoutOptions: ParsableArguments {
  @Option(help: "Where the channels of the model's input are, if its sizes allow both: nchw or nhwc.")
  var inputLayout: SegmentationOptions.AxisOrder?
  @Option(help: "Where the classes of the model's output are, if its sizes allow both: nchw or nhwc.")
  var outputLayout: SegmentationOptions.AxisOrder?
}
