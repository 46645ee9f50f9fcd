/// The names and colours that a model's metadata gives its classes, by the numbers that it gives them.
package struct ClassNames: Sendable, Hashable {
  /// The name of one class.
  package struct Named: Sendable, Hashable {
    /// As the metadata counts, from 0 or from 1, with gaps.
    package var number: Int
    package var name: String
    /// `0xRRGGBB`.
    package var color: UInt32?
  }

  /// By number, each once.
  package var classes: [Named]
  /// False for a list, where names belong to places.
  package var isNumbered: Bool

  /// Names in the order of their numbers; of a number that is repeated, the last counts.
  init?(_ classes: [Named], isNumbered: Bool) {
    var byNumber: [Int: Named] = [:]
    for named in classes { byNumber[named.number] = named }
    // What training left out of account is often called so.
    if byNumber.count > 1, byNumber[255]?.isBackground == true, byNumber[254] == nil { byNumber[255] = nil }
    guard !byNumber.isEmpty, byNumber.keys.allSatisfy({ (0...65_535).contains($0) }) else { return nil }
    self.classes = byNumber.values.sorted { $0.number < $1.number }
    self.isNumbered = isNumbered
  }

  package var names: [String] { classes.map(\.name) }

  private var first: Int { classes.first?.number ?? 0 }
  private var last: Int { classes.last?.number ?? 0 }

  /// Whether one of so many scores of a pixel stands for the background, as far as the names say it.
  package func hasBackground(scores: Int) -> Bool? {
    let isNamed = classes.contains(where: \.isBackground)
    if isNumbered ? last == scores - 1 : classes.count == scores {
      // What only 0 is missing of begins behind the background.
      return isNamed || first > 0
    }
    if isNumbered, first == 1, last == scores { return isNamed }
    // A name more than scores: the background has none.
    let isOneMore = first == 0 && (isNumbered ? last == scores : classes.count == scores + 1)
    return isOneMore && classes[0].isBackground ? false : nil
  }

  /// Names and colours of the classes of a mask; `nil` where they do not fit to the scores of a pixel.
  ///
  /// - Parameters:
  ///   - scores: How many a pixel has; a single one is that of class 1.
  ///   - hasBackground: True where the first of several is that of class 0, false where it is that of class 1.
  package func table(scores: Int, hasBackground: Bool) -> [(name: String, color: UInt32?)]? {
    guard let shift = shift(scores: scores, hasBackground: hasBackground) else { return nil }
    let isBehindBackground = scores == 1 || !hasBackground || first > 0
    var result = (0..<(scores == 1 ? 2 : hasBackground ? scores : scores + 1)).map { number in
      (name: number == 0 && isBehindBackground ? "background" : String(number), color: UInt32?.none)
    }
    for named in classes where result.indices.contains(named.number + shift) {
      result[named.number + shift] = (named.name, named.color)
    }
    return result
  }

  /// What a number of the metadata lacks to be that of the mask's class.
  private func shift(scores: Int, hasBackground: Bool) -> Int? {
    if scores == 1 {
      if classes.count == 1, last == 0 { return 1 }
      return last == 1 ? 0 : first == 1 && last == 2 ? -1 : nil
    }
    guard isNumbered else {
      if classes.count == (hasBackground ? scores : scores + 1) { return 0 }
      return !hasBackground && classes.count == scores ? 1 : nil
    }
    if hasBackground { return last == scores - 1 ? 0 : first == 1 && last == scores ? -1 : nil }
    return last == scores ? 0 : last == scores - 1 ? 1 : nil
  }
}

extension ClassNames.Named {
  private static let words: Set = [
    "background", "bg", "bkg", "unlabeled", "unlabelled", "unlabel", "nolabel", "none", "nothing", "nodata", "null",
    "void",
    "empty", "other", "others", "unknown", "unclassified", "undefined", "ignore", "ignored", "clutter", "hintergrund",
    "fond", "fondo", "sfondo", "achtergrond", "tło",
  ]

  /// True where the name says that nothing is there that the network looks for, such as `_background_` or `not_building`.
  var isBackground: Bool {
    let parts = name.lowercased().split { !$0.isLetter }
    if parts.contains("background") || ["no", "non", "not"].contains(parts.first) && parts.count > 1 { return true }
    return Self.words.contains(parts.joined())
  }
}
