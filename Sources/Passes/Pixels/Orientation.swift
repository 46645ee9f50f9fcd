import Graphs
import Ops
import Tensors

extension Graph {
  /// The same network for an NHWC image of float32, which is brought into the axes and the type that its only input had.
  func oriented(input layout: ImageLayout) throws(GraphError) -> Graph {
    var result = Graph()
    var values: [Value: Value] = [:]
    for (index, node) in nodes.enumerated() {
      guard let input = node.op as? Input else {
        let copy = try result.add(node.op, node.inputs.compactMap { values[$0] }, name: node.name)
        for place in node.types.indices { values[Value(index, place)] = Value(copy.node, place) }
        continue
      }
      func dim(_ axis: ImageLayout.Axis) -> Int? { layout.axes.firstIndex(of: axis).flatMap { input.type.dims[$0] } }
      let channels = layout.channelsPlace == nil ? 1 : dim(.channels)
      var image = result.input(node.name, TensorType(.float32, [1, dim(.rows), dim(.columns), channels]))
      if input.type.dataType != .float32 {
        image = try result.add(
          Cast(to: input.type.dataType), [image], name: "\(node.name)/\(input.type.dataType.rawValue)")
      }
      values[Value(index)] = try result.turned(image, to: layout, name: node.name)
    }
    for output in outputs { result.output(values[output.value] ?? output.value, name: output.name) }
    return result
  }

  /// An NHWC image in other axes.
  private mutating func turned(_ image: Value, to layout: ImageLayout, name: String) throws(GraphError) -> Value {
    let places: [ImageLayout.Axis: Int] = [.batch: 0, .rows: 1, .columns: 2, .channels: 3]
    let kept = layout.axes.compactMap { places[$0] }
    let dropped = [0, 1, 2, 3].filter { !kept.contains($0) }
    var value = image
    let order = dropped + kept
    if order != [0, 1, 2, 3] {
      value = try add(Transpose(permutation: order), [value], name: "\(name)/axes")
    }
    return dropped.isEmpty ? value : try add(Squeeze(axes: Array(dropped.indices)), [value], name: "\(name)/kept")
  }

  /// The first output as an NHWC image. An axis that rows and columns share is parted by the image's size.
  func oriented(output layout: ImageLayout) throws(GraphError) -> Graph {
    guard let output = outputs.first else { return self }
    var result = self
    var value = output.value
    var axes = layout.axes
    if let pixels = axes.firstIndex(of: .pixels) {
      value = try result.parted(value, pixels, axes, name: output.name)
      axes.replaceSubrange(pixels...pixels, with: [.rows, .columns])
    }
    // Missing axes come in front; more than one axis of size 1 may be there.
    let wanted: [ImageLayout.Axis] = [.batch, .rows, .columns, .channels]
    let missing = wanted.filter { !axes.contains($0) }
    if !missing.isEmpty {
      value = try result.add(ExpandDims(axes: Array(missing.indices)), [value], name: "\(output.name)/axes")
      axes = missing + axes
    }
    var order: [Int] = []
    for axis in wanted { if let place = axes.firstIndex(of: axis) { order.append(place) } }
    let surplus = axes.indices.filter { !order.contains($0) }
    if surplus + order != Array(axes.indices) {
      value = try result.add(Transpose(permutation: surplus + order), [value], name: "\(output.name)/image")
    }
    if !surplus.isEmpty {
      value = try result.add(Squeeze(axes: Array(surplus.indices)), [value], name: "\(output.name)/kept")
    }
    return result.selectingOutputs([Output(name: output.name, value: value)] + outputs.dropFirst())
  }

  /// An axis of all pixels as rows and columns, whose proportion is the image's.
  private mutating func parted(
    _ value: Value, _ place: Int, _ axes: [ImageLayout.Axis], name: String
  ) throws(GraphError) -> Value {
    let image = Value(inputs[0])
    let channels = self[value].dims
    // The image has the factor's square times as many pixels, the square root of which is the factor along each axis.
    let factor = try pixelFactor(value, place)
    var parts: [Value] = []
    for axis in axes.indices {
      guard axis == place else {
        parts.append(constant(Tensor([1], .int64([Int64(channels[axis] ?? 1)])), name: "\(name)/\(axis)"))
        continue
      }
      for side in 1...2 {
        let size = try add(ShapeOf(from: side, to: side + 1), [image], name: "\(name)/size\(side)")
        let by = constant(Tensor([1], .int64([Int64(factor)])), name: "\(name)/factor\(side)")
        parts.append(try add(Binary(.floorDivide), [size, by], name: "\(name)/side\(side)"))
      }
    }
    let dims = try add(Concat(axis: 0), parts, name: "\(name)/dims")
    return try add(DynamicReshape(), [value, dims], name: "\(name)/parted")
  }

  /// Image pixels along each side for one pixel of a flat output.
  private func pixelFactor(_ value: Value, _ place: Int) throws(GraphError) -> Int {
    let image = nodes[inputs[0]].types[0]
    let size = Pair(image.dims[1] ?? SceneTrial.size, image.dims[2] ?? SceneTrial.size)
    let type = TensorType(.float32, [1, size.height, size.width, image.dims[3]])
    let sized = try specialised(to: [nodes[inputs[0]].name: type])
    guard let count = sized[sized.outputs[0].value].dims[place], count > 0 else { return 1 }
    return (1...SceneTrial.greatestFactor).first { $0 * $0 * count == size.height * size.width } ?? 1
  }
}
