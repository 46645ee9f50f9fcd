import Diagnostics
import ModelFiles
import Ops

/// What computed the models of a Keras that could use several libraries and did not write down which.
public enum KerasBackend: String, Sendable, Hashable, CaseIterable {
  /// TensorFlow, which correlates images with kernels.
  case tensorflow
  /// Theano, which turns kernels by half a circle.
  case theano
}

/// Translates the layers of Keras 1 to those of Keras 2, as far as they compute the same.
///
/// The two backends turned kernels differently: TensorFlow correlates, Theano convolves. Models say in each layer whether
/// channels come first, except in those without weights, which follow the others.
struct Keras1 {
  private let backend: KerasBackend
  private let version: String
  /// Whether channels come first in all layers that say so; nil where they disagree or none does.
  private let dataFormat: String?

  init(_ config: JSON, version: String, backend: KerasBackend) {
    (self.version, self.backend) = (version, backend)
    var orderings: Set<String> = []
    Keras1.collect(config, into: &orderings)
    dataFormat = orderings.count == 1 ? orderings.first.flatMap(Keras1.dataFormat) : nil
  }

  private static func collect(_ value: JSON, into orderings: inout Set<String>) {
    if let ordering = value["dim_ordering"]?.string { orderings.insert(ordering) }
    for element in value.array ?? value.object.map({ Array($0.values) }) ?? [] { collect(element, into: &orderings) }
  }

  private static func dataFormat(_ ordering: String) -> String? {
    ["th": "channels_first", "tf": "channels_last"][ordering]
  }

  /// The same layer in the terms of Keras 2; its `problem` says why that is not possible.
  func translated(_ entry: LayerEntry) -> LayerEntry {
    var result = entry
    guard let translation = Keras1.translations[entry.className] else {
      result.problem = "Keras 1's \(printable(entry.className)) is not supported"
      return result
    }
    result.config.className = translation.name
    for (old, new) in translation.keys {
      if let value = result.config.values.removeValue(forKey: old) { result.config.values[new] = value }
    }
    do throws(ImportError) { try translation.finish(self, &result) } catch { result.problem = error.what }
    return result
  }
}

extension Keras1 {
  private struct Translation {
    var name: String
    var keys: [String: String] = [:]
    var finish: @Sendable (Keras1, inout LayerEntry) throws(ImportError) -> Void = { (_, _) throws(ImportError) in }
  }

  private static let translations: [String: Translation] = {
    var result: [String: Translation] = [
      "Convolution2D": Translation(name: "Conv2D", keys: convolutionKeys, finish: convolution),
      "AtrousConvolution2D": Translation(name: "Conv2D", keys: convolutionKeys, finish: convolution),
      "SeparableConvolution2D": Translation(
        name: "SeparableConv2D", keys: convolutionKeys, finish: separableConvolution),
      "Dense": Translation(name: "Dense", keys: ["output_dim": "units", "bias": "use_bias"]),
      "BatchNormalization": Translation(name: "BatchNormalization", finish: batchNormalization),
      "Merge": Translation(name: "Merge", finish: merge),
    ]
    for name in ["MaxPooling2D", "AveragePooling2D"] {
      result[name] = Translation(name: name, keys: ["border_mode": "padding"], finish: pooling)
    }
    for name in ["GlobalMaxPooling2D", "GlobalAveragePooling2D", "UpSampling2D", "Cropping2D"] {
      result[name] = Translation(name: name, finish: ordered)
    }
    result["ZeroPadding2D"] = Translation(name: "ZeroPadding2D", finish: zeroPadding)
    for name in [
      "InputLayer", "Activation", "LeakyReLU", "ELU", "ThresholdedReLU", "Dropout", "SpatialDropout2D",
      "GaussianNoise", "GaussianDropout", "ActivityRegularization", "Flatten", "Reshape", "Permute", "Sequential",
      "Model",
    ] { result[name] = Translation(name: name) }
    return result
  }()

  private static let convolutionKeys = [
    "nb_filter": "filters", "subsample": "strides", "border_mode": "padding", "bias": "use_bias",
    "atrous_rate": "dilation_rate",
  ]

  /// Takes over the order of axes that the layer names, or that all layers have.
  @Sendable private static func ordered(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    let format = entry.config.values["dim_ordering"]?.string.flatMap(dataFormat) ?? keras.dataFormat
    guard let format else { throw entry.config.unsupported("the model does not say whether channels come first") }
    entry.config.values["data_format"] = .string(format)
  }

