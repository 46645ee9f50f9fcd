import Foundation
import Kernels
import Testing

struct PixelsTests {
  @Test func `softmax sums to one and follows its definition, in any cut`() {
    for kernels in KernelSet.available {
      for channels in [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 32, 33] {
        let pixels = 2 * kernels.lanes + 3
        var numbers = Numbers(UInt64(channels))
        let values = numbers.floats(pixels * channels, 50)
        let x = Fenced(values), parts = Fenced(values)
        kernels.softmax(x.base, pixels: pixels, channels: channels)
        for p in 0..<pixels { kernels.softmax(parts.base + p * channels, pixels: 1, channels: channels) }
        #expect(x.bits == parts.bits && x.intact)
        for p in 0..<pixels {
          let scores = values[p * channels..<(p + 1) * channels].map(Double.init)
          let powers = scores.map { exp($0 - scores.max()!) }, sum = powers.reduce(0, +)
          for c in 0..<channels {
            #expect(near(x.base[p * channels + c], powers[c] / sum, absolute: 3e-7, relative: 0))
          }
        }
      }
    }
  }

  @Test func `a NaN score makes its pixel NaN and no other`() {
    for kernels in KernelSet.available {
      for channels in [3, 12, 40] {
        let pixels = kernels.lanes + 2
        var numbers = Numbers(7)
        var values = numbers.floats(pixels * channels)
        values[channels + 1] = .nan
        let x = Fenced(values)
        kernels.softmax(x.base, pixels: pixels, channels: channels)
        for (i, y) in x.values.enumerated() { #expect(y.isNaN == (i / channels == 1)) }
      }
    }
  }

  @Test func `the channels of a pixel are normalised, in any cut`() {
    for kernels in KernelSet.available {
      for channels in [1, 2, 3, 7, 8, 9, 16, 17, 33, 150] {
        for (centred, centre) in [(true, Float(0)), (true, 100), (false, 0)] {
          let pixels = 4
          var numbers = Numbers(UInt64(channels))
          let values = numbers.floats(pixels * channels, 3).map { $0 + centre }
          let scale = Fenced(numbers.floats(channels, 2)), shift = Fenced(numbers.floats(channels, 2))
          let x = Fenced(values), whole = Fenced(unwritten: values.count), inPlace = Fenced(values)
          func run(_ from: UnsafeMutablePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ pixels: Int) {
            kernels.layerNorm(
              from, scale: scale.base, shift: shift.base, epsilon: 1e-3, centred: centred, to, pixels: pixels,
              channels: channels)
          }
          run(x.base, whole.base, pixels)
          for p in 0..<pixels { run(inPlace.base + p * channels, inPlace.base + p * channels, 1) }
          #expect(whole.bits == inPlace.bits && whole.intact && inPlace.intact)
          for p in 0..<pixels {
            let of = values[p * channels..<(p + 1) * channels].map(Double.init)
            let mean = centred ? of.reduce(0, +) / Double(channels) : 0
            let variance = of.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channels)
            for c in 0..<channels {
              let y = (of[c] - mean) / (variance + Double(Float(1e-3))).squareRoot()
              let expected = y * Double(scale.values[c]) + Double(shift.values[c])
              #expect(near(whole.base[p * channels + c], expected, absolute: 2e-5, relative: 0))
            }
          }
        }
      }
    }
  }

  @Test func `argmax takes the first of equals`() {
    for kernels in KernelSet.available {
      let x: [Float] = [1, 3, 3, -5, -2, -2, 0, 0, 0, 1, 2, 3]
      var labels = [UInt8](repeating: 9, count: 5)
      kernels.argmax(x, pixels: 4, channels: 3, &labels)
      #expect(labels == [1, 1, 0, 2, 9])
    }
  }

  @Test func `pixels are scaled per channel from all sample types`() {
    for kernels in KernelSet.available {
      let scale: [Float] = [1 / 255, 2, -1], offset: [Float] = [0, 0.5, 1]
      let samples: [UInt8] = [0, 1, 2, 99, 255, 254, 253, 99, 10, 20, 30]
      func check(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        let output = Fenced(unwritten: 9)
        body(output.base)
        #expect(output.intact)
        for p in 0..<3 {
          for c in 0..<3 {
            let expected = Double(samples[p * 4 + c]) * Double(scale[c]) + Double(offset[c])
            #expect(near(output.base[p * 3 + c], expected, absolute: 0, relative: 1e-7))
          }
        }
      }
      check { kernels.scalePixels(samples, sourceStride: 4, scale: scale, offset: offset, $0, pixels: 3, channels: 3) }
      check {
        kernels.scalePixels(
          samples.map(UInt16.init), sourceStride: 4, scale: scale, offset: offset, $0, pixels: 3, channels: 3)
      }
      check {
        kernels.scalePixels(
          samples.map(Float.init), sourceStride: 4, scale: scale, offset: offset, $0, pixels: 3, channels: 3)
      }
    }
  }
}
