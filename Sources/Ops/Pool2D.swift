import Graphs
import Tensors

/// The result type of a pooling window over an NHWC image.
func pooledType(
  _ inputs: [TensorType], size: Pair, strides: Pair, _ padding: Padding
) throws(ShapeError) -> [TensorType] {
  try inputs.require(count: 1...1)
  let image = try inputs.image()
  try size.check("window")
  try padding.check(lessThan: min(size.height, size.width))
  let pooled = try slidingSize(image, kernel: size, strides: strides, dilation: 1, padding)
  return [try checkedType([image.dims[0], pooled.height, pooled.width, image.dims[3]])]
}
