import CHDF5

/// A dataset as libhdf5 reads it.
struct HDF5OracleDataset {
  /// Without elements, a space has the one dimension 0.
  let dims: [Int]
  /// Bytes of an element.
  let elementSize: Int
  /// The elements as float32 where they are floating-point numbers, integers without padding, or bfloat16 as Keras marks it.
  let floats: [Float]?
}

extension HDF5Oracle {
  func dataset(_ path: String) throws(HDF5LibraryError) -> HDF5OracleDataset {
    let object = try object(path)
    let type = try HDF5Handle(H5Dget_type(object.id), "\(path) has no type")
    let space = try HDF5Handle(H5Dget_space(object.id), "\(path) has no space")
    let size = H5Tget_size(type.id)
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    var floats: [Float]?
    switch H5Tget_class(type.id) {
    case H5T_FLOAT: floats = try elements(object.id, hdf5_native_float(), count, Float(0))
    case H5T_INTEGER where [1, 2, 4, 8].contains(size) && H5Tget_precision(type.id) == 8 * size:
      floats = try elements(object.id, hdf5_native_float(), count, Float(0))
    case H5T_OPAQUE where size == 2 && H5Aexists(object.id, "dtype") > 0:
      floats = try elements(object.id, type.id, count, UInt16(0))
        .map { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
    default: floats = nil
    }
    return HDF5OracleDataset(dims: dims(space.id), elementSize: size, floats: floats)
  }

  private func dims(_ space: hid_t) -> [Int] {
    if H5Sget_simple_extent_type(space) == H5S_NULL { return [0] }
    var dims = [hsize_t](repeating: 0, count: Int(H5Sget_simple_extent_ndims(space)))
    H5Sget_simple_extent_dims(space, &dims, nil)
    return dims.map { Int($0) }
  }

  private func elements<Element: BitwiseCopyable>(
    _ dataset: hid_t, _ type: hid_t, _ count: Int, _ blank: Element
  ) throws(HDF5LibraryError) -> [Element] {
    var elements = [Element](repeating: blank, count: count)
    if count > 0 {
      let status = elements.withUnsafeMutableBytes {
        H5Dread(dataset, type, hdf5_all(), hdf5_all(), hid_t(H5P_DEFAULT), $0.baseAddress)
      }
      try checked(status, "a dataset is not read")
    }
    return elements
  }

  /// The attributes of an object that hold text, by name.
  func textAttributes(_ path: String) throws(HDF5LibraryError) -> [String: [String]] {
    let object = try object(path), inherited = hid_t(H5P_DEFAULT)
    var result: [String: [String]] = [:]
    var place: hsize_t = 0
    while true {
      let id = H5Aopen_by_idx(object.id, ".", H5_INDEX_NAME, H5_ITER_INC, place, inherited, inherited)
      if id < 0 { return result }
      let attribute = try HDF5Handle(id, "")
      let name = try text { H5Aget_name(attribute.id, $1, $0) }
      let type = try HDF5Handle(H5Aget_type(attribute.id), "\(name) has no type")
      if H5Tget_class(type.id) == H5T_STRING { result[name] = try strings(attribute, type) }
      place += 1
    }
  }

  private func strings(
    _ attribute: borrowing HDF5Handle, _ type: borrowing HDF5Handle
  ) throws(HDF5LibraryError) -> [String] {
    let space = try HDF5Handle(H5Aget_space(attribute.id), "an attribute has no space")
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    if count == 0 { return [] }
    guard H5Tis_variable_str(type.id) > 0 else {
      let size = H5Tget_size(type.id)
      var bytes = [UInt8](repeating: 0, count: count * size)
      try checked(H5Aread(attribute.id, type.id, &bytes), "an attribute is not read")
      return (0..<count).map { String(decoding: bytes[$0 * size..<($0 + 1) * size].prefix { $0 != 0 }, as: UTF8.self) }
    }
    let memory = try HDF5Handle(H5Tcopy(hdf5_c_string()), "no type of text")
    try checked(H5Tset_size(memory.id, hdf5_variable()), "no text of any length")
    try checked(H5Tset_cset(memory.id, H5Tget_cset(type.id)), "no such characters")
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try checked(H5Aread(attribute.id, memory.id, &pointers), "an attribute is not read")
    let strings = pointers.map { $0.map { String(cString: $0) } ?? "" }
    try checked(H5Dvlen_reclaim(memory.id, space.id, hid_t(H5P_DEFAULT), &pointers), "text is not let go")
    return strings
  }
}
