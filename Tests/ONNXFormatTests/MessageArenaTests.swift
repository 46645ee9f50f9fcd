import Testing

import ONNXFormat

struct MessageArenaTests {
  @Test func `a string is copied with its end`() {
    let arena = MessageArena()
    #expect(String(cString: arena.string("conv/kernel")) == "conv/kernel")
  }
}
