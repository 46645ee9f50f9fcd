import Scenes
import TestSupport

/// A whole image in memory: height x width x channels.
struct Image: Equatable {
  var size: PixelSize
  var channels: Int
  var values: [Float]

  init(_ size: PixelSize, channels: Int, repeating value: Float = 0) {
    (self.size, self.channels) = (size, channels)
    values = [Float](repeating: value, count: size.width * size.height * channels)
  }

  static func random(_ size: PixelSize, channels: Int, seed: UInt64) -> Image {
    var (generator, image) = (SeededNumbers(seed), Image(size, channels: channels))
    for i in image.values.indices { image.values[i] = Float.random(in: -1...1, using: &generator) }
    return image
  }

  subscript(_ y: Int, _ x: Int, _ c: Int) -> Float {
    get { values[(y * size.width + x) * channels + c] }
    set { values[(y * size.width + x) * channels + c] = newValue }
  }

  /// A part of the image; indices outside it are reflected.
  func cut(rows: Range<Int>, columns: Range<Int>) -> Image {
    var part = Image(PixelSize(width: columns.count, height: rows.count), channels: channels)
    for (i, y) in rows.enumerated() {
      for (j, x) in columns.enumerated() {
        for c in 0..<channels {
          part[i, j, c] = self[reflect(y, count: size.height), reflect(x, count: size.width), c]
        }
      }
    }
    return part
  }

  var bits: [UInt32] { values.map(\.bitPattern) }
}

/// What a stitched run did.
struct StitchedRun {
  var image: Image
  var rowsRead: [Int] = []
  var rowsEmitted: [Int] = []
  var windows = 0
}

extension WindowStitcher {
  /// Runs over an image in memory; `predict` maps a window to scores of the same size.
  func run(over scene: Image, predict: (Image) -> Image) -> StitchedRun {
    var result = StitchedRun(image: Image(scene.size, channels: classes, repeating: .nan))
    let (rowCount, scoreCount) = (scene.size.width * scene.channels, scene.size.width * classes)
    run(
      readRow: { y, row in
        result.rowsRead.append(y)
        for i in 0..<rowCount { row[i] = scene.values[y * rowCount + i] }
      },
      predict: { window, scores in
        var input = Image(grid.window, channels: channels)
        for i in input.values.indices { input.values[i] = window[i] }
        let output = predict(input)
        for i in output.values.indices { scores[i] = output.values[i] }
        result.windows += 1
      },
      emit: { y, scores in
        result.rowsEmitted.append(y)
        for i in 0..<scoreCount { result.image.values[y * scoreCount + i] = scores[i] }
      })
    return result
  }
}

/// The mean of each pixel's 3x3 neighbourhood with zeros outside: halo 1, modulus 1.
func boxFilter(_ image: Image) -> Image {
  var result = image
  for y in 0..<image.size.height {
    for x in 0..<image.size.width {
      for c in 0..<image.channels {
        var sum: Float = 0
        for (dy, dx) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1)] {
          let (sy, sx) = (y + dy, x + dx)
          if sy >= 0 && sx >= 0 && sy < image.size.height && sx < image.size.width { sum += image[sy, sx, c] * 0.37 }
        }
        result[y, x, c] = sum / 9
      }
    }
  }
  return result
}

/// Box filter, 2x2 maximum pooling, box filter, nearest upsampling: a tiny encoder and decoder, modulus 2, halo 4.
func encoderDecoder(_ image: Image) -> Image {
  let fine = boxFilter(image)
  var coarse = Image(
    PixelSize(width: image.size.width / 2, height: image.size.height / 2), channels: image.channels)
  for y in 0..<coarse.size.height {
    for x in 0..<coarse.size.width {
      for c in 0..<image.channels {
        coarse[y, x, c] = max(
          max(fine[2 * y, 2 * x, c], fine[2 * y, 2 * x + 1, c]),
          max(fine[2 * y + 1, 2 * x, c], fine[2 * y + 1, 2 * x + 1, c]))
      }
    }
  }
  coarse = boxFilter(coarse)
  var result = image
  for y in 0..<image.size.height {
    for x in 0..<image.size.width {
      for c in 0..<image.channels { result[y, x, c] = fine[y, x, c] + coarse[y / 2, x / 2, c] }
    }
  }
  return result
}
