package import Networks
import Rasters

/// A file that a run writes.
public enum SceneProduct: Sendable, Hashable {
  /// The class of every pixel, on the grid of the scene.
  case mask(String)
  /// Pixels, shares and areas per class, as JSON.
  case statistics(String)
  /// Scene, mask and overlay beside each other, a PNG picture.
  case preview(String)

  /// The file that is written, as the caller named it.
  public var path: String {
    switch self {
    case .mask(let path), .statistics(let path), .preview(let path): path
    }
  }
}

extension [SceneProduct] {
  /// The path of the mask. Errors: none, or several.
  func mask() throws(Fault) -> String {
    let paths = compactMap { product in if case .mask(let path) = product { path } else { nil } }
    guard paths.count == 1 else { throw Fault(.usage, setting: .outputs, "\(paths.count) masks, a run writes one") }
    return paths[0]
  }
}

extension SceneOptions {
  /// No product is an input or another product, none is in the way of what exists, and each can have its name. `inputs` are files that are
  /// read.
  package func check(_ products: [SceneProduct], inputs: [String?]) throws(Fault) {
    var checks = OutputChecks(inputs: inputs, overwrite: overwrites)
    checks.missingDirectory = .usage
    for product in products {
      switch product {
      case .mask(let path): try checks.check(path, suffixes: MaskWriter.companionSuffixes, takesStreams: false)
      case .preview(let path): try checks.check(path, takesStreams: false)
      case .statistics(let path): try checks.check(path)
      }
    }
  }
}
