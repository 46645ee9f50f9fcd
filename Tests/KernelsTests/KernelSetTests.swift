import Kernels
import Testing

struct KernelSetTests {
  @Test func `the baseline always runs and the best comes first`() throws {
    let available = KernelSet.available
    #expect(available.last?.isa == .baseline)
    for name in [nil, "", "auto"] { #expect(try KernelSet.resolve(name).isa == available[0].isa) }
  }

  @Test func `an instruction set is found by its name`() throws {
    for kernels in KernelSet.available {
      #expect(try KernelSet.resolve(kernels.isa.rawValue).isa == kernels.isa)
      #expect(kernels.panels.allSatisfy { $0 % kernels.lanes == 0 } && kernels.panels[0] > kernels.panels[1])
    }
  }

  @Test func `an unknown or absent instruction set is an error`() {
    #expect(throws: KernelError(.unknown, "avx1024")) { try KernelSet.resolve("avx1024") }
    #expect(throws: KernelError(.unknown, "AVX2")) { try KernelSet.resolve("AVX2") }
    for isa in InstructionSet.allCases where KernelSet(isa) == nil {
      #expect(throws: KernelError(.absent, isa.rawValue)) { try KernelSet.resolve(isa.rawValue) }
    }
    // No processor has both.
    #expect(KernelSet(.avx2) == nil || KernelSet(.neon) == nil)
  }

  @Test func `the peak is measured`() {
    for kernels in KernelSet.available { #expect(kernels.peak(seconds: 0.001) > 0.01) }
  }

  @Test func `aligned buffers start at 64 bytes with zeros`() {
    for count in [0, 1, 100] {
      let buffer = AlignedBuffer(count: count)
      #expect(UInt(bitPattern: buffer.base) % 64 == 0 && buffer.floats.count == count)
      #expect(buffer.floats.allSatisfy { $0 == 0 } && buffer.byteCount == 4 * count)
    }
  }
}
