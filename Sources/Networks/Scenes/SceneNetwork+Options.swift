import ModelFiles
import Graphs
import Ops
package import Passes
import Scenes

extension SegmentationOptions {
  /// What is known of the axes of a model's ends.
  package func wish(_ network: Network) -> SceneForm.Wish {
    SceneForm.Wish(
      inputHasChannelsLast: inputLayout.map { $0 == .nhwc }, outputHasChannelsLast: outputLayout.map { $0 == .nhwc },
      prefersChannelsLast: network.imported.description.prefersChannelsLast,
      imageSize: window.map { Pair($0.height, $0.width) })
  }
}

extension SceneNetwork {
  /// The chosen output of a network, and what is told of its ends.
  init(_ network: Network, _ options: SegmentationOptions, _ note: (Note) -> Void) throws(Fault) {
    var graph = network.optimised
    let others = network.otherOutputs
    if let name = options.outputName {
      guard let output = graph.outputs.first(where: { $0.name == name }) else {
        throw Fault(
          .usage, file: network.file, setting: .outputName, "the model has no output \(escaped(name))")
      }
      graph = graph.selectingOutputs([output]).pruned()
    } else if !others.isEmpty {
      note(.output(network.imported.outputNames[0], others: others))
    }
    let upsampling = options.upsampling ?? .bilinear
    do throws(SceneForm.Refusal) {
      try self.init(
        graph, options.wish(network), upsampling: upsampling == .bilinear ? .linear : .nearest,
        kernels: network.kernels)
    } catch {
      var fault = Fault(error, file: network.file)
      if options.outputName == nil, !others.isEmpty { fault.remedy = .otherOutputs(others) }
      throw fault
    }
    if fit.factor != 1 {
      let rule = numbers == nil ? upsampling : .nearest
      note(.scores("a score for \(fit.factor) pixels, enlarged by \(rule.rawValue) interpolation"))
    } else if options.upsampling != nil {
      throw Fault(.usage, setting: .upsampling, "the output is not enlarged, it has a score for each pixel")
    }
    if fit.border != 0 {
      note(.scores("lacks a border of \(fit.border) pixels, the scene is continued by reflection"))
    }
    if let baked = form.bakedSize {
      note(.imageSize(PixelSize(baked.size), others: baked.others.map { PixelSize($0) }))
    }
    if !form.otherInputs.isEmpty {
      note(.inputAxes(form.input.description, others: form.otherInputs.map(\.description)))
    }
    if !form.otherOutputs.isEmpty {
      note(.outputAxes(form.output.description, others: form.otherOutputs.map(\.description)))
    }
  }
}

extension PixelSize {
  init(_ pair: Pair) { self.init(width: pair.width, height: pair.height) }
}
