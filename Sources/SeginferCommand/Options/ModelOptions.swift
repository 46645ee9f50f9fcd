import ArgumentParser
import Kernels
import Networks
import Platform

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  /// Writes a log line unless `--quiet`.
  func log(_ text: String) {
    if !quiet { note(escaped(text)) }
  }
}

/// Which model, the files that complete it, and how precisely it is computed.
struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Weights for a model that is only an architecture.", valueName: "file"))
  var weights: String?
  @Option(help: ArgumentHelp("Architecture JSON for a file that holds only weights.", valueName: "file"))
  var architecture: String?
  @Option(
    help: ArgumentHelp(
      "What stands for a layer that cannot be imported, by its name or class, such as 'lambda_1=rescaling(scale=1/255)'.",
      valueName: "name=operator"))
  var substitute: [String] = []
  @Option(help: ArgumentHelp("JSON of layer names or classes and what stands for them.", valueName: "file"))
  var substitutions: String?
  @Option(
    name: .customLong("keras1-backend"),
    help: "What a model of Keras 1 ran on, tensorflow or theano; its file does not say.")
  var keras1Backend: BackendName?
  @Option(help: "What 3x3 convolutions multiply: fp32, or bf16, which is faster and less exact (AVX-512 BF16).")
  var precision: PrecisionName = .float32
}

extension ModelOptions {
  /// The files that a model is read from.
  func paths(_ model: String?) -> [String?] { [model, weights, architecture, substitutions] }

  /// True where something is said about how one model is to be read.
  var completesModel: Bool { given.completesModel }

  private var given: NetworkOptions {
    var options = NetworkOptions()
    (options.weights, options.architecture, options.substitutions) = (weights, architecture, substitutions)
    (options.substitutes, options.keras1Backend) = (substitute, keras1Backend?.value)
    return options
  }

  /// What the libraries are told. Not before the instruction set was checked.
  func options(outputs: WantedOutputs = .all, isOptimised: Bool = true) -> NetworkOptions {
    var options = given
    (options.outputs, options.isOptimised, options.precision) = (outputs, isOptimised, precision.value)
    options.kernels = .chosen
    return options
  }

  /// The network of a file, or the one in the program.
  func network(_ model: String?, outputs: WantedOutputs = .all, isOptimised: Bool = true) throws(Failure) -> Network {
    let options = options(outputs: outputs, isOptimised: isOptimised)
    return try worded { () throws(Fault) in
      guard let model else { return try Network.bundled(options: options) }
      return try Network(contentsOf: model, options: options)
    }
  }
}

/// `tensorflow` or `theano`.
struct BackendName: ExpressibleByArgument {
  var value: KerasBackend

  init?(argument: String) {
    guard let value = KerasBackend(rawValue: argument) else { return nil }
    self.value = value
  }

  static var allValueStrings: [String] { KerasBackend.allCases.map(\.rawValue) }
}

/// `fp32` or `bf16`.
struct PrecisionName: ExpressibleByArgument {
  var value: Precision

  static let float32 = PrecisionName(value: .float32)

  init(value: Precision) { self.value = value }

  init?(argument: String) {
    guard let value = Precision(rawValue: argument) else { return nil }
    self.value = value
  }

  /// The plain definitions know one precision.
  func validate(reference: Bool) throws {
    if reference && value != .float32 {
      throw ValidationError("--precision \(value.rawValue) is for kernels, which --reference leaves out")
    }
  }

  static var allValueStrings: [String] { Precision.allCases.map(\.rawValue) }
  var defaultValueDescription: String { value.rawValue }
}
