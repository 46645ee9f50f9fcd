import Graphs
import ModelFiles
import Ops

/// Layers that do nothing at inference.
let identityRules: [LayerRule] = [
  LayerRule(
    names: [
      "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "GaussianNoise",
      "AlphaDropout", "ActivityRegularization", "FixedDropout", "RandomFlip", "RandomRotation", "RandomZoom",
      "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomHeight", "RandomWidth", "RandomHue",
      "RandomSaturation", "RandomSharpness", "RandomShear", "RandomPerspective", "RandomGrayscale",
      "RandomColorJitter", "RandomColorDegeneration", "RandomPosterization", "RandomErasing", "RandomElasticTransform",
      "RandomGaussianBlur", "RandomInvert", "MixUp", "CutMix", "AugMix", "RandAugment", "Solarization",
      "Equalization", "MaxNumBoundingBoxes",
    ], note: "nothing at inference", dependsOnTraining: true, build: identity),
  LayerRule(names: ["Identity"], note: "passes its input on", build: identity),
]

@Sendable private func identity(_ site: LayerSite) throws(ImportError) -> Value {
  try site.add(Identity(), [try site.input()])
}
