import Scenes
import Diagnostics
import CPNG

/// An RGBA picture, transparent where nothing was drawn.
struct Canvas {
  let width: Int
  let height: Int
  private var bytes: [UInt8]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: 0, count: width * height * 4)
  }

  mutating func set(_ x: Int, _ y: Int, _ color: RGB) {
    let start = (y * width + x) * 4
    bytes[start] = color.red
    bytes[start + 1] = color.green
    bytes[start + 2] = color.blue
    bytes[start + 3] = 255
  }

  /// Fills a square, cut at the edges of the picture.
  mutating func fill(x: Int, y: Int, size: Int, _ color: RGB) {
    for row in y..<min(height, y + size) {
      for column in min(x, width)..<min(width, x + size) { set(column, row, color) }
    }
  }

  /// The picture as the bytes of a PNG file, through libpng's simplified interface, which returns errors instead of jumping over the
  /// caller's frames.
  func png(for path: String) throws(RasterError) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
    defer { png_image_free(&image) }
    // Whatever the pixels, a PNG takes little more than they do.
    var size = bytes.count + bytes.count / 100 + height + (1 << 16)
    var isWritten: Int32 = 0
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      isWritten = png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, bytes, 0, nil)
      count = isWritten != 0 ? size : 0
    }
    guard isWritten != 0 else {
      let message = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw RasterError(.io, path, "cannot be written (\(printable(message)))")
    }
    return result
  }
}
