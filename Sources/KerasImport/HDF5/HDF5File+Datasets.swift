package import ModelFiles
package import Tensors

extension HDF5File: WeightSource {
  private func dataset(_ path: String) throws(ImportError) -> HDF5Dataset {
    guard let object = objects[path], object.kind == .dataset, let address = object.address else {
      throw ImportError(.malformed, path, "there is no such dataset")
    }
    return try HDF5Dataset(HDF5ObjectHeader(bytes, at: address, site: object.path))
  }

  /// The shape of a dataset that may hold weights: stored in the file, of numbers, compressed by nothing exotic.
  package func shape(ofDataset path: String) throws(ImportError) -> [Int] {
    let dataset = try dataset(path)
    try dataset.checkStorage()
    _ = try format(dataset)
    return try shape(dataset)
  }

  private func shape(_ dataset: HDF5Dataset) throws(ImportError) -> [Int] {
    let dims = dataset.space.dims
    guard dims.count <= Limits.rank else { throw ImportError(.malformed, dataset.site, "has \(dims.count) dimensions") }
    for dim in dims where dim > Limits.dimension {
      throw ImportError(.malformed, dataset.site, "has a dimension of \(dim)")
    }
    // A space without elements is not a scalar, although it has no dimensions.
    return dims.isEmpty && dataset.space.count == 0 ? [0] : dims
  }

  /// The elements of a dataset of `expected` shape, converted to float32.
  package func floats(ofDataset path: String, expected: Shape) throws(ImportError) -> [Float] {
    let dataset = try dataset(path)
    try dataset.checkStorage()
    guard try shape(dataset) == expected.dims else {
      throw ImportError(.malformed, path, "is not of shape \(expected)")
    }
    return try HDF5Elements(bytes: bytes, dataset: dataset, format: format(dataset)).floats()
  }

  private func format(_ dataset: HDF5Dataset) throws(ImportError) -> HDF5ElementFormat {
    switch dataset.type.kind {
    case .float(let format), .integer(_, let format?): return format
    default: break
    }
    if dataset.type.kind == .opaque, dataset.type.size == 2, try isMarked(dataset) { return .opaqueBFloat16 }
    throw ImportError(
      .unsupported, dataset.site,
      "holds elements that are neither float16, bfloat16, float32 or float64 nor integers of 8 to 64 bits")
  }

  /// Keras says by an attribute `dtype` what opaque elements are.
  private func isMarked(_ dataset: HDF5Dataset) throws(ImportError) -> Bool {
    try HDF5Attribute.all(dataset.header, bytes, site: dataset.site)["dtype"] != nil
  }

  package func facts(of path: String) -> DatasetFacts? {
    guard let dataset = try? dataset(path), let shape = try? shape(dataset) else { return nil }
    let isMarked = dataset.type.kind == .opaque && (try? isMarked(dataset)) == true
    let (count, size) = (dataset.space.count, dataset.type.size)
    return DatasetFacts(
      shape: shape, type: dataset.type.name(isMarked: isMarked), count: count,
      byteCount: Int.product([count, size]) ?? Int.max)
  }

  var optimizerCount: Int {
    let paths = objects.filter { $1.kind == .dataset }.keys
    return paths.reduce(0) { sum, path in
      guard ["optimizer/", "optimizer_weights/"].contains(where: { path.hasPrefix($0) }) else { return sum }
      return sum.addingClamped(facts(of: path)?.count ?? 0)
    }
  }
}
