/// Layers that Keras did not save in the list of layers, since it met them before at an attribute that the model was
/// given: in Keras 3.0 one whose name sorts before `layers`, in Keras 2.15 one whose name sorts after it.
extension V3Binder {
  /// The only group with weights beside the list of layers; it has the name of the attribute.
  func stray(beside container: String) -> String? {
    let parent = container.lastIndex(of: "/").map { String(container[..<$0]) } ?? ""
    let known = ["layers", "vars", "optimizer", "metrics", "compile_metrics", "loss_tracker"]
    let names = file.members(of: parent).filter { name in
      !name.hasPrefix("_") && !known.contains(name) && filled.contains(parent.isEmpty ? name : "\(parent)/\(name)")
    }
    guard names.count == 1 else { return nil }
    let path = parent.isEmpty ? names[0] : "\(parent)/\(names[0])"
    return strays.contains(path) ? nil : path
  }

  /// Which of `layers` has its weights in a stray group: the only one there is, or, as Keras 3.0 counts `all` layers of
  /// a class whether it saved them before or not, the one whose number is free.
  func place(
    among layers: [LayerEntry], of all: [LayerEntry], beside numbers: [Int]
  ) -> Int? {
    if layers.count == 1 { return 0 }
    guard kerasVersion?.hasPrefix("3.0.") == true else { return nil }
    let free = layers.indices.filter { place in
      all.firstIndex { $0.id == layers[place].id }.map { !numbers.contains($0) } ?? false
    }
    return free.count == 1 ? free[0] : nil
  }
}
