import Diagnostics
import Testing

private struct Fault: SiteError {
  enum Kind { case broken }
  var kind = Kind.broken
  var site = "layer conv"
  var what = "has no kernel"
  var remedy: Remedy?
}

@Test func `an error tells place, fault and advice, and leaves other remedies to who words them`() {
  #expect("\(Fault())" == "layer conv: has no kernel")
  #expect("\(Fault(remedy: .advice("save it again")))" == "layer conv: has no kernel; save it again")
  #expect("\(Fault(remedy: .replaceExisting))" == "layer conv: has no kernel")
}
