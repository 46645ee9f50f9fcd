import ModelFiles

/// A dataset as its object header describes it.
struct HDF5Dataset {
  let space: HDF5Dataspace
  let type: HDF5Datatype
  let layout: HDF5Layout
  let header: HDF5ObjectHeader
  let site: String

  init(_ header: HDF5ObjectHeader) throws(ImportError) {
    (self.header, site) = (header, header.site)
    guard let space = try header.body(.dataspace), let type = try header.body(.datatype) else {
      throw ImportError(.malformed, header.site, "has no shape or no type")
    }
    (self.space, self.type) = (try HDF5Dataspace(space), try HDF5Datatype(type))
    guard let layout = try header.body(.layout) else {
      throw ImportError(.malformed, header.site, "does not say where its elements lie")
    }
    self.layout = try HDF5Layout(layout)
  }

  /// Refuses what lies outside of the file and filters that are not known.
  func checkStorage() throws(ImportError) {
    guard !header.has(.externalFiles) else {
      throw ImportError(.malformed, site, "is stored in another file, which is not allowed")
    }
    if case .virtual = layout { throw ImportError(.malformed, site, "is a virtual dataset, which is not allowed") }
    _ = try filters()
  }

  func filters() throws(ImportError) -> HDF5Filters {
    guard let message = try header.body(.filters) else { return .none }
    return try HDF5Filters(message, elementSize: type.size)
  }

  /// The bytes of an element that was never written; nil for zeros.
  func fillValue() throws(ImportError) -> [UInt8]? {
    if var message = try header.body(.fillValue) {
      let version = try message.byte()
      guard (1...3).contains(version) else { throw message.damaged("has a fill value of version \(version)") }
      if version == 3 {
        guard try message.byte() & 0x20 != 0 else { return nil }
      } else {
        try message.skip(2)
        let isDefined = try message.byte() != 0
        guard isDefined else { return nil }
      }
      return try fillValue(&message)
    }
    guard var message = try header.body(.oldFillValue) else { return nil }
    return try fillValue(&message)
  }

  private func fillValue(_ message: inout HDF5Cursor) throws(ImportError) -> [UInt8]? {
    let count = try message.int(4)
    if count == 0 { return nil }
    guard count == type.size else { throw message.damaged("has a fill value of another type") }
    return Array(try message.take(count))
  }
}
