import COpenBLAS
import Engine
import Kernels
import Tensors
import Testing

/// Our matrix products against OpenBLAS, by every operator that is one and with the kernels of every instruction set.
@Suite(.serialized) struct ProductTests {
  /// Around the edges of vectors (4, 8, 16 floats), of panels of columns and of tiles of rows.
  static let edges: [MatrixProduct] = [1, 3, 6, 13, 32].flatMap { rows in
    [1, 7, 17, 64].flatMap { depth in
      [1, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 48, 49, 65].map { MatrixProduct(rows: rows, depth: depth, columns: $0) }
    }
  }

  /// As convolutional networks and transformers have them: pixels or tokens by channels.
  static let layers = [
    MatrixProduct(rows: 16384, depth: 32, columns: 16), MatrixProduct(rows: 4096, depth: 64, columns: 256),
    MatrixProduct(rows: 4096, depth: 256, columns: 64), MatrixProduct(rows: 1024, depth: 512, columns: 128),
    MatrixProduct(rows: 256, depth: 1280, columns: 320), MatrixProduct(rows: 1024, depth: 256, columns: 1024),
    MatrixProduct(rows: 196, depth: 768, columns: 768), MatrixProduct(rows: 1024, depth: 64, columns: 1024),
  ]

  @Test func `products around the edges of vectors and panels agree with cblas_sgemm`() throws {
    for product in Self.edges { try compare(product) }
  }

  @Test(arguments: layers) func `products of networks' sizes agree with cblas_sgemm`(_ product: MatrixProduct) throws {
    try compare(product)
  }

  /// The gate of direct kernels: beyond it is what differs by more than 1e-5 of the root mean square and 1e-4 of itself.
  private func compare(_ product: MatrixProduct) throws {
    var expected = [Float](repeating: .nan, count: product.rows * product.columns)
    product.multiply(into: &expected)
    let squares = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
    let rms = Float((squares / Double(expected.count)).squareRoot())
    #expect(rms > 0.01, "dead values")
    for form in MatrixProduct.Form.allCases {
      for kernels in KernelSet.available {
        let (session, feed) = try product.session(form, kernels)
        let found = try session.run(feed)[0].floats
        #expect(found.count == expected.count)
        let beyond = zip(found, expected).filter { !(abs($0 - $1) <= 1e-5 * rms + 1e-4 * abs($1)) }
        #expect(
          beyond.isEmpty, "\(product.testDescription) \(form) \(kernels.isa): \(beyond.count), \(beyond.prefix(3))")
      }
    }
  }

  #if !DEBUG
    /// No expectation about time: machines differ.
    @Test func `rates of both are printed`() throws {
      let core = String(cString: openblas_get_corename())
      print("multiply-adds per second on one thread, OpenBLAS with its kernels for \(core):")
      for product in Self.layers {
        var result = [Float](repeating: 0, count: product.rows * product.columns)
        var line = "\(product.testDescription): OpenBLAS \(rate(product, seconds { product.multiply(into: &result) }))"
        for form in MatrixProduct.Form.allCases {
          for kernels in KernelSet.available where kernels.isa != .baseline {
            let (session, feed) = try product.session(form, kernels)
            session.profiling = true
            let best = try (0..<5).map { _ in
              session.resetProfile()
              _ = try session.run(feed)
              return session.profile.reduce(0) { $0 + $1.seconds }
            }.min()
            line += ", \(form) \(kernels.isa.rawValue) \(rate(product, best ?? 0))"
          }
        }
        print(line)
      }
    }

    private func rate(_ product: MatrixProduct, _ seconds: Double) -> String {
      let tenths = (Double(product.multiplyAdds) / max(seconds, 1e-9) / 1e8).rounded()
      return "\(tenths / 10) G"
    }

    /// The least of several times.
    private func seconds(_ body: () -> Void) -> Double {
      (0..<5).map { _ in
        let start = monotonicSeconds()
        body()
        return monotonicSeconds() - start
      }.min() ?? 0
    }
  #endif
}
