import ArgumentParser
import KerasImport
import ModelFiles
import Ops
import Platform
import Scenes

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
struct ModelFiles: ParsableArguments {
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

extension ModelFiles {
  /// The files that a model is read from.
  func paths(_ model: String?) -> [String?] { [model, weights, architecture, substitutions] }

  /// True where something is said about how one model is to be read.
  var completesModel: Bool {
    weights != nil || architecture != nil || !substitute.isEmpty || substitutions != nil || keras1Backend != nil
  }

  /// What the importer is told beside the files. Errors: a substitute that is none.
  func importOptions() throws(Failure) -> ImportOptions {
    var options = ImportOptions()
    options.keras1Backend = keras1Backend?.value
    do throws(ImportError) {
      if let substitutions { try options.substitutions.add(file: substitutions) }
    } catch { throw Failure(error, file: substitutions ?? "") }
    for text in substitute {
      do throws(ImportError) { try options.substitutions.add(text) } catch {
        throw Failure(error, file: "--substitute")
      }
    }
    return options
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

/// A number of threads, or all processors.
struct ThreadCount: ExpressibleByArgument {
  var count: Int

  /// As many as this process may run on, of the time that its control group gives it.
  static var allProcessors: ThreadCount { ThreadCount(count: Machine.current.threads) }

  init(count: Int) { self.count = count }

  init?(argument: String) {
    if argument.uppercased() == "ALL_CPUS" {
      self = .allProcessors
    } else if let count = Int(argument), (1...1024).contains(count) {
      self.count = count
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "ALL_CPUS" }
}

/// Bytes, with K, M, G or T as powers of 1024.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    var digits = argument.uppercased()
    if digits.hasSuffix("IB") { digits.removeLast(2) } else if digits.hasSuffix("B") { digits.removeLast() }
    var shift = 0
    if let last = digits.last, let unit = units[last] {
      shift = unit
      digits.removeLast()
    }
    guard let value = Double(digits), value > 0, value < 1e9 else { return nil }
    let bytes = value * Double(1 << shift)
    guard bytes < 1e18 else { return nil }
    self.bytes = Int(bytes)
  }

  var defaultValueDescription: String { "\(bytes >> 20)M" }
}

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

/// Pixels, or a percentage of the window.
enum Overlap: ExpressibleByArgument {
  case pixels(Int), percent(Double)

  init?(argument: String) {
    if argument.hasSuffix("%") {
      guard let value = Double(argument.dropLast()), (0..<100).contains(value) else { return nil }
      self = .percent(value)
    } else {
      guard let value = Int(argument), (0...1 << 20).contains(value) else { return nil }
      self = .pixels(value)
    }
  }

  func pixels(of window: PixelSize) -> PixelSize {
    switch self {
    case .pixels(let count): PixelSize(count)
    case .percent(let share):
      PixelSize(
        width: Int((Double(window.width) * share / 100).rounded()),
        height: Int((Double(window.height) * share / 100).rounded()))
    }
  }
}

/// Comma-separated numbers.
struct FloatList: ExpressibleByArgument {
  var values: [Float]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
    let values = parts.compactMap { $0 }.filter(\.isFinite)
    guard values.count == parts.count, !values.isEmpty else { return nil }
    self.values = values
  }
}

/// Comma-separated whole numbers from 1.
struct BandList: ExpressibleByArgument {
  var bands: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let bands = parts.compactMap { $0 }.filter { $0 >= 1 }
    guard bands.count == parts.count, !bands.isEmpty else { return nil }
    self.bands = bands
  }
}

/// `H,W,C`.
struct InputShape: ExpressibleByArgument {
  var height: Int, width: Int, channels: Int

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard parts.count == 3, parts.allSatisfy({ (1...1 << 20).contains($0) }) else { return nil }
    (height, width, channels) = (parts[0], parts[1], parts[2])
  }
}
