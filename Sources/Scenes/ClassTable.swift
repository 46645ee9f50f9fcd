/// A colour of 8-bit components.
public struct RGB: Sendable, Hashable {
  /// From 0, none of it, to 255.
  public var red: UInt8
  /// From 0, none of it, to 255.
  public var green: UInt8
  /// From 0, none of it, to 255.
  public var blue: UInt8

  /// A colour of these components, from 0 to 255 each.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From `0xRRGGBB`.
  package init(hex: UInt32) { self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255)) }

  /// From `#rrggbb` or `rrggbb`.
  package init?(_ text: some StringProtocol) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
      return nil
    }
    self.init(hex: value)
  }

  /// `#rrggbb`.
  public var hexadecimal: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

/// The names and colours of the classes 0, 1, 2, ... of a mask; at most 256.
public struct ClassTable: Sendable, Hashable {
  /// One class. Its value in the mask is its position in the table.
  public struct Entry: Sendable, Hashable {
    /// What the class is called.
    public var name: String
    /// What a mask's palette shows it in.
    public var color: RGB

    /// A class of this name and colour.
    public init(name: String, color: RGB) {
      self.name = name
      self.color = color
    }
  }

  /// The classes, in the order of their values in a mask.
  public let entries: [Entry]

  /// At most 256 classes, since masks hold bytes.
  public init(_ entries: [Entry]) {
    precondition(entries.count <= 256, "\(entries.count) classes do not fit a byte")
    self.entries = entries
  }

  /// Classes with these names in the default palette.
  public init(names: [String]) {
    self.init(names.enumerated().map { Entry(name: $1, color: Self.color($0)) })
  }

  /// Classes that nothing is known about: named by their numbers, in the default palette.
  public init(count: Int) { self.init(names: (0..<count).map(String.init)) }

  /// The number of classes.
  public var count: Int { entries.count }
  /// The names of the classes, in the order of their values.
  public var names: [String] { entries.map(\.name) }

  /// The default colour of a class: 0 is black, the first ones are far apart, later ones walk the hues by the golden angle.
  package static func color(_ id: Int) -> RGB {
    let distinct: [UInt32] = [
      0x000000, 0xE6194B, 0x3CB44B, 0x4363D8, 0xFFE119, 0xF58231, 0x911EB4, 0x42D4F4, 0xF032E6, 0xBFEF45, 0xFABED4,
      0x469990, 0xDCBEFF, 0x9A6324, 0xFFFAC8, 0x800000, 0xAAFFC3, 0x808000, 0xFFD8B1, 0x000075,
    ]
    if id < distinct.count { return RGB(hex: distinct[id]) }
    let hue = (Double(id) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1) * 6
    let value = id.isMultiple(of: 2) ? 230.0 : 150.0
    let floor = value * (id.isMultiple(of: 3) ? 0.2 : 0.45)
    func component(_ shift: Double) -> UInt8 {
      let phase = (hue + shift).truncatingRemainder(dividingBy: 6)
      let ramp = max(0, min(1, abs(phase - 3) - 1))
      return UInt8(floor + (value - floor) * ramp)
    }
    return RGB(component(0), component(4), component(2))
  }
}

extension ClassTable {
  /// LandCover.ai v1: background, building, woodland, water, road.
  public static let landcoverAI = ClassTable([
    Entry(name: "background", color: RGB(0, 0, 0)),
    Entry(name: "building", color: RGB(hex: 0xE6194B)),
    Entry(name: "woodland", color: RGB(hex: 0x228B22)),
    Entry(name: "water", color: RGB(hex: 0x1E6FD9)),
    Entry(name: "road", color: RGB(hex: 0xC8AD7F)),
  ])

  /// The order and colours of the land-cover capstone: unlabeled, woodland, water, road, building.
  public static let capstone = ClassTable([
    Entry(name: "unlabeled", color: RGB(0, 0, 0)),
    Entry(name: "woodland", color: RGB(hex: 0x228B22)),
    Entry(name: "water", color: RGB(hex: 0x1E6FD9)),
    Entry(name: "road", color: RGB(hex: 0xC8AD7F)),
    Entry(name: "building", color: RGB(hex: 0xE6194B)),
  ])

  /// A preset by its name, or `nil`.
  public static func preset(_ name: String) -> ClassTable? {
    switch name {
    case "landcover.ai": landcoverAI
    case "capstone": capstone
    default: nil
    }
  }
}
