/// Estimates of how wide text is, on the wide side of the common sans-serif fonts.
enum TextWidth {
  static func of(_ text: String, size: Int, isBold: Bool = false) -> Int {
    let thousandths = text.unicodeScalars.reduce(0) { $0 + width($1) }
    return (thousandths * size * (isBold ? 110 : 100) + 99_999) / 100_000
  }

  /// In thousandths of the size.
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar {
    case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!": 320
    case "f", "t", "r", "(", ")", "[", "]", " ", "/": 410
    case "m", "M", "W", "@", "%": 980
    case "w", "×", "+", "=", "<", ">", "~": 830
    case "A"..."Z": 710
    case "\u{0}"..."\u{2fff}": 630
    default: 1050
    }
  }

  /// The text with its middle left out until it is at most so wide.
  static func fitted(_ text: String, to limit: Int, size: Int, isBold: Bool = false) -> String {
    shortened(text) { of($0, size: size, isBold: isBold) <= limit }
  }
}

/// The text itself if it fits, else with as little as possible left out of its middle.
package func shortened(_ text: String, _ fits: (String) -> Bool) -> String {
  if fits(text) { return text }
  // Texts longer than this fit nowhere.
  let characters = Array(text.prefix(400)) + (text.count > 800 ? Array(text.suffix(400)) : Array(text.dropFirst(400)))
  func kept(_ count: Int) -> String {
    String(characters.prefix((count + 1) / 2)) + "…" + String(characters.suffix(count / 2))
  }
  let counts = Array(0...max(0, characters.count - 1))
  let first = counts.partitioningIndex { !fits(kept($0)) }
  return kept(max(0, first - 1))
}
