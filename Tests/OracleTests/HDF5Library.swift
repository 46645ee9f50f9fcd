import CHDF5

/// What libhdf5 refused to do.
struct HDF5LibraryError: Error, CustomStringConvertible {
  let description: String
}

/// An identifier of libhdf5's, let go at the end.
struct HDF5Handle: ~Copyable {
  let id: hid_t

  init(_ id: hid_t, _ what: @autoclosure () -> String) throws(HDF5LibraryError) {
    guard id >= 0 else { throw HDF5LibraryError(description: "libhdf5: \(what())") }
    self.id = id
  }

  deinit { H5Idec_ref(id) }
}

/// Throws where a call of libhdf5's failed.
func checked(_ status: herr_t, _ what: @autoclosure () -> String) throws(HDF5LibraryError) {
  guard status >= 0 else { throw HDF5LibraryError(description: "libhdf5: \(what())") }
}

/// An HDF5 file in memory as libhdf5 reads it. Not to be used from two threads, as all of libhdf5.
struct HDF5Oracle: ~Copyable {
  private let file: HDF5Handle

  /// Errors: libhdf5 does not open it.
  init(_ image: [UInt8]) throws(HDF5LibraryError) {
    // Failures are returned; without this they are printed as well.
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    let access = try HDF5Handle(H5Pcreate(hdf5_file_access()), "no property list")
    try checked(H5Pset_fapl_core(access.id, 1 << 16, false), "no files in memory")
    var image = image
    try checked(H5Pset_file_image(access.id, &image, image.count), "the image is not taken")
    file = try HDF5Handle(H5Fopen("image", hdf5_read_only(), access.id), "the file is not opened")
  }

  /// The first number of the library's version.
  static var majorVersion: Int {
    var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
    return H5get_libversion(&major, &minor, &release) < 0 ? 0 : Int(major)
  }

  func object(_ path: String) throws(HDF5LibraryError) -> HDF5Handle {
    try HDF5Handle(H5Oopen(file.id, path, hid_t(H5P_DEFAULT)), "\(path) is not opened")
  }

  /// The addresses of all datasets that can be reached from the root.
  func datasetAddresses() throws(HDF5LibraryError) -> Set<UInt64> {
    var visited: Set<UInt64> = [], datasets: Set<UInt64> = []
    var pending = ["/"]
    while let path = pending.popLast() {
      let object = try object(path)
      let address = hdf5_address(object.id)
      guard visited.insert(address).inserted else { continue }
      switch H5Iget_type(object.id) {
      case H5I_DATASET: datasets.insert(address)
      case H5I_GROUP: pending += try members(object.id).map { (path == "/" ? "/" : path + "/") + $0 }
      default: break
      }
    }
    return datasets
  }

  private func members(_ group: hid_t) throws(HDF5LibraryError) -> [String] {
    var info = H5G_info_t()
    try checked(H5Gget_info(group, &info), "a group is not examined")
    var names: [String] = []
    for place in 0..<info.nlinks {
      names.append(
        try text { H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, place, $0, $1, hid_t(H5P_DEFAULT)) })
    }
    return names
  }
}

/// A name that a call writes into a buffer, whose length it returns.
func text(
  _ call: (UnsafeMutablePointer<CChar>?, Int) -> Int
) throws(HDF5LibraryError) -> String {
  let length = call(nil, 0)
  guard length >= 0 else { throw HDF5LibraryError(description: "libhdf5: a name is not told") }
  var buffer = [CChar](repeating: 0, count: length + 1)
  guard call(&buffer, buffer.count) == length else {
    throw HDF5LibraryError(description: "libhdf5: a name is not told")
  }
  return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
