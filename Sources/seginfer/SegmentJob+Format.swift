import Rasters

extension SegmentJob {
  /// The format of the mask: what `--of` names, else what the name's extension means, else COG.
  static func maskFormat(_ options: Segment) throws(Failure) -> MaskFormat {
    let asked = options.format?.format
    guard let path = options.output, !path.isEmpty else { return asked ?? .cog }
    guard let format = MaskFormat(path: path) else {
      if let asked { return asked }
      let known = MaskFormat.extensions.map { "." + $0 }.joined(separator: ", ")
      throw Failure(
        .usage, file: path, "the name does not say the format of the mask",
        hint: "end it in one of \(known), or give --of")
    }
    guard let asked else { return format }
    guard asked.extensions == format.extensions else {
      throw Failure(
        .usage, file: path, at: "--of", "\(asked.rawValue) contradicts the extension, which means \(format.rawValue)",
        hint: "leave --of out, or end the name in .\(asked.extensions[0])")
    }
    return asked
  }

  /// `<stem>.seg.tif` or `.seg.png` beside the scene.
  static func defaultOutput(_ scene: DatasetName, _ format: MaskFormat) throws(Failure) -> String {
    guard let stem = scene.stem else {
      throw Failure(
        .usage, file: scene.text, "no local file from which the mask could have its name",
        hint: "name the mask with -o")
    }
    return "\(stem.directory)\(stem.name).seg.\(format.extensions[0])"
  }
}
