import Diagnostics

/// Text as it is shown, cut at 1000 characters, so that names from files cannot drive the terminal.
package func escaped(_ text: String) -> String { printable(text, limit: 1000) }

/// A number with a fixed count of decimals.
package func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let rounded = Int((abs(value) * Double(scale)).rounded())
  let whole = (value < 0 && rounded > 0 ? "-" : "") + String(rounded / scale)
  if digits == 0 { return whole }
  let fraction = String(rounded % scale)
  return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// `120 MiB`
package func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
