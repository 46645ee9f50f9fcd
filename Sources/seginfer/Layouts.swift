import ArgumentParser
import Graphs
import Ops
import Passes

/// Where the channels of an input or output are.
enum Layout: String, ExpressibleByArgument, CaseIterable {
  case nchw, nhwc

  var hasChannelsLast: Bool { self == .nhwc }
}

struct LayoutOptions: ParsableArguments {
  @Option(help: "Where the channels of the model's input are, if its sizes allow both: nchw or nhwc.")
  var inputLayout: Layout?
  @Option(help: "Where the classes of the model's output are, if its sizes allow both: nchw or nhwc.")
  var outputLayout: Layout?

  func wish(_ loaded: LoadedModel, imageSize: Pair? = nil) -> SceneForm.Wish {
    SceneForm.Wish(
      inputHasChannelsLast: inputLayout?.hasChannelsLast, outputHasChannelsLast: outputLayout?.hasChannelsLast,
      prefersChannelsLast: loaded.imported.metadata.prefersChannelsLast, imageSize: imageSize)
  }
}

extension SceneNetwork {
  init(
    _ graph: Graph, file: String, _ wish: SceneForm.Wish, upsampling: Resize2D.Method
  ) throws(Failure) {
    do { try self.init(graph, wish, upsampling: upsampling) } catch { throw Failure(error, file: file) }
  }

  /// What `info` says of the axes.
  var layoutText: [String] {
    func text(_ what: String, _ layout: ImageLayout, _ others: [ImageLayout], _ option: String) -> String {
      let choice = others.isEmpty ? "" : ", could be \(others.map(\.description).joined(separator: " or ")) (\(option))"
      return "\(what) axes: \(layout)\(choice)"
    }
    return [
      text("input", form.input, form.otherInputs, "--input-layout"),
      text("output", form.output, form.otherOutputs, "--output-layout"),
    ]
  }

  /// The same for the log of a run, where there was a choice.
  var axesText: [String] {
    zip(layoutText, [form.otherInputs, form.otherOutputs]).filter { !$1.isEmpty }.map(\.0)
  }
}

extension BakedSize {
  /// `subject` is the word for the input.
  func text(_ subject: String) -> String {
    let choice = others.map(BakedSize.text).joined(separator: ", ")
    return "\(BakedSize.text(size)) alone, though \(subject) does not say so"
      + (others.isEmpty ? "" : "; the same number of pixels has \(choice) (--window)")
  }

  private static func text(_ size: Pair) -> String { "\(size.width)x\(size.height)" }
}