  @Sendable private static func convolution(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    try ordered(keras, &entry)
    guard let rows = entry.config.values["nb_row"], let columns = entry.config.values["nb_col"] else {
      throw entry.config.error("nb_row", "a whole number, and so must be nb_col")
    }
    entry.config.values["kernel_size"] = .array([rows, columns])
    if keras.backend == .theano, try entry.config.padding() == .same {
      let size = try entry.config.pair("kernel_size")
      let (strides, dilation) = (
        try entry.config.pair("strides", default: 1), try entry.config.pair("dilation_rate", default: 1)
      )
      guard strides == 1, dilation == 1, size.height % 2 == 1, size.width % 2 == 1 else {
        throw entry.config.unsupported("Theano padded strided, dilated and even convolutions in ways of its own")
      }
    }
    entry.storedKernel = StoredKernel(
      isOutputFirst: entry.config.values["data_format"]?.string == "channels_first",
      isTurned: keras.backend == .theano)
  }

  @Sendable private static func separableConvolution(
    _ keras: Keras1, _ entry: inout LayerEntry
  ) throws(ImportError) {
    try convolution(keras, &entry)
    entry.storedKernel = nil
    guard keras.backend == .tensorflow, entry.config.values["data_format"]?.string == "channels_last" else {
      throw entry.config.unsupported("only of TensorFlow, with channels last")
    }
  }

  @Sendable private static func pooling(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    try ordered(keras, &entry)
    let isPadded = try entry.config.padding() != .valid
    guard keras.backend == .tensorflow || !isPadded else {
      throw entry.config.unsupported("Theano padded pooling in a way of its own")
    }
  }

  @Sendable private static func zeroPadding(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    try ordered(keras, &entry)
    if let sides = entry.config.values["padding"]?.array, sides.count == 4 {
      entry.config.values["padding"] = .array([.array(Array(sides[..<2])), .array(Array(sides[2...]))])
    }
  }

  @Sendable private static func batchNormalization(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    guard try entry.config.int("mode", default: 0, in: 0...2) == 0 else {
      throw entry.config.unsupported("modes other than 0 normalise by the batch")
    }
    // Older ones kept deviations, and Theano added epsilon to them.
    guard keras.backend == .tensorflow, !keras.version.hasPrefix("1.0.") else {
      throw entry.config.unsupported("of Keras before 1.1, or of Theano: the formula differed between versions")
    }
  }

  @Sendable private static func merge(_ keras: Keras1, _ entry: inout LayerEntry) throws(ImportError) {
    let mode = try entry.config.string("mode", default: "sum")
    let names = [
      "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate",
    ]
    guard let name = names[mode], entry.config.value(["layers"]) == nil,
      try entry.config.string("mode_type", default: "raw") == "raw"
    else { throw entry.config.unsupported("mode \(printable(mode))") }
    entry.config.className = name
    entry.config.values["axis"] = entry.config.values.removeValue(forKey: "concat_axis")
  }
}

/// How a file keeps a kernel where it differs from rows, columns, inputs, outputs.
struct StoredKernel: Hashable {
  /// Outputs, inputs, rows, columns.
  var isOutputFirst = false
  /// Rows and columns from the last to the first, as a convolution in the sense of mathematics reads them.
  var isTurned = false
}

extension StoredKernel {
  /// The shape in the file of a kernel that is to have this one.
  func stored(_ shape: [Int?]) -> [Int?] {
    isOutputFirst && shape.count == 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape
  }

  /// The elements of a stored kernel in the order of rows, columns, inputs, outputs.
  func canonical(_ values: [Float], _ shape: [Int]) -> (shape: [Int], values: [Float]) {
    guard shape.count == 4 else { return (shape, values) }
    let result = isOutputFirst ? [shape[2], shape[3], shape[1], shape[0]] : shape
    let (rows, columns, inputs, outputs) = (result[0], result[1], result[2], result[3])
    var ordered: [Float] = []
    ordered.reserveCapacity(values.count)
    for row in 0..<rows {
      for column in 0..<columns {
        let (y, x) = isTurned ? (rows - 1 - row, columns - 1 - column) : (row, column)
        for input in 0..<inputs {
          for output in 0..<outputs {
            ordered.append(
              values[
                isOutputFirst
                  ? ((output * inputs + input) * rows + y) * columns + x
                  : ((y * columns + x) * inputs + input) * outputs + output])
          }
        }
      }
    }
    return (result, ordered)
  }
}
