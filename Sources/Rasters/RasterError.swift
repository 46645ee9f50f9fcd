package import Diagnostics

/// The one error of this target: what went wrong with which file, and where in it.
package struct RasterError: SiteError {
  /// The classes of failure that callers tell apart.
  package enum Kind: Sendable, Hashable {
    /// The file does not exist.
    case notFound
    /// The name is that of something from which no raster can be read, such as a pipe.
    case unreadable
    /// The machine lacks what GDAL needs, such as PROJ's database.
    case environment
    /// The file is not a raster, or its data are corrupt or truncated.
    case malformed
    /// A well-formed raster of a kind that is refused.
    case unsupported
    /// The raster's bands do not fit what the model wants.
    case bandCount
    /// A contradictory or unusable request: creation options, class table, nodata, output equal to input.
    case invalidOption
    /// The output exists and may not be replaced.
    case exists
    /// The system refused to create, write or rename.
    case io
  }

  /// The place of a failure.
  package struct Site: Sendable, Hashable, CustomStringConvertible {
    /// The path as the caller gave it.
    package let file: String
    /// A part of the file, such as `rows 512..<1024` or `entry 3`.
    package let part: String?

    /// `file: part`
    package var description: String { printable(file) + (part.map { ": \($0)" } ?? "") }
  }

  package let kind: Kind
  package let site: Site
  /// What is wrong; text that comes from files is escaped and cut.
  package let what: String
  package let remedy: Remedy?

  init(_ kind: Kind, _ file: String, part: String? = nil, _ what: String, remedy: Remedy? = nil) {
    self.kind = kind
    site = Site(file: file, part: part)
    self.what = what
    self.remedy = remedy
  }
}
