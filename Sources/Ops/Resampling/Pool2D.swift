import Graphs
import Tensors

/// The result type of a pooling window over an NHWC image.
func pooledType(
  _ inputs: [TensorType], size: Pair, strides: Pair, dilation: Pair, _ padding: Padding
) throws(ShapeError) -> [TensorType] {
  try inputs.require(count: 1...1)
  let image = try inputs.image()
  try size.check("window")
  try dilation.check("dilation")
  let extent = Pair((size.height - 1) * dilation.height + 1, (size.width - 1) * dilation.width + 1)
  try padding.check(lessThan: extent)
  let pooled = try slidingSize(image, kernel: size, strides: strides, dilation: dilation, padding)
  return [try checkedType([image.dims[0], pooled.height, pooled.width, image.dims[3]])]
}

/// The reach of a pooling window over the first input.
func pooledReach(
  _ inputs: [TensorType], size: Pair, strides: Pair, dilation: Pair, _ padding: Padding
) -> [Reach] {
  guard let image = imageSize(inputs[0]) else { return globalReach(count: 1) }
  let windows = padding.resolve(size: image, kernel: size, stride: strides, dilation: dilation)
  return imageReach(count: 1, rows: windows.rows.reach, columns: windows.columns.reach)
}

/// Applies `reduce` to the elements of each window that lie inside the image, channel by channel.
func pool(
  _ image: Tensor, size: Pair, strides: Pair, dilation: Pair, _ padding: Padding,
  _ reduce: (_ elements: [Float]) -> Float
) -> Tensor {
  let (x, shape) = (image.floats, image.shape)
  let (rows, columns) = padding.resolve(
    size: Pair(shape[1], shape[2]), kernel: size, stride: strides, dilation: dilation)
  let result: Shape = [shape[0], rows.output, columns.output, shape[3]]
  var out: [Float] = []
  out.reserveCapacity(result.count)
  for n in 0..<result[0] {
    for y in 0..<result[1] {
      for column in 0..<result[2] {
        for c in 0..<result[3] {
          var window: [Float] = []
          for i in rows.taps(y) {
            let inputRow = n * shape[1] + rows.start(y) + i * dilation.height
            for j in columns.taps(column) {
              window.append(x[(inputRow * shape[2] + columns.start(column) + j * dilation.width) * shape[3] + c])
            }
          }
          out.append(reduce(window))
        }
      }
    }
  }
  return Tensor(result, out)
}
