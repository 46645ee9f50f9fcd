import Graphs
import Ops
import Platform
public import Tensors

/// What a network made of its inputs: a tensor for each output, in the order of the model.
public struct Prediction: Sendable {
  /// The names of the outputs, and of layers that were asked for as `dump LAYER`.
  public let names: [String]
  /// The values, in the order of `names`, in the axes and the type that the model gives them.
  public let tensors: [Tensor]

  /// The output of this name; `nil` where there is none.
  public subscript(name: String) -> Tensor? { names.firstIndex(of: name).map { tensors[$0] } }
  /// The output at this place, from 0.
  public subscript(place: Int) -> Tensor { tensors[place] }
}

extension Network {
  /// The names of the inputs, in the order of the model.
  public var inputNames: [String] { optimised.inputs.map { optimised.nodes[$0].name } }
  /// The names of the outputs that were imported, in the order of the model.
  public var outputNames: [String] { optimised.outputs.map(\.name) }

  /// Computes the outputs of whole tensors: images in the order of the model's axes, nothing scaled, cut or padded.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each input, by its name, of its type and rank.
  ///   - layers: of which the values are wanted too, behind the outputs; see `hasLayer`.
  ///   - threads: at least 1; `nil` for as many as the process may use.
  ///   - isReference: true for the plain definitions of operators instead of kernels, which is slow.
  ///
  /// Errors: an input that is missing or of another type, sizes that the model does not take, too little memory, an unknown layer.
  public func predict(
    _ inputs: [String: Tensor], layers: [String] = [], threads: Int? = nil, isReference: Bool = false
  ) throws(Fault) -> Prediction {
    var wanted = optimised.outputs
    for layer in layers {
      guard let node = node(of: layer) else { throw Fault(.usage, file: file, at: layer, "there is no such layer") }
      wanted.append(Graph.Output(name: "dump \(layer)", value: Value(node)))
    }
    let runner = GraphRunner(
      graph: optimised.selectingOutputs(wanted), file: file,
      threads: min(max(threads ?? Machine.current.threads, 1), 1024),
      kernels: kernels,
      reference: isReference)
    return Prediction(names: wanted.map(\.name), tensors: try runner.run(inputs))
  }

  /// True where a layer of this name makes a value of the optimised network: one that was fused with others has none.
  public func hasLayer(_ name: String) -> Bool { node(of: name) != nil }

  /// The node that makes a layer's value: the last one that is named after it, so that `conv/relu` stands for `conv`. A fused
  /// node carries the joined names of its parts and makes the value of the last one.
  private func node(of layer: String) -> Int? {
    optimised.nodes.lastIndex { node in
      guard !(node.op is Constant) else { return false }
      let last = node.name.split(separator: "+", omittingEmptySubsequences: false).last ?? ""
      return node.name == layer || last == layer || last.hasPrefix(layer + "/")
    }
  }
}
