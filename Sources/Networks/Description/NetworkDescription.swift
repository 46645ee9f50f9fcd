package import Graphs
package import ModelFiles
import Ops
package import Passes
import Scenes
package import Segmentation
package import Tensors

/// What is known of a network: its ends, layers and costs, how its output becomes classes, and whether it can be computed piece by piece.
public struct NetworkDescription: Sendable {
  /// As the caller named the file.
  public let file: String
  package let imported: ImportedModel
  package let layers: ModelSummary
  /// Of the first output.
  package let geometry: SceneGeometry
  /// The first output as a scene needs it, where it is one of an image.
  package let scene: SceneNetwork?
  /// The classes of the first output, where it is one of scores.
  package let classes: SceneClasses?
  package let metadata: ModelMetadata?
  package let scalingRule: ScalingRule
  package let otherOutputs: [String]
  /// Operators after optimisation, inputs and constants not counted.
  public let operatorCount: Int
  /// Of the optimised network, at `measuredSize`.
  public let multiplyAdds: Int
  /// The types of the inputs that costs are counted at, as text; open sizes are 512.
  public let measuredSize: String

  init(_ network: Network) {
    let graph = network.optimised
    let scene = try? SceneNetwork(
      graph, SceneForm.Wish(prefersChannelsLast: network.imported.description.prefersChannelsLast),
      kernels: network.kernels)
    var imported = network.imported
    if let form = scene?.form { imported.declare(form) }
    (self.imported, self.scene, file, metadata) = (imported, scene, network.file, network.metadata)
    (scalingRule, otherOutputs, operatorCount) = (network.scalingRule, network.otherOutputs, graph.layerCount)
    layers = ModelSummary(imported)
    let output = imported.outputNames.firstIndex { $0 == graph.outputs.first?.name } ?? 0
    classes = try? scene.flatMap { try SceneClasses($0, output: output, of: network) }
    do {
      geometry = try localGeometry(scene?.graph ?? channelsLast(graph))
    } catch {
      geometry = SceneGeometry(blockers: [.init(node: error.site, reason: error.what)])
    }
    let types = imported.measuredTypes
    measuredSize = types.keys.sorted().compactMap { types[$0]?.description }.joined(separator: ", ")
    let sized = try? graph.specialised(to: types)
    multiplyAdds =
      sized?.nodes.reduce(0) { sum, node in
        sum.addingClamped(node.op.multiplyAdds(node.inputs.map { sized![$0] }))
      } ?? 0
  }

  /// How the first output lies on the image.
  package var fit: SceneFit? { scene?.fit }
}

extension Network {
  /// What the network is. Takes about as long as optimising it.
  public var description: NetworkDescription { NetworkDescription(self) }
}

extension NetworkDescription {
  /// The name of the file's kind, such as `Keras archive (.keras)`.
  public var kind: String { imported.description.kind.rawValue }
  /// The name that the model has in its file.
  public var name: String? { imported.description.name }
  /// Who wrote the file, and in which version of its format.
  public var version: String? { imported.description.version }
  /// What a user should know: things assumed, things ignored.
  public var notes: [String] { imported.description.notes }
  /// Names and types of the inputs; sizes that are open are `nil` in the type's dimensions.
  public var inputs: [(name: String, type: TensorType)] { imported.inputs }
  /// Names and types of the outputs that were imported.
  public var outputs: [(name: String, type: TensorType)] { imported.outputs }
  /// The number of layers, models within the model not counted.
  public var layerCount: Int { layers.leafCount }
  /// Elements of all weights, shared ones once.
  public var parameters: Int { layers.parameters }
  /// True where an image can be computed piece by piece, equal to the bit to one pass.
  public var isLocal: Bool { geometry.isLocal }
  /// What of the network depends on the whole image, and why.
  public var blockers: [String] { geometry.blockers.map(\.description) }
  /// Pixels around a piece that its scores depend on.
  public var halo: (above: Int, below: Int, left: Int, right: Int) {
    (geometry.rows.haloBefore, geometry.rows.haloAfter, geometry.columns.haloBefore, geometry.columns.haloAfter)
  }
  /// What the rows and the columns of an image are padded to a multiple of.
  public var modulus: (rows: Int, columns: Int) { (geometry.rows.modulus, geometry.columns.modulus) }

  /// Names and colours (`#rrggbb`) of the classes that a mask has; names that do not fit to the scores, as they are. `nil` without names.
  public var classTable: [(name: String, color: String)]? {
    if let table = classes?.declaredTable { return table.entries.map { ($0.name, $0.color.hexadecimal) } }
    let names = classes?.names?.value ?? metadata?.classes?.value.names(output: 0)
    return names?.classes.enumerated().map { place, named in
      (named.name, named.color?.hexadecimal ?? ClassTable.color(place).hexadecimal)
    }
  }
}
