import CGDAL

extension Dataset {
  /// Whether the bytes of a band of a VRT come from a file that calls them signed: gdalbuildvrt before GDAL 3.7 forgets it. The first
  /// source speaks for all, since those of a VRT have one type.
  func hasSignedSource(_ number: Int, depth: Int = 0) -> Bool {
    guard PixelType.signedByte == nil, depth < 3, GDALGetRasterDataType(band(number)) == GDT_Byte,
      let driver = GDALGetDatasetDriver(handle), let name = GDALGetDriverShortName(driver),
      String(cString: name) == "VRT", let vrt = DatasetName(path).files.first
    else { return false }
    // GDAL 3.6 aborts when it is asked for the sources of a VRT that is not in a file.
    guard vrt == path else {
      return path.lowercased().hasPrefix("vrt://") && Self.isSigned(vrt, band: 1, depth: depth)
    }
    guard let source = strings(GDALGetMetadata(band(number), "vrt_sources")).first,
      let file = element("SourceFilename", of: source), let text = element("SourceBand", of: source)?.content,
      let sourceBand = Int(text)
    else { return false }
    let directory = vrt.lastIndex(of: "/").map { String(vrt[...$0]) } ?? ""
    let isRelative = file.attributes.contains("relativeToVRT=\"1\"") && !file.content.hasPrefix("/")
    return Self.isSigned(isRelative ? directory + file.content : file.content, band: sourceBand, depth: depth)
  }

  /// The same of a band of a local file; what is not here is not fetched for this.
  private static func isSigned(_ file: String, band number: Int, depth: Int) -> Bool {
    guard FileFacts(local: file)?.isSpecial == false, let dataset = try? Dataset(reading: file),
      dataset.bandCount > 0, (1...dataset.bandCount).contains(number)
    else { return false }
    return PixelType(dataset.band(number)) == .int8 || dataset.hasSignedSource(number, depth: depth + 1)
  }
}

/// The first element of this name in XML that GDAL wrote: its attributes and its text.
private func element(_ name: String, of xml: String) -> (attributes: Substring, content: String)? {
  guard let start = xml.firstRange(of: "<" + name), let end = xml[start.upperBound...].firstIndex(of: ">") else {
    return nil
  }
  let content = xml[xml.index(after: end)...].prefix { $0 != "<" }
  return (xml[start.upperBound..<end], unescapedXML(content))
}

/// Text of XML with its five entities replaced.
func unescapedXML(_ text: Substring) -> String {
  [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")].reduce(String(text)) {
    $0.replacing($1.0, with: $1.1)
  }
}
