package import Networks
package import Rasters

extension Fault {
  package init(_ error: RasterError) {
    let kind: Kind =
      switch error.kind {
      case .notFound, .unreadable, .environment, .io: .inputOutput
      case .malformed: .malformed
      case .unsupported: .unsupported
      case .bandCount, .invalidOption, .exists: .usage
      }
    var remedy = error.hint.map { Remedy.advice($0) }
    switch error.remedy {
    case .alphaAsData: remedy = .readingAlpha(or: error.hint)
    case .projDatabase: remedy = .projDatabase
    case nil: break
    }
    if error.kind == .io, error.hint == nil, let free = Files.freeBytes(beside: error.site.file) {
      let free = decimal(Double(free) / 1_048_576, 1)
      remedy = .advice("without the files of this run \(free) MiB are free there")
    }
    self.init(kind, file: error.site.file, at: error.site.part, error.what, remedy: remedy)
  }
}

package func rasters<T>(_ body: () throws(RasterError) -> T) throws(Fault) -> T {
  do { return try body() } catch { throw Fault(error) }
}
