package import Graphs
package import ModelFiles
import Platform

/// How a graph is written as ONNX.
package struct ExportOptions: Sendable {
  /// Images of inputs and outputs are NCHW, as most ONNX models have them, instead of NHWC.
  package var isChannelsFirst = false
  package var producerVersion = ""
  /// Keys and values of `metadata_props`, in order.
  package var metadata: [(key: String, value: String)] = []
  /// Weights of more bytes go into a file of their own beside the model: a message must stay below 2 GiB.
  package var inlineLimit = 1_900_000_000

  package init() {}
}

/// A model that has been written under a temporary name: it takes its own when `finish` is called, and is gone when it is not.
package struct WrittenModel {
  private let model: WrittenFile
  /// The file of weights beside the model, where there is one.
  private let weights: WrittenFile?
  private let weightsName: String

  /// Writes a graph as an ONNX model of operator set 17, and, where weights are large, `<path>.data` beside it.
  ///
  /// Inside, images are NCHW; each input and output is transposed once, unless `isChannelsFirst`. Sizes that are unknown stay
  /// so. The same graph makes the same bytes.
  /// Errors: operators that ONNX cannot say, all at once; a file that cannot be written.
  package init(_ graph: Graph, to path: String, _ options: ExportOptions = ExportOptions()) throws(ImportError) {
    let builder = ExportBuilder(graph)
    try builder.build(isChannelsFirst: options.isChannelsFirst)
    var draft = builder.draft
    (draft.metadata, draft.producerVersion) = (options.metadata, options.producerVersion)
    let data = path + ".data"
    let external = ExternalWeights(draft, above: options.inlineLimit, location: lastComponent(data))
    weightsName = lastComponent(data)
    do throws(WriteError) {
      model = try WrittenFile(path)
      weights = try external.map { _ throws(WriteError) in try WrittenFile(data) }
      if let external, let weights { try external.write(draft, to: weights) }
      try model.pack(draft, external)
      try weights?.complete()
      try model.complete()
    } catch { throw ImportError(error) }
  }

  /// Where the model can be read before it has its name.
  package var partialPath: String { model.partial }

  /// Under which name the file beside the model can be read meanwhile that it says its weights are in.
  package var partialNames: [String: String] {
    weights.map { [weightsName: lastComponent($0.partial)] } ?? [:]
  }

  /// Gives the complete files their names.
  package func finish() throws(ImportError) {
    do throws(WriteError) {
      try weights?.publish()
      try model.publish()
    } catch { throw ImportError(error) }
  }
}

/// Writes a graph as `WrittenModel` does, under its own name.
package func exportONNX(_ graph: Graph, to path: String, _ options: ExportOptions = ExportOptions()) throws(ImportError)
{
  try WrittenModel(graph, to: path, options).finish()
}

private func lastComponent(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

extension ImportError {
  fileprivate init(_ error: WriteError) {
    self.init(error.isAboutName ? .usage : .unreadable, error.site, error.what)
  }
}
