public import KerasImport
package import Kernels
public import ModelFiles
public import Ops
package import Tensors

/// What is known of a model beside its file, and how it is to be read.
public struct NetworkOptions: Sendable {
  /// A file with the weights of a model that is only an architecture.
  public var weights: String?
  /// The architecture (JSON, or a model) of a file that holds only weights.
  public var architecture: String?
  /// What stands for layers that cannot be imported, such as `lambda_1=rescaling(scale=1/255)`.
  public var substitutes: [String] = []
  /// A JSON file of layer names or classes and what stands for them.
  public var substitutions: String?
  /// Needed for a model of Keras 1, whose file does not say it.
  public var keras1Backend: KerasBackend?
  /// The outputs that are imported; what none of them needs is not read.
  public var outputs = WantedOutputs.all
  /// False for the graph as it was imported.
  public var isOptimised = true
  /// What large convolutions multiply in; bfloat16 needs a processor that multiplies it.
  public var precision = Precision.float32
  /// What computes the network.
  package var kernels = KernelSet.best
  /// Values of inputs of an ONNX model that are known beforehand, by name.
  package var values: [String: Tensor] = [:]

  /// A model whose file says all, with all its outputs, optimised, in float32.
  public init() {}
}

extension NetworkOptions {
  /// The files that are read beside the model.
  package var paths: [String?] { [weights, architecture, substitutions] }

  /// True where something is said about how one model of Keras is to be read.
  package var completesModel: Bool {
    weights != nil || architecture != nil || !substitutes.isEmpty || substitutions != nil || keras1Backend != nil
  }

  /// Errors: a substitute that is none.
  func importOptions() throws(Fault) -> ImportOptions {
    var options = ImportOptions()
    (options.keras1Backend, options.outputs) = (keras1Backend, outputs)
    do throws(ImportError) {
      if let substitutions { try options.substitutions.add(file: substitutions) }
    } catch { throw Fault(error, file: substitutions ?? "") }
    for text in substitutes {
      do throws(ImportError) { try options.substitutions.add(text) } catch {
        var fault = Fault(error, file: "")
        (fault.file, fault.setting) = (nil, .substitutes)
        throw fault
      }
    }
    return options
  }
}
