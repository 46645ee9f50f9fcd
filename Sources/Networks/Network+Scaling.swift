package import Graphs
package import ModelFiles
import Ops
package import Passes
package import Segmentation

extension Network {
  /// Who says how samples are scaled, without options.
  package var scalingRule: ScalingRule { ScalingRule(metadata: metadata?.scalingNumbers, unit: unit(of: nil)) }

  /// What a run needs to know of the model beside its network.
  package struct Facts {
    package let metadata: ModelMetadata?
    /// Of the image, for the output that is used.
    package let unit: InputUnit
  }

  package func facts(output: String?) -> Facts { Facts(metadata: metadata, unit: unit(of: output)) }

  /// The unit of the image for an output, or for the first.
  package func unit(of output: String?) -> InputUnit {
    let name = output ?? imported.outputs.first?.name
    return name.flatMap { units[$0] } ?? InputUnit(Graph())
  }
}

extension Graph {
  /// For each output, the unit in which it takes the samples of an image.
  package var inputUnits: [String: InputUnit] {
    var result: [String: InputUnit] = [:]
    for (place, output) in outputs.enumerated() { result[output.name] = InputUnit(self, output: place) }
    return result
  }

  /// The number of operators, inputs and constants not counted.
  package var layerCount: Int { nodes.count { !($0.op is Constant) && !($0.op is Input) } }
}

extension Network {
  /// The names of all outputs but the first.
  package var otherOutputs: [String] { Array(imported.outputNames.dropFirst()) }
}
