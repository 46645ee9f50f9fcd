import CHDF5
import Tensors

extension HDF5File {
  /// The shape of a dataset that may hold weights: stored in the file, of a floating-point type, compressed by nothing
  /// exotic.
  func shape(ofDataset path: String) throws(KerasError) -> [Int] {
    guard let object = objects[path], object.kind == .dataset else {
      throw KerasError(.malformed, path, "there is no such dataset")
    }
    return try HDF5Library.locked { () throws(KerasError) in
      let dataset = try opened(object.path)
      return try checkedShape(dataset.id, object.path)
    }
  }

  /// The elements of a dataset of `expected` shape, converted to float32.
  func floats(ofDataset path: String, expected: Shape) throws(KerasError) -> [Float] {
    guard let object = objects[path], object.kind == .dataset else {
      throw KerasError(.malformed, path, "there is no such dataset")
    }
    return try HDF5Library.locked { () throws(KerasError) -> [Float] in
      let dataset = try opened(object.path)
      guard try checkedShape(dataset.id, object.path) == expected.dims else {
        throw KerasError(.malformed, path, "is not of shape \(expected)")
      }
      guard let type = HDF5Handle(H5Dget_type(dataset.id), H5Tclose) else {
        throw KerasError(.malformed, path, "the dataset has no type")
      }
      let isBFloat16 = H5Tget_class(type.id) == H5T_OPAQUE
      var failed = false
      let values: [Float]
      if isBFloat16 {
        var halves = [UInt16](repeating: 0, count: expected.count)
        failed =
          halves.withUnsafeMutableBytes {
            H5Dread(dataset.id, type.id, seg_h5_all(), seg_h5_all(), seg_h5_default(), $0.baseAddress)
          } < 0
        values = halves.map { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
      } else {
        values = [Float](count: expected.count) { buffer in
          failed =
            H5Dread(
              dataset.id, seg_h5_native_float(), seg_h5_all(), seg_h5_all(), seg_h5_default(), buffer.baseAddress) < 0
          if failed { buffer.update(repeating: 0) }
        }
      }
      guard !failed else { throw KerasError(.malformed, path, "the dataset is damaged") }
      return values
    }
  }

  private func opened(_ path: String) throws(KerasError) -> HDF5Handle {
    guard let dataset = HDF5Handle(H5Dopen2(id, path, seg_h5_default()), H5Dclose) else {
      throw KerasError(.malformed, path, "the dataset cannot be opened")
    }
    return dataset
  }

  private func checkedShape(_ dataset: hid_t, _ path: String) throws(KerasError) -> [Int] {
    guard let properties = HDF5Handle(H5Dget_create_plist(dataset), H5Pclose),
      let space = HDF5Handle(H5Dget_space(dataset), H5Sclose), let type = HDF5Handle(H5Dget_type(dataset), H5Tclose)
    else { throw KerasError(.malformed, path, "the dataset cannot be examined") }
    try checkStorage(properties.id, path)
    try checkType(type.id, dataset, path)
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard rank >= 0, rank <= Limits.rank else { throw KerasError(.malformed, path, "has \(rank) dimensions") }
    var dims = [hsize_t](repeating: 0, count: rank)
    guard H5Sget_simple_extent_dims(space.id, &dims, nil) >= 0 else {
      throw KerasError(.malformed, path, "has no usable shape")
    }
    var result: [Int] = []
    for dim in dims {
      guard let dim = Int(exactly: dim), dim <= Limits.dimension else {
        throw KerasError(.malformed, path, "has a dimension of \(dim)")
      }
      result.append(dim)
    }
    return result
  }

  private func checkStorage(_ properties: hid_t, _ path: String) throws(KerasError) {
    guard H5Pget_external_count(properties) == 0 else {
      throw KerasError(.malformed, path, "is stored in another file, which is not allowed")
    }
    let layout = H5Pget_layout(properties)
    guard layout == H5D_COMPACT || layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED else {
      throw KerasError(.malformed, path, "is a virtual dataset, which is not allowed")
    }
    for index in 0..<UInt32(max(0, H5Pget_nfilters(properties))) {
      var (flags, count, config): (UInt32, Int, UInt32) = (0, 0, 0)
      let filter = H5Pget_filter2(properties, index, &flags, &count, nil, 0, nil, &config)
      guard filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32 else {
        throw KerasError(
          .unsupported, path, "is compressed by HDF5 filter \(filter)", hint: "rewrite it with h5repack -f GZIP=6")
      }
    }
  }

  private func checkType(_ type: hid_t, _ dataset: hid_t, _ path: String) throws(KerasError) {
    let (kind, size) = (H5Tget_class(type), H5Tget_size(type))
    if kind == H5T_FLOAT, size == 2 || size == 4 || size == 8 { return }
    if kind == H5T_OPAQUE, size == 2, H5Aexists(dataset, "dtype") > 0 { return }
    throw KerasError(.unsupported, path, "holds elements that are not float16, bfloat16, float32 or float64")
  }
}
