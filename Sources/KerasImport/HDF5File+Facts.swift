import CHDF5

extension HDF5File {
  func facts(of path: String) -> DatasetFacts? {
    guard let object = objects[path], object.kind == .dataset else { return nil }
    return try? HDF5Library.locked { () throws(KerasError) -> DatasetFacts in
      guard let dataset = HDF5Handle(H5Dopen2(id, object.path, seg_h5_default()), H5Dclose),
        let space = HDF5Handle(H5Dget_space(dataset.id), H5Sclose),
        let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose)
      else { throw KerasError(.malformed, path, "the dataset cannot be examined") }
      let rank = Int(H5Sget_simple_extent_ndims(space.id))
      guard (0...Limits.rank).contains(rank) else { throw KerasError(.malformed, path, "has \(rank) dimensions") }
      var dims = [hsize_t](repeating: 0, count: rank)
      guard H5Sget_simple_extent_dims(space.id, &dims, nil) >= 0 else {
        throw KerasError(.malformed, path, "has no usable shape")
      }
      let shape = dims.map { Int(clamping: $0) }
      let count = shape.reduce(1, saturatingProduct)
      let size = H5Tget_size(type.id)
      return DatasetFacts(
        shape: shape, type: name(ofType: type.id, size, in: dataset.id), count: count,
        byteCount: saturatingProduct(count, Int(clamping: size)))
    }
  }

  var optimizerCount: Int {
    let paths = objects.filter { $1.kind == .dataset }.keys
    return paths.reduce(0) { sum, path in
      guard ["optimizer/", "optimizer_weights/"].contains(where: { path.hasPrefix($0) }) else { return sum }
      return sum.addingClamped(facts(of: path)?.count ?? 0)
    }
  }

  private func name(ofType type: hid_t, _ size: Int, in dataset: hid_t) -> String {
    let kind = H5Tget_class(type)
    if kind == H5T_FLOAT { return "float\(size * 8)" }
    if kind == H5T_INTEGER { return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + "\(size * 8)" }
    if kind == H5T_OPAQUE { return size == 2 && H5Aexists(dataset, "dtype") > 0 ? "bfloat16" : "opaque" }
    if kind == H5T_STRING { return "string" }
    return kind == H5T_ENUM && size == 1 ? "bool" : "other"
  }
}

private func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? Int.max : product
}
