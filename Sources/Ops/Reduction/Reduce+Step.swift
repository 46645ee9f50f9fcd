package import Graphs
import Tensors

extension Reduce {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0), keepDims, axes == [-1] || axes == [3], image.channels > 0,
      let reduce = channelReduction
    else { return evaluatingStep(self, site) }
    let channels = image.channels
    return RowStep(
      kind.rawValue, [StepInput(0, rows: .identity)], segments: RowSegments(width: image.width, workPerPixel: channels)
    ) { band, row, segment in
      reduce(
        band.input(0, row: row, column: segment.lowerBound, channels: channels),
        band.output(row: row, column: segment.lowerBound, channels: 1), segment.count, channels)
    }
  }

  /// Reduces the channels of each of some pixels, if that is done in single precision.
  private var channelReduction:
    (@Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, _ pixels: Int, _ channels: Int) -> Void)?
  {
    switch kind {
    case .sum: { reducePixels(Sum.self, $0, $1, $2, $3) { sum, _ in sum } }
    case .mean: { reducePixels(Sum.self, $0, $1, $2, $3) { sum, channels in sum / channels } }
    case .l1: { reducePixels(SumOfMagnitudes.self, $0, $1, $2, $3) { sum, _ in sum } }
    case .sumOfSquares: { reducePixels(SumOfSquares.self, $0, $1, $2, $3) { sum, _ in sum } }
    case .l2: { reducePixels(SumOfSquares.self, $0, $1, $2, $3) { sum, _ in sum.squareRoot() } }
    case .product: { reducePixels(Product.self, $0, $1, $2, $3) { product, _ in product } }
    case .max: { reducePixels(Largest.self, $0, $1, $2, $3) { largest, _ in largest } }
    case .min: { reducePixels(Smallest.self, $0, $1, $2, $3) { smallest, _ in smallest } }
    case .logSum, .logSumExp: nil
    }
  }
}

/// Channels are taken eight at a time, the lanes then joined in pairs, and the channels that are left joined one by one.
@inline(__always) private func reducePixels<R: Reduction>(
  _ reduction: R.Type, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ pixels: Int,
  _ channels: Int, finish: (Float, Float) -> Float
) {
  for p in 0..<pixels {
    let pixel = source + p * channels
    var result = R.start
    var c = 0
    if channels >= 8 {
      var lanes = Lanes(repeating: R.start)
      while c + 8 <= channels {
        lanes = R.join(lanes, R.take(UnsafeRawPointer(pixel + c).loadUnaligned(as: Lanes.self)))
        c += 8
      }
      let four = R.join(lanes.lowHalf, lanes.highHalf)
      let two = R.join(four.lowHalf, four.highHalf)
      result = R.join(two[0], two[1])
    }
    while c < channels {
      result = R.join(result, R.take(pixel[c]))
      c += 1
    }
    target[p] = finish(result, Float(channels))
  }
}

private typealias Lanes = SIMD8<Float>

/// What is taken of each element and how two of them are joined, for one and for several at a time.
private protocol Reduction {
  static var start: Float { get }
  static func take(_ x: Float) -> Float
  static func take(_ x: Lanes) -> Lanes
  static func join(_ a: Float, _ b: Float) -> Float
  static func join<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar == Float
}

extension Reduction {
  @inline(__always) static func take(_ x: Float) -> Float { x }
  @inline(__always) static func take(_ x: Lanes) -> Lanes { x }
}

private protocol Addition: Reduction {}

extension Addition {
  static var start: Float { 0 }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { a + b }
  @inline(__always) static func join<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar == Float { a + b }
}

private enum Sum: Addition {}

private enum SumOfMagnitudes: Addition {
  @inline(__always) static func take(_ x: Float) -> Float { x.magnitude }
  @inline(__always) static func take(_ x: Lanes) -> Lanes { x.replacing(with: -x, where: x .< 0) }
}

private enum SumOfSquares: Addition {
  @inline(__always) static func take(_ x: Float) -> Float { x * x }
  @inline(__always) static func take(_ x: Lanes) -> Lanes { x * x }
}

private enum Product: Reduction {
  static var start: Float { 1 }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { a * b }
  @inline(__always) static func join<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar == Float { a * b }
}

/// NaN if either is.
private enum Largest: Reduction {
  static var start: Float { -.infinity }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { a < b || b.isNaN ? b : a }
  @inline(__always) static func join<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar == Float {
    a.replacing(with: b, where: (a .< b) .| (b .!= b))
  }
}

/// NaN if either is.
private enum Smallest: Reduction {
  static var start: Float { .infinity }
  @inline(__always) static func join(_ a: Float, _ b: Float) -> Float { b < a || b.isNaN ? b : a }
  @inline(__always) static func join<V: SIMD>(_ a: V, _ b: V) -> V where V.Scalar == Float {
    a.replacing(with: b, where: (b .< a) .| (b .!= b))
  }
}
