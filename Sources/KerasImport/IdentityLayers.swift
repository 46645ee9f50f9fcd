import Graphs
import Ops

/// Layers that do nothing at inference.
let identityRules: [LayerRule] = [
  LayerRule(
    names: [
      "Dropout", "SpatialDropout2D", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout",
      "ActivityRegularization", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
      "RandomBrightness",
    ], note: "nothing at inference", dependsOnTraining: true, build: identity),
  LayerRule(names: ["Identity"], note: "passes its input on", build: identity),
]

@Sendable private func identity(_ site: LayerSite) throws(KerasError) -> Value {
  try site.add(Identity(), [try site.input()])
}
