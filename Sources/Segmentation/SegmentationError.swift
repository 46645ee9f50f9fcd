package import Diagnostics

/// Why a scene cannot be run as asked.
package struct SegmentationError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// The model is not a segmentation network over one image.
    case unsupportedModel
    /// The model cannot run exactly.
    case notLocal
    /// The memory limit is too small; so many bytes would do.
    case memory(needed: Int)
    /// The system has no thread left.
    case threads
  }

  package var kind: Kind
  package var site: String
  package var what: String
  package var remedy: Remedy?

  package init(_ kind: Kind, _ site: String, _ what: String, remedy: Remedy? = nil) {
    (self.kind, self.site, self.what, self.remedy) = (kind, site, what, remedy)
  }
}
