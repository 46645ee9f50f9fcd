package import Networks
package import Rasters

extension RasterError.Kind: FaultKind {
  package var faultKind: Fault.Kind {
    switch self {
    case .notFound, .unreadable, .environment, .io: .inputOutput
    case .malformed: .malformed
    case .unsupported: .unsupported
    case .bandCount, .invalidOption, .exists: .usage
    }
  }
}

extension Fault {
  package init(_ error: RasterError) {
    var remedy = error.remedy
    if error.kind == .io, remedy == nil, let free = Files.freeBytes(beside: error.site.file) {
      let free = decimal(Double(free) / 1_048_576, 1)
      remedy = .advice("without the files of this run \(free) MiB are free there")
    }
    self.init(error.kind.faultKind, file: error.site.file, at: error.site.part, error.what, remedy: remedy)
  }
}

package func rasters<T>(_ body: () throws(RasterError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error) }
}
