/// A name or text that comes from a file as it may be shown, on one line: what does not print escaped, cut after 200 characters.
package func printable(_ text: some StringProtocol) -> String { printable(text, limit: 200) }

/// The same, cut after `limit` characters.
package func printable(_ text: some StringProtocol, limit: Int) -> String {
  let scalars = text.unicodeScalars
  guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
    end < scalars.endIndex
  else { return escaped(text) }
  return escaped(text[..<end]) + "..."
}

/// The same in full length.
package func escaped(_ text: some StringProtocol) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += scalar.escaped(asASCII: true)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
