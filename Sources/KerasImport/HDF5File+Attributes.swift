import CHDF5

extension HDF5File {
  /// The strings of an attribute, nil when there is none: fixed-length or variable-length, scalar or array. An
  /// attribute without elements gives no strings whatever its type.
  func strings(_ name: String, of path: String) throws(KerasError) -> [String]? {
    guard let object = objects[path] else { return nil }
    let site = object.path + " " + name
    return try HDF5Library.locked { () throws(KerasError) -> [String]? in
      guard let owner = HDF5Handle(H5Oopen(id, object.path, seg_h5_default()), H5Oclose) else {
        throw KerasError(.malformed, object.path, "the HDF5 object cannot be opened")
      }
      guard H5Aexists(owner.id, name) > 0 else { return nil }
      guard let attribute = HDF5Handle(H5Aopen(owner.id, name, seg_h5_default()), H5Aclose),
        let type = HDF5Handle(H5Aget_type(attribute.id), H5Tclose),
        let space = HDF5Handle(H5Aget_space(attribute.id), H5Sclose)
      else { throw KerasError(.malformed, site, "the attribute cannot be opened") }
      let count = Int(H5Sget_simple_extent_npoints(space.id))
      guard count >= 0, count <= Limits.objects else { throw KerasError(.limit, site, "the attribute is too large") }
      if count == 0 { return [] }
      guard H5Tget_class(type.id) == H5T_STRING else { throw KerasError(.malformed, site, "the attribute is not text") }
      return H5Tis_variable_str(type.id) > 0
        ? try variableStrings(attribute.id, type.id, space.id, count, site)
        : try fixedStrings(attribute.id, type.id, count, site)
    }
  }

  /// A list that may have been split into `name0`, `name1`, ... because it was too long for one attribute.
  func splitStrings(_ name: String, of path: String) throws(KerasError) -> [String]? {
    if let whole = try strings(name, of: path) { return whole }
    var all: [String]?
    for chunk in 0..<Limits.objects {
      guard let part = try strings(name + String(chunk), of: path) else { break }
      all = (all ?? []) + part
    }
    return all
  }

  private func fixedStrings(_ attribute: hid_t, _ type: hid_t, _ count: Int, _ site: String) throws(KerasError)
    -> [String]
  {
    let size = H5Tget_size(type)
    let (total, overflow) = size.multipliedReportingOverflow(by: count)
    guard size > 0, !overflow, total <= Limits.attributeBytes else {
      throw KerasError(.limit, site, "the attribute is too large")
    }
    var bytes = [UInt8](repeating: 0, count: total)
    guard bytes.withUnsafeMutableBytes({ H5Aread(attribute, type, $0.baseAddress) }) >= 0 else {
      throw KerasError(.malformed, site, "the attribute cannot be read")
    }
    return (0..<count).map { String(decoding: bytes[$0 * size..<($0 + 1) * size].prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func variableStrings(
    _ attribute: hid_t, _ type: hid_t, _ space: hid_t, _ count: Int, _ site: String
  ) throws(KerasError) -> [String] {
    guard let memory = HDF5Handle(H5Tcopy(seg_h5_c_string()), H5Tclose),
      H5Tset_size(memory.id, seg_h5_variable()) >= 0, H5Tset_cset(memory.id, H5Tget_cset(type)) >= 0
    else { throw KerasError(.malformed, site, "the attribute cannot be read") }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard pointers.withUnsafeMutableBytes({ H5Aread(attribute, memory.id, $0.baseAddress) }) >= 0 else {
      throw KerasError(.malformed, site, "the attribute cannot be read")
    }
    defer {
      _ = pointers.withUnsafeMutableBytes { H5Dvlen_reclaim(memory.id, space, seg_h5_default(), $0.baseAddress) }
    }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}
