package import Graphs
package import Tensors

/// How the axes of a tensor lie on an NHWC image of one batch whose channels are all axes that are no rows or columns, in order.
package struct PixelAxes: Sendable, Hashable {
  package enum Axis: Sendable, Hashable {
    case rows, columns
    /// Rows and columns as one axis, row by row.
    case pixels
    case channels(Int)
  }

  /// Outermost first; of rows and columns each occurs at most once, alone or together.
  package var axes: [Axis]

  package init(_ axes: [Axis]) { self.axes = axes }

  /// Sizes of the axes that make up the channels.
  package var channelDims: [Int] {
    axes.compactMap { axis in if case .channels(let count) = axis { count } else { nil } }
  }

  /// Channels of the image.
  package var channels: Int { channelDims.reduce(1, *) }

  /// The dimensions of the tensor for an image of this size.
  package func dims(rows: Int?, columns: Int?) -> [Int?] {
    axes.map { axis in
      switch axis {
      case .rows: rows
      case .columns: columns
      case .pixels: rows.flatMap { rows in columns.map { rows * $0 } }
      case .channels(let count): count
      }
    }
  }
}

/// Another operator on the tensors that images are when their channels are taken for several axes: what is local by its meaning stays
/// local however it is spelled.
///
/// Inputs: NHWC images of batch 1, and values that are passed on as they are. The operator must treat each row and each column alone,
/// whatever their number.
package struct Pixelwise: Op {
  package static let name = "pixelwise"

  package var op: any Op
  /// For each input how the operator sees it; `nil` for a value that it gets as it is.
  package var inputs: [PixelAxes?]
  /// How the result lies on the image that is made of it.
  package var result: PixelAxes

  package init(_ op: any Op, inputs: [PixelAxes?], result: PixelAxes) {
    (self.op, self.inputs, self.result) = (op, inputs, result)
  }

  package static func == (a: Pixelwise, b: Pixelwise) -> Bool {
    a.inputs == b.inputs && a.result == b.result && AnyHashable(a.op) == AnyHashable(b.op)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(inputs)
    hasher.combine(result)
    hasher.combine(AnyHashable(op))
  }

  package var attributes: String { "\(type(of: op).name) \(op.attributes)" }

  package func outputTypes(_ types: [TensorType]) throws(ShapeError) -> [TensorType] {
    try types.require(count: inputs.count...inputs.count)
    var own = types
    var size: [Int?] = [1, 1]
    for (place, view) in inputs.enumerated() {
      guard let view else { continue }
      let type = types[place]
      guard type.rank == 4, type.dims[0] == 1, type.dims[3] == view.channels else {
        throw ShapeError("\(type) is no image of \(view.channels) channels")
      }
      for axis in 0..<2 where type.dims[axis + 1] != 1 { size[axis] = type.dims[axis + 1] }
      own[place] = TensorType(type.dataType, view.dims(rows: type.dims[1], columns: type.dims[2]))
    }
    let made = try op.outputTypes(own)
    guard made.count == 1, made[0].rank == result.axes.count else {
      throw ShapeError("\(type(of: op).name) makes \(made), not one tensor of rank \(result.axes.count)")
    }
    for (axis, dim) in zip(result.axes, made[0].dims) {
      if case .channels(let count) = axis, dim != count {
        throw ShapeError("\(type(of: op).name) makes \(made[0]), which has other channels than \(result.channelDims)")
      }
    }
    return [try checkedType([1, size[0], size[1], result.channels], made[0].dataType)]
  }
}

extension Pixelwise {
  package func evaluate(_ tensors: [Tensor]) -> [Tensor] {
    var (rows, columns) = (1, 1)
    let own = zip(tensors, inputs).map { tensor, view -> Tensor in
      guard let view else { return tensor }
      (rows, columns) = (max(rows, tensor.shape[1]), max(columns, tensor.shape[2]))
      return view.tensor(of: tensor)
    }
    return [result.image(of: op.evaluate(own)[0], rows: rows, columns: columns)]
  }

  package func reach(_ types: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(types)[0] else { return globalReach(count: types.count) }
    let images = broadcastReach(types, output)
    return zip(inputs, images).map { $0 == nil ? .global : $1 }
  }
}

extension PixelAxes {
  /// The order of this tensor's axes, rows and columns in front; `pixels` counts for both.
  private var imageOrder: [Int] {
    func rank(_ axis: Axis) -> Int {
      switch axis {
      case .rows, .pixels: 0
      case .columns: 1
      case .channels: 2
      }
    }
    return axes.indices.sorted { (rank(axes[$0]), $0) < (rank(axes[$1]), $1) }
  }

  /// The tensor that an NHWC image is.
  package func tensor(of image: Tensor) -> Tensor {
    let dims = self.dims(rows: image.shape[1], columns: image.shape[2]).map { $0 ?? 1 }
    let order = imageOrder
    var places = order
    for (place, axis) in order.enumerated() { places[axis] = place }
    return Transpose(permutation: places).evaluate([image.reshaped(Shape(order.map { dims[$0] }))])[0]
  }

  /// The NHWC image of a tensor, which is repeated along rows or columns that it does not have.
  package func image(of tensor: Tensor, rows: Int, columns: Int) -> Tensor {
    let moved = Transpose(permutation: imageOrder).evaluate([tensor])[0]
    let hasRows = axes.contains(.rows) || axes.contains(.pixels)
    let hasColumns = axes.contains(.columns) || axes.contains(.pixels)
    let image = moved.reshaped(Shape([1, hasRows ? rows : 1, hasColumns ? columns : 1, channels]))
    return image.broadcast(to: Shape([1, rows, columns, channels]))
  }
}
